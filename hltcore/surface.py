"""Surface: what a model makes of every point of a plane, as frozen facts without torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hltcore.dataset import Dataset
from hltcore.errors import OptionError, printable
from hltcore.packing import float32, unpack

__all__ = ["Grid", "Surface", "UnitSurface", "plane_grid"]

_MARGIN = 0.15  # of the data's extent, on each side
_ALONE = 1.0  # the extent of an axis on which all points are one
_FARTHEST = float32(3.4e38)


@dataclass(frozen=True)
class Grid:
    """Points that lie evenly over a rectangle of the plane, each in the middle of its share.

    Attributes:
        axes: The names of the two axes.
        low: The rectangle's lowest x and y.
        high: Its highest.
        columns: Points from left to right.
        rows: Points from top to bottom.
    """

    axes: tuple[str, str]
    low: tuple[float, float]
    high: tuple[float, float]
    columns: int
    rows: int

    def point(self, column: int, row: int) -> tuple[float, float]:
        """Where a point lies; row 0 is the top one."""
        x = self.low[0] + (self.high[0] - self.low[0]) * (column + 0.5) / self.columns
        y = self.high[1] - (self.high[1] - self.low[1]) * (row + 0.5) / self.rows
        return x, y

    def points(self) -> list[tuple[float, float]]:
        """Every point, row by row from the top."""
        return [self.point(column, row) for row in range(self.rows) for column in range(self.columns)]

    def place(self, x: float, y: float, columns: int, rows: int) -> tuple[int, int]:
        """In which column and row of a picture of that size a point lies; the margin's outside counts as its edge."""
        right = (x - self.low[0]) / (self.high[0] - self.low[0])
        down = (self.high[1] - y) / (self.high[1] - self.low[1])
        return _within(right * columns, columns), _within(down * rows, rows)


@dataclass(frozen=True)
class UnitSurface:
    """What one hidden unit gives at every point of a grid.

    Attributes:
        layer: The name of its layer.
        unit: Its place there.
        function: Its layer's activation function.
        dead: Whether no example of the data set opens it, so that nothing can move it.
    """

    layer: str
    unit: int
    function: str
    dead: bool
    _values: bytes

    @property
    def values(self) -> tuple[float, ...]:
        """The activation at every point, row by row from the top."""
        return unpack(self._values)


@dataclass(frozen=True)
class Surface:
    """A model's predictions over the plane of its data.

    Attributes:
        grid: Where the predictions are.
        threshold: The prediction from which on class 1 is predicted; None for targets that are numbers.
        unit_grid: Where the units' activations are; None when they were not asked for.
        units: Every hidden unit, layer by layer; empty also for a model that is not a row of layers.
    """

    grid: Grid
    threshold: float | None
    _predictions: bytes
    unit_grid: Grid | None = None
    units: tuple[UnitSurface, ...] = ()

    @property
    def predictions(self) -> tuple[float, ...]:
        """The prediction at every point, row by row from the top."""
        return unpack(self._predictions)


def plane_grid(dataset: Dataset, columns: int, rows: int) -> Grid:
    """A grid over a data set's plane: its points with a margin around them, whatever a run has made of it.

    Args:
        dataset: Data that lie in a plane.
        columns: Points from left to right.
        rows: Points from top to bottom.

    Raises:
        OptionError: The data have no plane, or a size is no whole number from 1 on.
    """
    for name, size in (("columns", columns), ("rows", rows)):
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise OptionError(f"A surface needs a whole number of {name} from 1 on, not {size!r}.")
    if not dataset.has_plane:
        names = ", ".join(map(printable, dataset.features))
        raise OptionError(
            f"The data set {printable(dataset.name)} has no plane to draw a surface over: its features are {names}."
        )
    (left, right), (bottom, top) = map(_extent, dataset.extent)
    x_axis, y_axis = dataset.axes
    return Grid((x_axis, y_axis), (left, bottom), (right, top), columns, rows)


def _extent(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    margin = _MARGIN * (high - low) if high > low else _ALONE / 2 + abs(low) * _MARGIN
    return max(low - margin, -_FARTHEST), min(high + margin, _FARTHEST)


def _within(place: float, size: int) -> int:
    return min(max(math.floor(place), 0), size - 1)
