"""Dataset: rows of features with a target each, and the names a person knows them by."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from hltcore.errors import ShapeError, quoted
from hltcore.sequences import Packed, RowNumbers, Rows

__all__ = ["Dataset"]

MOST = 1000
"""Rows up to which all are shown, and looked at by checks."""
_FEW = 6
"""Columns up to which a row is told by all of its numbers."""


def _as_it_is(x: float, y: float) -> tuple[float, ...]:
    return x, y


@dataclass(frozen=True)
class Dataset:
    """Examples for a binary decision, or of numbers to predict; any sequences will do, and are kept as tuples.

    Rows may lie in a plane: with two features they do, unless it is said otherwise; with other features they do when
    ``axes``, ``points`` and ``encode_point`` say where.

    Attributes:
        name: The data set's name.
        features: A name for each column of ``xs``.
        labels: A name for each row ("gatos", "1 xor 0").
        xs: The inputs, one tuple of floats for each row.
        targets: The target y of each row.
        classes: What the targets 0 and 1 stand for; empty for targets that are numbers, of which no prediction is
            right or wrong.
        held_out: Examples that are not trained on, to see how well the model does on new ones; None when there are
            none.
        axes: Names of the two axes of the plane; empty where there is no plane.
        points: Where each row lies in the plane.
        encode_point: The features of any point of the plane.
        encode_text: The features of any word; None where words have none.
        counts: Whether each column of x counts how often one thing occurs, a word or a letter: what an embedding table
            needs, which has a row for each column.
        notes: Of data read from a file, what became of it: a column's name, or nothing for the file itself, and a
            sentence.
        rows: Of an excerpt, which rows of the whole these are; empty for a whole.
        whole: Of an excerpt, how many rows the whole has; 0 for a whole.

    Raises:
        ShapeError: There are no rows, rows differ in width, names and columns differ in number, a number is not
            finite, a name is not text, there are neither two classes nor none, only a part of the plane is given, a
            count is below 0, or the held-out rows are of another kind.
    """

    name: str
    features: tuple[str, ...]
    labels: tuple[str, ...]
    xs: tuple[tuple[float, ...], ...]
    targets: tuple[float, ...]
    classes: tuple[str, ...] = ("0", "1")
    held_out: Dataset | None = None
    axes: tuple[str, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    encode_point: Callable[[float, float], tuple[float, ...]] | None = field(default=None, compare=False, repr=False)
    encode_text: Callable[[str], tuple[float, ...]] | None = field(default=None, compare=False, repr=False)
    counts: bool = False
    notes: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)
    rows: tuple[int, ...] = ()
    whole: int = 0

    def __post_init__(self) -> None:
        try:
            xs, points = _rows(self.xs), _rows(self.points)
            targets = self.targets if isinstance(self.targets, Packed) else tuple(map(float, self.targets))
        except (TypeError, ValueError, OverflowError):
            raise ShapeError(f"The data set {quoted(self.name)} has something that is not a number.") from None
        texts = {name: self._texts(name) for name in ("features", "labels", "classes", "axes")}
        if len(texts["classes"]) not in (0, 2):
            raise ShapeError(
                f"The data set {quoted(self.name)} needs two classes, what 0 and 1 stand for, or none, not "
                f"{len(texts['classes'])}."
            )
        self._set(xs=xs, points=points, targets=targets, **texts)
        self._check_rows()
        if len(self.features) == 2 and not (self.axes or self.points or self.encode_point):
            self._set(axes=self.features, points=self.xs, encode_point=_as_it_is)
        self._check_plane()
        self._check_held_out()

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _texts(self, name: str) -> tuple[str, ...]:
        """Names as a tuple; a string would come apart into its letters."""
        value = getattr(self, name)
        if isinstance(value, RowNumbers):
            return value  # type: ignore[return-value]
        texts = () if isinstance(value, str) or not isinstance(value, Iterable) else tuple(value)
        if (not texts and value != ()) or not all(isinstance(text, str) for text in texts):
            raise ShapeError(
                f"The {name} of the data set {quoted(self.name)} must be several texts, not {quoted(value)}."
            )
        return texts

    def _check_rows(self) -> None:
        rows = len(self.xs)
        if rows == 0 or not self.features:
            raise ShapeError(f"The data set {quoted(self.name)} needs at least one row and one feature.")
        if len(self.labels) != rows or len(self.targets) != rows:
            raise ShapeError(
                f"The data set {quoted(self.name)} has {rows} rows of x, but {len(self.labels)} labels "
                f"and {len(self.targets)} targets."
            )
        if isinstance(self.xs, Rows) and self._is_sound(self.xs):
            return  # a million rows are not looked at one by one
        for label, x, target in zip(self.labels, self.xs, self.targets):
            if len(x) != len(self.features):
                raise ShapeError(
                    f"Row {quoted(label)} of {quoted(self.name)} has {len(x)} numbers "
                    f"for {len(self.features)} features."
                )
            if not _finite((*x, target)):
                raise ShapeError(f"Row {quoted(label)} of {quoted(self.name)} has a number that is not finite.")
            if self.counts and min(x) < 0:
                raise ShapeError(f"Row {quoted(label)} of {quoted(self.name)} has a count below 0: {min(x):g}.")

    def _is_sound(self, xs: Rows) -> bool:
        """Whether nothing is wrong with packed rows; what it is, if something is, takes a look at each."""
        fits = xs.width == len(self.features) and _finite(xs.numbers) and _finite(self.targets)
        return fits and not (self.counts and min(xs.numbers) < 0)

    def _check_plane(self) -> None:
        if not self.axes and not self.points and self.encode_point is None:
            return
        fits = len(self.axes) == 2 and len(self.points) == len(self.xs) and self.encode_point is not None
        if fits and isinstance(self.points, Rows) and self.points.width == 2 and _finite(self.points.numbers):
            return
        if not fits or not all(len(point) == 2 and all(map(math.isfinite, point)) for point in self.points):
            raise ShapeError(
                f"The data set {quoted(self.name)} needs all of its plane or nothing: two axes, a finite point for "
                "each row, and encode_point."
            )

    def _check_held_out(self) -> None:
        held = self.held_out
        if held is None:
            return
        kind = (held.features, held.classes, held.counts)
        if held.held_out is not None or kind != (self.features, self.classes, self.counts):
            raise ShapeError(
                f"The rows held out of the data set {quoted(self.name)} must have its features and classes, and hold "
                "out none themselves."
            )

    @cached_property
    def one_hot(self) -> tuple[int | None, ...]:
        """For each column the first row that is 1 there, where every row is 1 once and 0 otherwise; else nothing."""
        if not self.counts or any(sum(x) != 1 or max(x) != 1 for x in self.xs):
            return ()
        first: dict[int, int] = {}
        for row, x in enumerate(self.xs):
            first.setdefault(x.index(1.0), row)
        return tuple(map(first.get, range(len(self.features))))

    @cached_property
    def excerpt(self) -> Dataset:
        """Itself, or of more than ``MOST`` rows so many, evenly spread: what a screen shows and checks look at."""
        held = self.held_out.excerpt if self.held_out is not None else None
        count = len(self.xs)
        if count <= MOST and held is self.held_out:
            return self
        places = tuple(place * count // MOST for place in range(MOST)) if count > MOST else tuple(range(count))
        some: dict[str, Any] = {
            name: tuple(map(getattr(self, name).__getitem__, places))
            for name in ("labels", "xs", "targets", *["points"] * self.has_plane)
        }
        return replace(self, **some, held_out=held, rows=places, whole=count)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {row: place for place, row in enumerate(self.rows)}

    def places_of(self, rows: Sequence[int]) -> tuple[int, ...]:
        """Where some rows of the whole are in this excerpt; those that are not in it are left out."""
        if not self.rows:
            return tuple(rows)
        if len(rows) == self.whole:
            return tuple(range(len(self.rows)))
        return tuple(self._places[row] for row in rows if row in self._places)

    @cached_property
    def extent(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The lowest and the highest x, and y, of all points, held-out ones among them."""
        points = [data.points for data in (self, self.held_out) if data is not None]
        xs, ys = ([point[axis] for part in points for point in part] for axis in (0, 1))
        return (min(xs), max(xs)), (min(ys), max(ys))

    @cached_property
    def target_range(self) -> tuple[float, float]:
        """The lowest and the highest target that is trained on."""
        return min(self.targets), max(self.targets)

    @property
    def has_plane(self) -> bool:
        """Whether its rows lie in a plane, any point of which can be encoded."""
        return bool(self.axes)

    @cached_property
    def sparse(self) -> bool:
        """Whether its columns are many and mostly 0, so that a row is best told by those that are not."""
        numbers = len(self.xs) * len(self.features)
        return len(self.features) > _FEW and 2 * sum(x.count(0.0) for x in self.xs) > numbers

    @cached_property
    def rows_told(self) -> tuple[str, ...]:
        """Each row by its columns that are not 0, as ``told`` tells it."""
        return tuple(map(self.told, self.xs))

    def told(self, x: Sequence[float]) -> str:
        """The columns of a row that are not 0: "a2 g t" for counts, and "length=5" for other numbers."""
        kept = [(name, value) for name, value in zip(self.features, x) if value]
        if self.counts:
            return " ".join(name if value == 1 else f"{name}{value:g}" for name, value in kept) or "all 0"
        return " ".join(f"{name}={value:.4g}" for name, value in kept) or "all 0"

    def __len__(self) -> int:
        return len(self.xs)


def _finite(numbers: Iterable[float]) -> bool:
    """Whether they all are as float32."""
    try:
        return all(map(math.isfinite, array("f", numbers)))
    except OverflowError:
        return False


def _rows(rows: Iterable[Iterable[float]]) -> tuple[tuple[float, ...], ...]:
    if isinstance(rows, Rows):
        return rows  # type: ignore[return-value]
    return tuple(tuple(map(float, row)) for row in rows)
