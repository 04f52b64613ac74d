"""Sparkline: a series as a line of braille dots, two across and four down in each cell."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["sparkline"]

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BLANK = 0x2800


def sparkline(points: Sequence[tuple[float, float]], width: int, height: int) -> list[str]:
    """Points joined by a line; where a value is not finite, the line is broken.

    Args:
        points: x and y, x never falling.
        width: Columns.
        height: Rows.

    Returns:
        The rows from top to bottom.
    """
    finite = [y for _, y in points if math.isfinite(y)]
    cells = [[_BLANK] * width for _ in range(height)]
    if finite and width > 0 and height > 0:
        across, down = 2 * width - 1, 4 * height - 1
        first, last = points[0][0], points[-1][0]
        low, high = min(finite), max(finite)
        before: tuple[int, int] | None = None
        for x, y in points:
            if not math.isfinite(y):
                before = None
                continue
            column = round((x - first) / (last - first) * across) if last > first else 0
            row = round((high - y) / (high - low) * down) if high > low else down // 2
            _join(cells, before or (column, row), (column, row))
            before = (column, row)
    return ["".join(chr(cell) if cell != _BLANK else " " for cell in row) for row in cells]


def _join(cells: list[list[int]], start: tuple[int, int], end: tuple[int, int]) -> None:
    (x0, y0), (x1, y1) = start, end
    length = max(abs(x1 - x0), abs(y1 - y0), 1)
    for part in range(length + 1):
        x, y = round(x0 + (x1 - x0) * part / length), round(y0 + (y1 - y0) * part / length)
        cells[y // 4][x // 2] |= _DOTS[x % 2][y % 4]
