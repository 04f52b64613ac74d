"""Curve: a series of any length, kept as the minimum and maximum of a bounded number of stretches."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

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
    """Takes values one by one; when the stretches run out, two become one."""

    def __init__(self, values: Iterable[float] = ()) -> None:
        self._stride = 1
        self._lows: list[float] = []
        self._highs: list[float] = []
        self._count = 0
        self._last = math.nan
        self._lost = 0
        for value in values:
            self.append(value)

    @property
    def count(self) -> int:
        """Values in all."""
        return self._count

    def append(self, value: float) -> None:
        """Take one more value."""
        if self._count % self._stride == 0:
            if len(self._lows) == _CAPACITY:
                self._halve()
            self._lows.append(math.nan)
            self._highs.append(math.nan)
        if math.isfinite(value):
            # not (a <= b) is also true of NaN, the empty stretch
            if not self._lows[-1] <= value:
                self._lows[-1] = value
            if not self._highs[-1] >= value:
                self._highs[-1] = value
        else:
            self._lost += 1
        self._count += 1
        self._last = value

    def view(self) -> CurveView:
        """The curve as it is now."""
        return CurveView(self._stride, tuple(self._lows), tuple(self._highs), self._count, self._last, self._lost)

    def _halve(self) -> None:
        self._lows = [_either(min, *pair) for pair in zip(self._lows[::2], self._lows[1::2])]
        self._highs = [_either(max, *pair) for pair in zip(self._highs[::2], self._highs[1::2])]
        self._stride *= 2


def _either(choose, first: float, second: float) -> float:  # type: ignore[no-untyped-def]
    if first != first:
        return second
    return first if second != second else float(choose(first, second))
