"""Pace: when the next step of a play is due."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from tui.formatting import tally

__all__ = ["SPEEDS", "Pace"]

SPEEDS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0, math.inf)
"""Steps a second; infinite is as fast as the machine can."""

_LAG = 0.05  # seconds: what a late wake-up may catch up with, so that the speed stays true on a busy machine


class Pace:
    """A metronome.

    Args:
        clock: Tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._level = SPEEDS.index(10.0)
        self._due = 0.0

    def change(self, places: int) -> None:
        """Go so many places up or down in ``SPEEDS``."""
        self._level = min(max(self._level + places, 0), len(SPEEDS) - 1)

    def start(self) -> None:
        """Begin now: the first step is due at once."""
        self._due = self._clock()

    @property
    def wait(self) -> float:
        """Seconds until the next step is due."""
        return max(self._due - self._clock(), 0.0)

    def take(self) -> bool:
        """Whether a step is due; if so, the next one is due an interval later.

        What the machine had no time for is not made up for in a burst.
        """
        now = self._clock()
        if now < self._due:
            return False
        self._due = max(self._due + 1 / SPEEDS[self._level], now - _LAG)
        return True

    def __str__(self) -> str:
        speed = SPEEDS[self._level]
        return "full speed" if math.isinf(speed) else f"{tally(round(speed), 'step')}/s"
