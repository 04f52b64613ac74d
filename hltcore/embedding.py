"""Embedding: the rows of an embedding table as facts: where they lie, which a step touched, which are near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from hltcore.axes import principal_axes
from hltcore.errors import OptionError, nearest, quoted
from hltcore.layers import EMBEDDING, entering, is_table
from hltcore.nearest import nearest_rows

if TYPE_CHECKING:
    from hltcore.events import PhaseEvent, StepEvent

__all__ = ["Embedding", "Neighbour", "Plane", "embedding_of"]

Row = tuple[float, ...]


class Neighbour(NamedTuple):
    """A row near another.

    Attributes:
        name: What it stands for.
        distance: The Euclidean distance between the two, in all their numbers.
    """

    name: str
    distance: float


@dataclass(frozen=True)
class Plane:
    """Two axes in the space of the rows, or one where a row is a single number.

    Attributes:
        axes: Their names; a principal component tells its share of the variance.
        centre: The point at which both axes cross.
        directions: A vector of length 1 for each axis.
        exact: Whether it shows all of each row, and not a projection.
    """

    axes: tuple[str, ...]
    centre: Row
    directions: tuple[Row, ...]
    exact: bool

    def place(self, row: Sequence[float]) -> tuple[float, float]:
        """Where a row lies on it; its second number is 0 where there is one axis."""
        x, y = [*(_dot(row, axis) - _dot(self.centre, axis) for axis in self.directions), 0.0][:2]
        return x, y


@dataclass(frozen=True)
class Embedding:
    """An embedding table at one moment.

    Attributes:
        layer: The layer's name.
        names: What each row stands for: a word or a letter.
        rows: The rows.
        before: The rows before the step that led here; the same where none did.
        touched: The rows that the examples of that step picked, by their places; only these get a gradient from it.
    """

    layer: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    before: tuple[Row, ...]
    touched: tuple[int, ...]

    def row(self, name: str) -> Row:
        """The row of a word or a letter.

        Raises:
            OptionError: The table has none of that name.
        """
        return self.rows[self._place(name)]

    def nearest(self, name: str, count: int = 5) -> tuple[Neighbour, ...]:
        """The rows nearest to one of them, the nearest first; more than so many only where they are equally near.

        Raises:
            OptionError: The table has none of that name.
        """
        return self.near(self._place(name), count)

    def near(self, place: int, count: int = 5) -> tuple[Neighbour, ...]:
        """The rows nearest to the one at a place, as ``nearest_rows`` has them: ties are never cut."""
        if count < 1:
            return ()
        found = nearest_rows(self.rows, self.rows[place], count + 1)  # itself is one of them
        return tuple(Neighbour(self.names[near.row], near.distance) for near in found if near.row != place)

    def mean(self, x: Sequence[float]) -> Row:
        """What the table passes on for counts: the mean of the rows, each as often as it counts."""
        shares = [(share, row) for share, row in zip(entering(EMBEDDING, x), self.rows) if share]
        return tuple(sum(share * row[unit] for share, row in shares) for unit in range(len(self.rows[0])))

    def plane(self, like: Plane | None = None) -> Plane:
        """The plane on which its rows are seen: their own numbers up to two, the first principal components of more.

        Args:
            like: A plane whose directions these are to agree with, so that no axis turns round from step to step.
        """
        dim = len(self.rows[0])
        if dim <= 2:
            names = tuple(f"{self.layer}[{unit}]" for unit in range(dim))
            units = tuple(tuple(float(i == j) for j in range(dim)) for i in range(dim))
            return Plane(names, (0.0,) * dim, units, True)
        centre, found = principal_axes(self.rows, 2, like.directions if like else ())
        names = tuple(f"PC {place} ({axis.share:.0%} of the variance)" for place, axis in enumerate(found, 1))
        return Plane(names, centre, tuple(axis.direction for axis in found), False)

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise OptionError(f"The table has no row {quoted(name)}: {nearest(name, self.names)}")
        return self.names.index(name)


def embedding_of(
    names: tuple[str, ...],
    functions: Sequence[str],
    parameters: Mapping[str, Any],
    last: StepEvent | PhaseEvent | None,
) -> Embedding | None:
    """The table that stands first among a model's layers.

    Args:
        names: What the columns of x count.
        functions: Each layer's activation function (``Layout.functions``).
        parameters: By name, the present parameters.
        last: The step that led here, or its part.

    Returns:
        None where the first layer is no table.
    """
    if not functions or not is_table(functions[0]):
        return None
    name = next(iter(parameters))
    rows = parameters[name]
    if last is None:
        return Embedding(name.rpartition(".")[0], names, rows, rows, ())
    touched = {place for x in last.batch.xs for place, count in enumerate(x) if count}
    return Embedding(name.rpartition(".")[0], names, rows, last.parameters[name], tuple(sorted(touched)))


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other))
