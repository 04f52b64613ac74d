"""Playback: everything that keys can do to recorded runs: go through them, and change nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from hltcore.conditions import bound_in
from hltcore.dataset import Dataset
from hltcore.diagnostics.finding import Finding
from hltcore.errors import ConditionError, SpecError, quoted
from hltcore.log import RunLog
from hltcore.spec import RunSpec
from tui.cells import Focus, place_text
from tui.deck import Deck
from tui.face import RecordedError
from tui.observer import threshold_of
from tui.passages import changes, go_to, go_to_next_finding, spec_here
from tui.player import Player
from tui.questions import Suggestions
from tui.reel import Reel
from tui.replayed import predicted
from tui.screens.stage import Stage
from tui.snapshot import Snapshot
from tui.unchanging import Unchanging
from tui.view import View

__all__ = ["Playback"]

_LAST = "This is the last step of the log"
_UNKNOWN = "What this model predicts is not recorded, and cannot be computed from its parameters alone."
_BOUND = re.compile(r"loss\s*(?P<sign>[<>])\s*(?P<bound>\S+)")
_CONDITIONS = (
    ("loss<0.01", "the loss of a step is below 0.01"),
    ("loss>1", "the loss of a step is above 1"),
    ("finding", "a check finds something"),
    ("120", "120 steps are complete; 12e and 12e+3 say it in epochs"),
)


class Playback(Unchanging):
    """One or several recorded runs, from the screen's thread: every method returns at once.

    Args:
        logs: The logs; they are closed at the end.
        follows: Whether their ends are followed, as they grow.
        changed: Called, on any thread, when ``stage`` is a new one.
    """

    def __init__(self, logs: Sequence[RunLog], *, follows: bool, changed: Callable[[], None]) -> None:
        self._player = Player(logs, follows=follows, changed=changed)

    def start(self) -> None:
        """Begin to read."""
        self._player.start()

    def end_soon(self) -> None:
        """Have the thread end; a signal handler may call this."""
        self._player.end_soon()

    def stop(self) -> None:
        """End the thread."""
        self._player.stop()

    def hurry(self) -> None:
        """Somebody waits for an answer: what plays lets it come first."""
        self._player.courtesy.ask()

    @property
    def stage(self) -> Stage:
        """The chosen run, ready to be drawn."""
        return self._player.stage

    @property
    def failure(self) -> str | None:
        """Why nothing can be shown, in a sentence; None as long as something can."""
        return self._player.failure

    def look(self, view: View) -> None:
        """Show what goes with another view."""

        def command(deck: Deck) -> None:
            deck.view = view

        self._player.post(command, quiet=True)

    def is_there(self, snapshot: Snapshot) -> bool:
        """Nothing else is opened."""
        return True

    def tell(self, sentence: str, *, failed: bool = False) -> None:
        """Say something on the status line, until the next command."""
        self._player.post(lambda deck: self._player.tell(sentence, failed=failed))

    # Forward and back

    def step(self) -> None:
        """Go one step on."""

        def command(deck: Deck) -> None:
            reel = deck.reel
            if reel.here < reel.last:
                reel.go(reel.here + 1)
            else:
                self._player.tell("This is the last step of the log so far" if reel.log.following else _LAST)

        self._player.post_paused(command)

    def phase(self) -> None:
        """Go one phase on, or to the next step with tensors."""
        self._player.post_paused(lambda deck: deck.reel.phase_on())

    def epoch(self) -> None:
        """Go to the end of the epoch."""
        self._go(lambda reel: reel.epoch_end())

    def back(self) -> None:
        """Go one step back, or to where the paused step began."""
        self._go(lambda reel: reel.here - (reel.phase is None))

    def back_phase(self) -> None:
        """Go one phase back, or to the step before that has tensors."""
        self._player.post_paused(lambda deck: deck.reel.phase_back())

    def back_epoch(self) -> None:
        """Go back to where an epoch began."""
        self._go(lambda reel: reel.epoch_start(max(reel.here - (reel.phase is None), reel.first)))

    def home(self) -> None:
        """Go to the earliest point there is."""
        self._go(lambda reel: reel.first)

    def end(self) -> None:
        """Go to the last step; where the log is attached to, follow it."""
        self._player.post_paused(lambda deck: deck.reel.end(follow=deck.follows))

    def go_to(self, point: str) -> Future[None]:
        """Go to a point of the log."""
        return self._player.attempt_paused(lambda deck: go_to(deck.reel, point.strip().removeprefix("@")))

    def go_to_finding(self, finding: Finding) -> None:
        """Go to the first step of a finding, and tell what was found."""

        def command(deck: Deck) -> None:
            deck.reel.go(finding.since)
            self._player.tell(f"{finding.check}: {finding.told}")

        self._player.post_paused(command)

    def conditions(self, focus: Focus | None) -> Suggestions:
        """What can be told from a log."""
        return _CONDITIONS

    def run_until(self, condition: str) -> Future[None]:
        """Go on to the first step after this one at which something holds."""
        words = " ".join(condition.split())

        def command(deck: Deck) -> None:
            reel = deck.reel
            if match := _BOUND.fullmatch(words):
                bound = bound_in(match["bound"])
                low, high = (-math.inf, bound) if match["sign"] == "<" else (bound, math.inf)
                if self._player.search(deck, reel.losses_where(low, high)):
                    self._player.tell(f"{words}: holds here")
            elif re.fullmatch(r"finding(?: \S+)?", words):
                go_to_next_finding(reel, words.partition(" ")[2])
            else:
                try:
                    go_to(reel, words)
                except SpecError:
                    forms = ", ".join(form for form, _ in _CONDITIONS)
                    raise ConditionError(f"{quoted(condition)} cannot be told from a log: {forms} can.") from None

        return self._player.attempt_paused(command)

    def go_to_change(self, focus: Focus, *, forwards: bool, sign: bool) -> None:
        """Go to the nearest step that changed a number, or its sign."""

        def command(deck: Deck) -> None:
            if not focus[1]:
                raise RecordedError("Choose a single number for this: a whole tensor changes at nearly every step.")
            found = [False]
            start = deck.reel.here
            if self._player.search(deck, changes(deck.reel, focus, forwards, sign, found)) and not found[0]:
                deck.reel.go(start)
                what, where = "its sign" if sign else "its value", "after" if forwards else "before"
                self._player.tell(f"{place_text(focus)} does not change {what} {where} step {start}")

        self._player.post_paused(command)

    def next_log(self) -> None:
        """Show the next of several logs."""

        def command(deck: Deck) -> None:
            if len(deck.reels) == 1:
                self._player.tell("There is one log: hlt-tui replay a.jsonl b.jsonl shows several")
            deck.next()

        self._player.post_paused(command)

    def play(self) -> None:
        """Play, or pause; also ends a search."""
        self._player.play()

    def speed(self, places: int) -> None:
        """Play faster or slower."""

        def change(deck: Deck) -> None:
            self._player.pace.change(places)
            self._player.tell("" if self._player.playing else f"Plays at {self._player.pace}")

        self._player.post(change)

    # What it answers

    @property
    def trial(self) -> tuple[Dataset, float | None]:
        """The data in use, and the prediction from which on class 1 is predicted; None where there are no classes."""
        scene = self._player.stage.scene(None, frozenset())
        if scene is None or not scene.snapshot.functions:
            self._refuse(_UNKNOWN)
        dataset = scene.snapshot.dataset
        return dataset, threshold_of(scene.snapshot.settings) if dataset.classes else None

    def predict(self, rows: Sequence[tuple[float, ...]]) -> Future[tuple[float, ...]]:
        """The predictions for some inputs, of a row of layers of this library."""

        def answer(deck: Deck) -> tuple[float, ...]:
            told = predicted(deck.reel, rows)
            if told is None:
                self._refuse(_UNKNOWN)
            return told

        return self._player.ask(answer)

    def spec_here(self) -> Future[RunSpec]:
        """The line that leads to this very state, of a run of this library."""
        if not self._is_ours:
            self._refuse("A training loop of your own has no line that opens it again.")
        return self._player.ask(lambda deck: spec_here(deck.reel))

    @property
    def _is_ours(self) -> bool:
        return self._player.stage.scene(None, frozenset()) is not None

    def _go(self, point: Callable[[Reel], int]) -> None:
        self._player.post_paused(lambda deck: deck.reel.go(point(deck.reel)))
