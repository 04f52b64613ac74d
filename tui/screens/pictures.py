"""Pictures: when those panels are drawn of which nearly all changes with every step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Pictures"]

_EVERY = 0.25  # seconds, while it plays: they are most of what a frame sends over the line
_SLOW = 0.03  # seconds


class Pictures:
    """Tells when, from how long they took the last time.

    Args:
        clock: Tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._drawn = -math.inf
        self._took = math.inf  # nobody waits for them with the first frame

    def due(self, *, playing: bool) -> bool:
        """Whether they are to be drawn now; if so, while it plays not soon again."""
        now = self._clock()
        if playing and now - self._drawn < _EVERY:
            return False
        self._drawn = now
        return True

    @property
    def slow(self) -> bool:
        """Whether they take so long that they come behind what a key changed, and not with it."""
        return self._took > _SLOW

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Around their being drawn."""
        began = self._clock()
        yield
        self._took = self._clock() - began
