"""Data sets: rows of features with a target each, and the names a person knows them by."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hltcore.errors import ShapeError, quoted
from hltcore.options import Option
from hltcore.packing import float32
from hltcore.registry import Entry, Registry

__all__ = ["Dataset", "DatasetEntry", "register", "registry"]


@dataclass(frozen=True)
class Dataset:
    """Examples for a binary decision; any sequences will do, and are kept as tuples.

    Attributes:
        name: The data set's name.
        features: A name for each column of ``xs``.
        labels: A name for each row ("gatos", "1 xor 0").
        xs: The inputs, one tuple of floats for each row.
        targets: The target y of each row.
        classes: What the targets 0 and 1 stand for.

    Raises:
        ShapeError: There are no rows, rows differ in width, names and columns differ in number, a number is not
            finite, a name is not text, or there are not two classes.
    """

    name: str
    features: tuple[str, ...]
    labels: tuple[str, ...]
    xs: tuple[tuple[float, ...], ...]
    targets: tuple[float, ...]
    classes: tuple[str, str] = ("0", "1")

    def __post_init__(self) -> None:
        try:
            xs = tuple(tuple(map(float, x)) for x in self.xs)
            targets = tuple(map(float, self.targets))
        except (TypeError, ValueError, OverflowError):
            raise ShapeError(f"The data set {quoted(self.name)} has something that is not a number.") from None
        texts = {name: self._texts(name) for name in ("features", "labels", "classes")}
        if len(texts["classes"]) != 2:
            raise ShapeError(
                f"The data set {quoted(self.name)} needs two classes, what 0 and 1 stand for, not "
                f"{len(texts['classes'])}."
            )
        for name, value in {"xs": xs, "targets": targets, **texts}.items():
            object.__setattr__(self, name, value)
        rows = len(self.xs)
        if rows == 0 or not self.features:
            raise ShapeError(f"The data set {quoted(self.name)} needs at least one row and one feature.")
        if len(self.labels) != rows or len(self.targets) != rows:
            raise ShapeError(
                f"The data set {quoted(self.name)} has {rows} rows of x, but {len(self.labels)} labels "
                f"and {len(self.targets)} targets."
            )
        for label, x, target in zip(self.labels, self.xs, self.targets):
            if len(x) != len(self.features):
                raise ShapeError(
                    f"Row {quoted(label)} of {quoted(self.name)} has {len(x)} numbers "
                    f"for {len(self.features)} features."
                )
            if not all(math.isfinite(float32(number)) for number in (*x, target)):
                raise ShapeError(f"Row {quoted(label)} of {quoted(self.name)} has a number that is not finite.")

    def _texts(self, name: str) -> tuple[str, ...]:
        """Names as a tuple; a string would come apart into its letters."""
        value = getattr(self, name)
        texts = () if isinstance(value, str) or not isinstance(value, Iterable) else tuple(value)
        if (not texts and value != ()) or not all(isinstance(text, str) for text in texts):
            raise ShapeError(
                f"The {name} of the data set {quoted(self.name)} must be several texts, not {quoted(value)}."
            )
        return texts

    def __len__(self) -> int:
        return len(self.xs)


@dataclass(frozen=True)
class DatasetEntry(Entry):
    """A data set that a spec can name; ``factory(**options)`` returns the ``Dataset``."""


registry: Registry[DatasetEntry] = Registry("data set", "hltcore.datasets", DatasetEntry)


def register(
    name: str,
    factory: Callable[..., Dataset],
    *,
    summary: str = "",
    aliases: tuple[str, ...] = (),
    options: tuple[Option, ...] = (),
) -> DatasetEntry:
    """Add a data set.

    Args:
        name: Its name in specs.
        factory: Called with the options as keywords; returns the ``Dataset``.
        summary: One line for lists.
        aliases: Other names.
        options: Settings of the factory.

    Raises:
        RegistryError: A name is malformed or taken.
    """
    return registry.add(DatasetEntry(name, factory, summary, aliases, options))


def _language_id() -> Dataset:
    # The share of "a" and "o" for "cat" is 1/3; the lecture rounds it to 0.33, and its figures follow from that.
    rows = (
        ("gatos", (0.4, 5.0), 0.0),
        ("cat", (0.33, 3.0), 1.0),
        ("hola", (0.5, 4.0), 0.0),
        ("gata", (0.5, 4.0), 0.0),
        ("hello", (0.2, 5.0), 1.0),
        ("at", (0.5, 2.0), 1.0),
    )
    labels, xs, targets = zip(*rows)
    return Dataset("language-id", ("share of a and o", "length"), labels, xs, targets, ("Spanish", "English"))


def _logic(operator: str, outputs: tuple[float, float, float, float]) -> Callable[[], Dataset]:
    inputs = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    labels = tuple(f"{p:.0f} {operator} {q:.0f}" for p, q in inputs)
    return lambda: Dataset(operator, ("first", "second"), labels, inputs, outputs, ("false", "true"))


register("language-id", _language_id, summary="six words, Spanish or English", aliases=("language", "words"))
register("and", _logic("and", (0.0, 0.0, 0.0, 1.0)), summary="true when both inputs are 1")
register("or", _logic("or", (0.0, 1.0, 1.0, 1.0)), summary="true when any input is 1")
register("xor", _logic("xor", (0.0, 1.0, 1.0, 0.0)), summary="true when the inputs differ")
