"""Runner: a thread that owns a run, trained or recorded: it does commands in order, plays, and says what failed."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial

from hltcore.errors import HltError
from tui.courtesy import Courtesy
from tui.inbox import Inbox, Run
from tui.pace import Pace

__all__ = ["SLICE", "Runner"]

SLICE = 0.02
"""Seconds of work after which commands are looked at."""
_FRAME = 0.095  # seconds between two pictures while it plays: 10 a second, with room for a late wake-up
_LAST_WAIT = 0.5  # seconds for the thread to end; importing torch it cannot


class Runner(Inbox[Run], ABC):
    """A run on a thread of its own.

    Args:
        name: What the thread is called.
        changed: Called, on any thread, when there is something new to show.

    Attributes:
        failure: Why nothing can be shown or go on, in a sentence; None as long as something can.
        pace: How fast it plays; to be changed by commands only.
        courtesy: What is asked of it while somebody waits for an answer.
    """

    def __init__(self, name: str, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed
        self._note = ""
        self._error = False
        self._playing = False
        self._running = False  # through many steps at once, which somebody may interrupt
        self._interrupted = False
        self._ending = threading.Event()
        self._drawn = 0.0
        self.pace = Pace()
        self.courtesy = Courtesy()
        self.failure: str | None = None
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    @abstractmethod
    def _work(self) -> None:
        """Open the run and serve it, until the end; on its thread."""

    @abstractmethod
    def _toggle(self, run: Run) -> None:
        """Play, or pause."""

    # From the screen's thread

    def start(self) -> None:
        """Begin to open the run."""
        self._thread.start()

    def end_soon(self) -> None:
        """Have the thread end, and do what is to be done before; a signal handler may call this."""
        self._playing = False
        self._ending.set()
        self._commands.put(None)

    def stop(self) -> None:
        """End the thread."""
        self.end_soon()
        if self._thread.is_alive():
            self._thread.join(timeout=_LAST_WAIT)

    def post_paused(self, command: Callable[[Run], object]) -> None:
        """Have something done that ends the play."""
        self.post(self._paused(command))

    def play(self) -> None:
        """Play, or pause; also ends a run to a point, or a search."""
        if self._running:
            self._interrupted = True
        else:
            self.post(self._toggle)

    # On the run's thread, or on any while nothing is done there

    def tell(self, note: str, *, failed: bool = False) -> None:
        """Say something on the status line, until the next command."""
        self._note, self._error = note, failed

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._playing

    def _paused(self, command: Callable[[Run], object]) -> Callable[[Run], object]:
        """A command that ends the play first."""

        def paused(run: Run) -> None:
            self._playing = False
            command(run)

        return paused

    def _do(self, run: Run, command: Callable[[Run], object], *, quiet: bool) -> None:
        """Do a command; a quiet one leaves the sentence on the status line alone."""
        if not quiet:
            self.tell("")
        self._try(partial(command, run))

    def _try(self, command: Callable[[], object]) -> None:
        """Do it; an error's sentence goes to the screen and stops the play, and the run is as it was."""
        try:
            command()
        except HltError as error:
            self.tell(str(error), failed=True)
            self._playing = False

    @property
    def _is_broken_off(self) -> bool:
        """Whether somebody interrupted what runs, or wants all to end."""
        return self._interrupted or self._ending.is_set()

    @property
    def _frame_is_due(self) -> bool:
        return self._until_frame <= 0

    @property
    def _until_frame(self) -> float:
        """Seconds until another picture is due."""
        return max(self._drawn + _FRAME - time.monotonic(), 0.0)
