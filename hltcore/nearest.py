"""Nearest: which rows lie nearest to a point, in plain Python; of the data, or of any table of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Near", "nearest_rows"]


class Near(NamedTuple):
    """A row near a point.

    Attributes:
        row: Its place among the rows.
        distance: The Euclidean distance from the point, over all columns as they are, none of them scaled.
    """

    row: int
    distance: float


def nearest_rows(rows: Sequence[Sequence[float]], x: Sequence[float], count: int = 1) -> tuple[Near, ...]:
    """The rows nearest to a point, the nearest first, and of rows at one distance the first one first.

    Args:
        rows: The rows, each as long as the point.
        x: The point.
        count: How many, if no more are as near as the last of them: ties are never cut.

    Returns:
        A row that is at no distance, because something is not a number, is left out.
    """
    found = sorted(
        (
            Near(row, distance)
            for row, distance in enumerate(math.dist(other, x) for other in rows)
            if distance == distance
        ),
        key=lambda near: near.distance,
    )
    if count < 1 or not found:
        return ()
    last = found[min(count, len(found)) - 1].distance
    return tuple(near for near in found if near.distance <= last)
