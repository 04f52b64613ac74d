"""Scale: where the axes of a plot end, and what is written beside them."""

from __future__ import annotations

import math

__all__ = ["AXIS_ROWS", "levels", "reach", "ticks"]

AXIS_ROWS = 3
"""Lines of the lower axis, its ticks, and what they count."""
_ROUND = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
_SHORTEST = 10


def reach(count: int) -> int:
    """A round number at or above a count, and at most half as much again: from ten on.

    An axis that ends there stands still while steps come, and so does the curve that is drawn already.
    """
    if count <= _SHORTEST:
        return _SHORTEST
    power = int(10 ** (len(str(count)) - 1))
    return next(round(size * power) for size in _ROUND if count <= round(size * power))


def levels(low: float, high: float, rows: int) -> list[float]:
    """Four heights from the lowest to the highest; in few rows the ends alone, and in one the highest."""
    if high == low or rows < 2:
        return [high]
    parts = 3 if rows > 3 else 1
    return [low + (high - low) * part / parts for part in range(parts + 1)]


def ticks(last: int, most: int) -> list[float]:
    """At most so many round whole numbers from 1 to the last."""
    if last <= most:
        return [float(tick) for tick in range(1, max(last, 2) + 1)]
    power = 10 ** math.floor(math.log10(last / most))
    step = next(size * power for size in (1, 2, 5, 10) if last <= most * size * power)
    return [1.0, *(float(tick) for tick in range(max(step, 2), last + 1, step))]
