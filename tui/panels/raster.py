"""Raster: the cells that a curve goes through, as plotext finds them, but soon also where a curve has many points.

plotext walks along the line from point to point, dot by dot. Here the dots of a column are the bits of one number, so
that a stretch which goes straight up or down, as most of a long curve does, is set at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tui.widgets.canvas import BRAILLE, DOTS

__all__ = ["Cell", "Raster"]

Cell = tuple[int, int, str]
"""A cell by its column and its row, the lowest first, and its character."""

_EXACT = 5e-9  # of a dot: what is as near to a dot's edge belongs to it, whichever way it was rounded


@dataclass(frozen=True)
class Raster:
    """Where the numbers of a plot lie on its cells.

    Attributes:
        columns: Cells across.
        rows: Cells down.
        xs: The numbers at the left and the right end.
        ys: The numbers at the lower and the upper end.
    """

    columns: int
    rows: int
    xs: tuple[float, float]
    ys: tuple[float, float]

    def across(self, numbers: Iterable[float]) -> list[int]:
        """The columns in which numbers are; others than there are for those outside."""
        return _places(numbers, self.xs, self.columns)

    def up(self, numbers: Iterable[float]) -> list[int]:
        """The rows in which numbers are, from the lowest on."""
        return _places(numbers, self.ys, self.rows)

    def braille(self, xs: Sequence[float], ys: Sequence[float]) -> Iterator[Cell]:
        """The cells of a curve through some points in fine dots."""
        dots = self._columns(xs, ys, 2, 4)
        for column, (left, right) in enumerate(zip(dots[::2], dots[1::2])):
            row = 0
            while left or right:
                if left & 15 or right & 15:
                    yield column, row, _BRAILLE[left & 15, right & 15]
                left, right, row = left >> 4, right >> 4, row + 1

    def marks(self, xs: Sequence[float], ys: Sequence[float], mark: str) -> Iterator[Cell]:
        """The same with one mark in each cell."""
        for column, dots in enumerate(self._columns(xs, ys, 1, 1)):
            yield from ((column, row, mark) for row in range(self.rows) if dots >> row & 1)

    def _columns(self, xs: Sequence[float], ys: Sequence[float], across: int, up: int) -> list[int]:
        """For each column of dots those that are set, as the bits of a number, the lowest dot first."""
        dots = [0] * (across * self.columns)
        if not dots or self.rows < 1 or not xs:
            return dots
        points = list(zip(_places(xs, self.xs, len(dots)), _places(ys, self.ys, up * self.rows)))
        for (x0, y0), (x1, y1) in pairwise(points):
            if x1 - x0 < 2:  # the dots above each other up to the next point, which comes with the next stretch
                dots[x0] |= _stretch(y0, y1)
            else:
                steps = max(x1 - x0, abs(y1 - y0))
                right, rise = (x1 - x0) / steps, (y1 - y0) / steps
                for step in range(steps):
                    dots[int(x0 + step * right)] |= 1 << int(y0 + step * rise)
        x, y = points[-1]
        dots[x] |= 1 << y
        return dots


def _stretch(start: int, end: int) -> int:
    """The dots from one to before another one, or that one alone."""
    low, high = (start, end) if start < end else (end + 1, start + 1) if end < start else (start, start + 1)
    return (1 << high) - (1 << low)


def _places(values: Iterable[float], limits: tuple[float, float], count: int) -> list[int]:
    low, high = limits
    scale, start = (count - 1) / (high - low), 0.5 + _EXACT
    return [math.floor(start + (value - low) * scale) for value in values]


def _bits(column: int) -> list[int]:
    """By four dots of a column, the lowest first, what they add to the braille cell without dots."""
    return [sum(DOTS[3 - bit, column] for bit in range(4) if dots >> bit & 1) for dots in range(16)]


_BRAILLE = {
    (left, right): chr(BRAILLE + of_left + of_right)
    for left, of_left in enumerate(_bits(0))
    for right, of_right in enumerate(_bits(1))
}
