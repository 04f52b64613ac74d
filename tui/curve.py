"""Curve: a series of any length, kept as the minimum and maximum of a bounded number of stretches."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from hltcore.log_curve import Stretches

__all__ = ["Curve", "CurveView"]

_CAPACITY = 512


@dataclass(frozen=True)
class CurveView:
    """A curve at one moment.

    Attributes:
        stride: Values in a stretch; the last stretch may be shorter.
        lows: The smallest finite value of each stretch, NaN where there is none.
        highs: The largest.
        count: Values in all.
        last: The last value, NaN when there is none.
        lost: Values that are not finite, which no plot can show.
        sums: The sum of the finite values of each stretch, where that is known.
        counts: How many those are.
    """

    stride: int = 1
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()
    count: int = 0
    last: float = math.nan
    lost: int = 0
    sums: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()

    def means(self, steps: int) -> tuple[list[float], list[float]]:
        """Where the middle of each so many values is, counted from 1, and their mean; none where none is finite."""
        size = max(steps // self.stride, 1)
        xs: list[float] = []
        ys: list[float] = []
        for start in range(0, len(self.sums), size):
            count = sum(self.counts[start : start + size])
            if count:
                first, end = start * self.stride, min((start + size) * self.stride, self.count)
                xs.append((first + end + 1) / 2)
                ys.append(sum(self.sums[start : start + size]) / count)
        return xs, ys


class Curve:
    """Takes values one by one."""

    def __init__(self, values: Iterable[float] = ()) -> None:
        self._stretches = Stretches(_CAPACITY)
        self._count = 0
        self._last = math.nan
        for value in values:
            self.append(value)

    @property
    def count(self) -> int:
        """Values in all."""
        return self._count

    def append(self, value: float) -> None:
        """Take one more value."""
        self._stretches.add(self._count, value)
        self._count += 1
        self._last = value

    def view(self) -> CurveView:
        """The curve as it is now."""
        kept = self._stretches
        return CurveView(kept.stride, tuple(kept.lows), tuple(kept.highs), self._count, self._last, kept.lost)
