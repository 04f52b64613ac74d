"""Player: owns event logs on a thread of its own, so that keys are answered while a long one is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from queue import Empty

from hltcore.errors import LogError
from hltcore.log import RunLog
from tui.deck import Deck
from tui.runner import SLICE, Runner
from tui.screens.stage import Stage

__all__ = ["Player"]

_LOOK = 0.1  # seconds between two looks whether a log has grown


class Player(Runner[Deck]):
    """Logs on a thread of their own.

    Args:
        logs: The logs; the player closes them.
        follows: Whether their ends are followed.
        changed: Called, on any thread, when ``stage`` is a new one.

    Attributes:
        stage: The chosen run as it was a moment ago.
    """

    def __init__(self, logs: Sequence[RunLog], *, follows: bool, changed: Callable[[], None]) -> None:
        super().__init__("log", changed)
        self._logs = logs
        self._deck = Deck(logs, follows=follows)
        self._lost = ""
        self._told: set[str] = set()
        self._late = False  # whether something new is to be shown as soon as a frame is due
        self.stage: Stage = self._staged()

    # From the screen's thread

    def attempt_paused(self, command: Callable[[Deck], object]) -> Future[None]:
        """Have something done that ends the play; an error is for the one who asked, and not for the status line."""
        return self.attempt(self._paused(command))

    # On the logs' thread

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
                if self._is_broken_off:
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
        try:
            item = self._commands.get(timeout=self._wait)
        except Empty:
            if self._play_on() | self._read_on():
                self._show_soon()
            return self.failure is None
        if item is None:
            return False
        self._do(self._deck, item[0], quiet=item[1])
        if self._commands.empty() or self._frame_is_due:
            self._show()
        return True

    @property
    def _wait(self) -> float:
        """Seconds until something is due."""
        if self._late:
            return self._until_frame
        if self._deck.is_busy and not self._lost:
            return 0.0
        return min(max(self.pace.wait, self.courtesy.wait), _LOOK) if self._playing else _LOOK

    def _show_soon(self) -> None:
        """Show what is new, now or as soon as a frame is due."""
        self._late = not self._frame_is_due
        if not self._late:
            self._show()

    def _read_on(self) -> bool:
        if self._lost:
            return self._late
        try:
            return self._deck.refresh(SLICE) or self._late
        except LogError as error:
            self._lost = str(error)
            self.tell(str(error), failed=True)
            if not any(reel.log.steps for reel in self._deck.reels):
                self.failure = str(error)
            return True

    def _play_on(self) -> bool:
        end = time.monotonic() + SLICE
        reel, moved = self._deck.reel, False
        while self._playing and time.monotonic() < end and not self.courtesy.wait and self.pace.take():
            moved = True
            if reel.here >= reel.last:
                self._playing = False
                reel.end(follow=self._deck.follows)
            else:
                reel.go(reel.here + 1)
        return moved

    def _toggle(self, deck: Deck) -> None:
        self._playing = not self._playing
        if self._playing and deck.reel.here >= deck.reel.last:
            self._playing = False
            self._note = "This is the last step of the log: home goes to its first"
        self.pace.start()

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
