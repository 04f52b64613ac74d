"""Points: named points on a picture, with as many of their names as there is room for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from hltcore.surface import Grid
from tui.formatting import cut

__all__ = ["Point", "grid_around", "place_points"]

_LONGEST_NAME = 14
_MARGIN = 1.3  # of the points' extent
_STEPS = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0, 10.0)
_CENTRES = 8  # in the width of a picture
_ALONE = 1.0  # the extent where all points are one
_FINEST = 1e-6  # of a number's size: a finer picture would come to the end of its digits
_AWAY = 4  # lines up to which a name may stand above or under a point that has its line to itself

Cells = dict[tuple[int, int], tuple[str, Style]]


@dataclass(frozen=True)
class Point:
    """A point, its mark and its name.

    Attributes:
        place: Where it lies.
        mark: One character.
        style: The mark's style.
        name: What stands beside it; empty for nothing.
        named: The name's style.
        trace: Whether it only says where another one was: nothing is lost where it is covered.
    """

    place: tuple[float, float]
    mark: str
    style: Style
    name: str
    named: Style
    trace: bool = False


def grid_around(axes: tuple[str, str], points: Sequence[tuple[float, float]], columns: int, lines: int) -> Grid:
    """A grid with all points inside; it stays the same while the points move a little.

    A length looks at most twice as long along one axis as along the other.

    Args:
        axes: Their names.
        points: The points; those that are not finite are passed over.
        columns: The picture's columns, of which each is as wide as half a line is high.
        lines: Its lines.
    """
    finite = [point for point in points if all(map(math.isfinite, point))] or [(0.0, 0.0)]
    sizes = (columns, 2 * lines)
    lows, highs = zip(*((min(values), max(values)) for values in zip(*finite)))
    extents = [high - low for low, high in zip(lows, highs)]
    least = _FINEST * max(map(abs, (*lows, *highs)))
    needed = [max(_MARGIN * extent / size, least) for extent, size in zip(extents, sizes)]
    coarsest = max(needed) or _ALONE / min(sizes)
    low, high = [], []
    for first, last, size, own in zip(lows, highs, sizes, needed):
        step = _rounded(max(own, coarsest / 2))
        jump = step * size / _CENTRES
        middle = round((first + last) / 2 / jump) * jump
        low.append(middle - step * size / 2)
        high.append(middle + step * size / 2)
    return Grid(axes, (low[0], low[1]), (high[0], high[1]), columns, 2 * lines)


def _rounded(needed: float) -> float:
    """The next of a few steps in each decade."""
    decade = 10.0 ** math.floor(math.log10(needed))
    return next((decade * step for step in _STEPS if decade * step >= needed), needed)


def place_points(grid: Grid, points: Sequence[Point], columns: int, lines: int, *, flat: bool) -> tuple[Cells, int]:
    """The cells that marks and names take.

    Args:
        grid: Where on the picture a point lies.
        points: The points, those that matter most first: they cover the others, and get their names first.
        columns: The picture's columns.
        lines: Its lines.
        flat: Whether all points lie on one line, so that names may stand further above and under it.

    Returns:
        What stands in which column and line, and how many points are not told: their name found no room, or, where
        they have only a mark, another covers that.
    """
    cells: Cells = {}
    finite = [point for point in points if all(map(math.isfinite, point.place))]
    spots = [grid.place(*point.place, columns, lines) for point in finite]
    left_out = 0
    for point, spot in zip(finite, spots):
        left_out += spot in cells and not point.name and not point.trace
        cells.setdefault(spot, (point.mark, point.style))
    for point, spot in zip(finite, spots):
        name = cut(point.name, _LONGEST_NAME)
        free = (start for start in _beside(spot, cell_len(name), flat) if _is_free(cells, start, name, columns, lines))
        start = next(free, None) if name else spot
        if start is None:
            left_out += 1
        elif name:
            cells.update(_spelled(name, start, point.named))
    return cells, left_out


def _beside(spot: tuple[int, int], width: int, flat: bool) -> Iterator[tuple[int, int]]:
    """Where a name may begin, the best place first."""
    x, y = spot
    if not flat:
        yield x + 2, y
        yield x - width - 1, y
    for away in range(1, _AWAY + 1 if flat else 2):
        yield x - width // 2, y - away
        yield x - width // 2, y + away


def _is_free(cells: Cells, start: tuple[int, int], name: str, columns: int, lines: int) -> bool:
    x, y = start
    width = cell_len(name)
    if x < 0 or x + width > columns or not 0 <= y < lines:
        return False
    return not any((column, y) in cells for column in range(x - 1, x + width + 1))


def _spelled(name: str, start: tuple[int, int], style: Style) -> Iterator[tuple[tuple[int, int], tuple[str, Style]]]:
    """A name's cells; the second half of a wide character is empty."""
    x, y = start
    whole: list[str] = []
    for character in name:
        size = cell_len(character)
        if size:
            whole += [character, *[""] * (size - 1)]
        elif whole:
            whole[-1] += character
    for offset, character in enumerate(whole):
        yield (x + offset, y), (character, style)
