"""Tidying: garbage is looked for in moments in which nobody waits for anything.

Python looks for it when so much has been made, whatever goes on then. With all that torch brings and a screen of panels
that takes up to half a second, in which a key waits; and until then memory grows by what closed sheets left behind.
What is alive when much has been imported is never looked at again: it is modules, but for a few things that are open
just then, whose memory is not given back if they hold each other.
"""

from __future__ import annotations

import asyncio
import gc
import math
import sys

__all__ = ["Tidier"]

_AT_START = 100_000  # objects after which garbage is looked for
_LATER = 20_000  # objects: drawing makes very many, nearly none of them in circles
_QUIET = 0.3  # seconds
_WORTH = 3
"""Looks for young garbage, since the last one for all, after which there may be some."""
_SHARE = 0.05
"""How much of the time may go into it."""
_MANY = 50
"""Modules that were imported since, so that it is worth while never to look through them again."""


class Tidier:
    """Looks for a process's garbage, once it has been told to begin.

    Nearly all that is made until the run is there stays, torch and the screen: to look through it for garbage, again
    and again, would take a tenth of that time; and once, with torch loaded, as long as two frames.
    """

    def __init__(self) -> None:
        self._usual: tuple[int, int, int] | None = None
        self._modules = 0
        self._young = math.inf  # until what is in memory has settled
        self._stirred = 0.0
        self._not_before = 0.0
        self._waits = False

    def begin(self) -> None:
        """Take garbage over from Python: the process is the app's own."""
        self._usual = gc.get_threshold()
        gc.set_threshold(_AT_START)

    def settle(self) -> None:
        """What is in memory stays."""
        if self._usual is not None:
            gc.set_threshold(_LATER, *self._usual[1:])
            self._young = _young()
            self._keep()

    def stir(self) -> None:
        """Something happens: nothing is looked for until nothing has happened for a while. To be called in a loop."""
        loop = asyncio.get_running_loop()
        self._stirred = loop.time()
        if not self._waits and _young() >= self._young + _WORTH:
            self._waits = True
            loop.call_later(_QUIET, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        wait = max(self._stirred + _QUIET, self._not_before) - loop.time()
        if wait > 0:
            loop.call_later(wait, self._look, loop)
            return
        began = loop.time()
        gc.collect()
        self._young = _young()
        if len(sys.modules) > self._modules + _MANY:
            self._keep()
        self._waits = False
        self._not_before = loop.time() + (loop.time() - began) / _SHARE

    def _keep(self) -> None:
        self._modules = len(sys.modules)
        gc.freeze()


def _young() -> int:
    """How often young garbage was looked for."""
    return int(gc.get_stats()[0]["collections"])
