"""Log curve: the losses of a log, however long, as the lowest and highest of a bounded number of stretches of steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import add

__all__ = ["Losses", "Stretches"]

_MOST = 1024
"""Stretches of a log."""


@dataclass(frozen=True)
class Losses:
    """The losses at one moment.

    Attributes:
        stride: Steps in a stretch: the first covers the steps from 0 on.
        lows: The smallest finite loss of each stretch, NaN where there is none.
        highs: The largest.
        count: Steps in all.
        last: The last loss, NaN where there is none.
        lost: Losses that are missing or not finite, of those looked at.
        exact: Whether every line was looked at; else there is a sample of lines where none was yet.
        sums: The sum of the finite losses of each stretch.
        counts: How many those are.
    """

    stride: int = 1
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()
    count: int = 0
    last: float = math.nan
    lost: int = 0
    exact: bool = True
    sums: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


class Stretches:
    """Takes losses, or other numbers, by their steps; when the stretches run out, two become one.

    Args:
        most: How many stretches there are at most; an even number.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self.stride = 1
        self.lows: list[float] = []
        self.highs: list[float] = []
        self.sums: list[float] = []
        self.counts: list[int] = []
        self.lost = 0

    def add(self, step: int, loss: float | None) -> None:
        """Take the loss of a step that comes after those before."""
        place = step // self.stride
        while place >= self._most:
            self._halve()
            place = step // self.stride
        missing = place + 1 - len(self.lows)
        if missing > 0:
            self.lows += [math.nan] * missing
            self.highs += [math.nan] * missing
            self.sums += [0.0] * missing
            self.counts += [0] * missing
        if loss is None or not math.isfinite(loss):
            self.lost += 1
            return
        if not self.lows[place] <= loss:  # also true of NaN, the empty stretch
            self.lows[place] = loss
        if not self.highs[place] >= loss:
            self.highs[place] = loss
        self.sums[place] += loss
        self.counts[place] += 1

    def copy(self) -> Stretches:
        """Another that goes on from here."""
        other = Stretches(self._most)
        other.stride, other.lows, other.highs, other.lost = self.stride, self.lows[:], self.highs[:], self.lost
        other.sums, other.counts = self.sums[:], self.counts[:]
        return other

    def view(self, count: int, last: float, exact: bool) -> Losses:
        """It as it is now."""
        sums, counts = tuple(self.sums), tuple(self.counts)
        return Losses(self.stride, tuple(self.lows), tuple(self.highs), count, last, self.lost, exact, sums, counts)

    def _halve(self) -> None:
        if len(self.lows) % 2:
            self.lows.append(math.nan)
            self.highs.append(math.nan)
            self.sums.append(0.0)
            self.counts.append(0)
        self.sums = list(map(add, self.sums[::2], self.sums[1::2]))
        self.counts = list(map(add, self.counts[::2], self.counts[1::2]))
        self.lows = _pairs(self.lows, min)
        self.highs = _pairs(self.highs, max)
        self.stride *= 2


def _pairs(values: list[float], choose: Callable[[float, float], float]) -> list[float]:
    pairs = zip(values[::2], values[1::2])
    return [b if a != a else a if b != b else choose(a, b) for a, b in pairs]
