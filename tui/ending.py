"""Ending: the app ends when its terminal goes or somebody wants it to, even where goodbye can no longer be said."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from typing import Any

from tui.terminal import hung_up_when

__all__ = ["Ending"]

_SIGNALS = ("SIGHUP", "SIGTERM")
_LAST_WAIT = 1.5  # seconds


class Ending:
    """The signals that end a process, and what becomes of them.

    Writing to a terminal that is gone fails or blocks, and Textual would wait for that for ever. So this is the
    process's own signal handler, which runs even then, and the system ends the process if it does not end itself.

    Args:
        end: Begins to end the app; called by the handler.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._before: dict[str, Any] = {}
        self._unwatched: Callable[[], None] = lambda: None

    def listen(self) -> None:
        """Handle the signals from here on; again, where somebody else has set handlers meanwhile."""
        for name in _SIGNALS:
            with contextlib.suppress(AttributeError, ValueError):  # no such signal here, or not the main thread
                before = signal.signal(getattr(signal, name), self._handle)
                if before != self._handle:
                    self._before[name] = before

    def watch(self, gone: Callable[[], bool]) -> None:
        """End, too, when the other end is gone, where signals are handled at all.

        Args:
            gone: Whether it is; called on a thread of its own.
        """
        if self._before:
            self._unwatched = hung_up_when(gone)

    def stop(self) -> None:
        """Leave the signals to those that had them before."""
        self._unwatched()
        for name, handler in self._before.items():
            signal.signal(getattr(signal, name), handler)

    def _handle(self, *_: object) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _LAST_WAIT)
        self._end()
