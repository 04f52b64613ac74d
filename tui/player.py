"""Player: owns event logs on a thread of its own, so that keys are answered while a long one is read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from queue import Empty

from hltcore.errors import HltError, LogError
from hltcore.log import RunLog
from tui.deck import Deck
from tui.inbox import Inbox
from tui.pace import Pace
from tui.screens.stage import Stage

__all__ = ["Player"]

_FRAME = 0.095  # seconds between two pictures while it plays or follows
_SLICE = 0.02  # seconds of reading after which commands are looked at
_LOOK = 0.1  # seconds between two looks whether a log has grown
_LAST_WAIT = 0.5  # seconds for the thread to end


class Player(Inbox[Deck]):
    """Logs on a thread of their own.

    Args:
        logs: The logs; the player closes them.
        follows: Whether their ends are followed.
        changed: Called, on any thread, when ``stage`` is a new one.

    Attributes:
        stage: The chosen run as it was a moment ago.
        failure: Why nothing can be shown, in a sentence; None as long as something can.
        pace: How fast it plays; to be changed by commands only.
    """

    def __init__(self, logs: Sequence[RunLog], *, follows: bool, changed: Callable[[], None]) -> None:
        super().__init__()
        self._logs = logs
        self._deck = Deck(logs, follows=follows)
        self._changed = changed
        self._note = ""
        self._error = False
        self._lost = ""
        self._told: set[str] = set()
        self._playing = self._running = self._interrupted = False
        self._ending = threading.Event()
        self._drawn = 0.0
        self._late = False  # whether something new is to be shown as soon as a frame is due
        self.pace = Pace()
        self.failure: str | None = None
        self.stage: Stage = self._staged()
        self._thread = threading.Thread(target=self._work, name="log", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def end_soon(self) -> None:
        """Have the thread end; a signal handler may call this."""
        self._playing = False
        self._ending.set()
        self._commands.put(None)

    def stop(self) -> None:
        """End the thread."""
        self.end_soon()
        if self._thread.is_alive():
            self._thread.join(timeout=_LAST_WAIT)

    # From the screen's thread

    def post_paused(self, command: Callable[[Deck], object]) -> None:
        """Have something done that ends the play."""

        def paused(deck: Deck) -> None:
            self._playing = False
            command(deck)

        self.post(paused)

    def attempt_paused(self, command: Callable[[Deck], object]) -> Future[None]:
        """The same; an error is for the one who asked."""

        def paused(deck: Deck) -> None:
            self._playing = False
            command(deck)

        return self.attempt(paused)

    def play(self) -> None:
        """Play, or pause; also ends a search."""
        if self._running:
            self._interrupted = True
        else:
            self.post(self._toggle)

    # On the logs' thread

    def tell(self, note: str, *, failed: bool = False) -> None:
        """Say something on the status line, until the next command."""
        self._note, self._error = note, failed

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._playing

    def search(self, deck: Deck, points: Iterator[int]) -> bool:
        """Go to the last of some points, which are looked at one by one, until somebody interrupts.

        Returns:
            Whether nobody did; else one stands where one stood.
        """
        self._interrupted, self._running = False, True
        found = deck.reel.here
        try:
            for point in points:
                found = point
                if self._interrupted or self._ending.is_set():
                    self._note = "The search was stopped"
                    return False
                if self._frame_is_due:
                    self._show()
        finally:
            self._running = False
        deck.reel.go(found)
        return True

    def _work(self) -> None:
        try:
            while not self._ending.is_set() and self._serve():
                pass
        except Exception as error:  # a dead thread would look like a slow one
            self.failure = f"The log cannot be shown: {type(error).__name__}: {error}"
        for log in self._logs:
            log.close()
        if self.failure is not None:
            self._changed()

    def _serve(self) -> bool:
        """Do one command, and what is due besides; False at the end."""
        item: tuple[Callable[[Deck], object], bool] | None
        try:
            item = self._commands.get(timeout=self._wait)
        except Empty:
            if self._play_on() | self._read_on():
                self._show_soon()
            return self.failure is None
        if item is None:
            return False
        command, quiet = item
        if not quiet:
            self._note, self._error = "", False
        self._try(partial(command, self._deck))
        if self._commands.empty() or self._frame_is_due:
            self._show()
        return True

    @property
    def _wait(self) -> float:
        """Seconds until something is due."""
        if self._late:
            return max(self._drawn + _FRAME - time.monotonic(), 0.0)
        if self._deck.is_busy and not self._lost:
            return 0.0
        return min(self.pace.wait, _LOOK) if self._playing else _LOOK

    def _show_soon(self) -> None:
        """Show what is new, now or as soon as a frame is due."""
        self._late = not self._frame_is_due
        if not self._late:
            self._show()

    def _read_on(self) -> bool:
        if self._lost:
            return self._late
        try:
            return self._deck.refresh(_SLICE) or self._late
        except LogError as error:
            self._lost = str(error)
            self._note, self._error = str(error), True
            if not any(reel.log.steps for reel in self._deck.reels):
                self.failure = str(error)
            return True

    def _play_on(self) -> bool:
        end = time.monotonic() + _SLICE
        reel, moved = self._deck.reel, False
        while self._playing and time.monotonic() < end and self.pace.take():
            moved = True
            if reel.here >= reel.last:
                self._playing = False
                reel.end(follow=self._deck.follows)
            else:
                reel.go(reel.here + 1)
        return moved

    @property
    def _frame_is_due(self) -> bool:
        return time.monotonic() - self._drawn >= _FRAME

    def _toggle(self, deck: Deck) -> None:
        self._playing = not self._playing
        if self._playing and deck.reel.here >= deck.reel.last:
            self._playing = False
            self._note = "This is the last step of the log: home goes to its first"
        self.pace.start()

    def _try(self, command: Callable[[], object]) -> None:
        try:
            command()
        except HltError as error:
            self._note, self._error, self._playing = str(error), True, False

    def _staged(self) -> Stage:
        return self._deck.stage(
            note=self._note,
            error=self._error,
            playing=self._playing or self._running,
            speed="searching" if self._running else str(self.pace),
            lost=self._lost,
        )

    def _show(self) -> None:
        self._drawn = time.monotonic()
        self.stage = self._staged()
        missing = self._deck.missing
        if missing and missing not in self._told and not self._note:
            self._told.add(missing)
            self.tell(missing, failed=True)
            self.stage = self._staged()
        self._changed()
