"""Playback: everything that keys can do to recorded runs: go through them, and change nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, NoReturn

from hltcore.conditions import differs
from hltcore.dataset import Dataset
from hltcore.diagnostics.finding import Finding
from hltcore.edits import Position
from hltcore.errors import ConditionError, SpecError, quoted
from hltcore.log import RunLog
from hltcore.spec import RunSpec
from tui.cells import Focus, place_text, value_at
from tui.deck import Deck
from tui.face import RecordedError
from tui.player import Player
from tui.questions import Suggestions
from tui.reel import Reel
from tui.replayed import spec_at
from tui.screens.stage import Stage
from tui.snapshot import Snapshot
from tui.view import View

__all__ = ["Playback"]

_REFUSAL = "This run is recorded: it can be looked at, not changed."
_BOUND = re.compile(r"loss\s*(?P<sign>[<>])\s*(?P<bound>\S+)")
_CONDITIONS = (
    ("loss<0.01", "the loss of a step is below 0.01"),
    ("loss>1", "the loss of a step is above 1"),
    ("finding", "a check finds something"),
    ("120", "120 steps are complete; 12e and 12e+3 say it in epochs"),
)


class Playback:
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
        return self._player.attempt_paused(lambda deck: _go_to(deck.reel, point.strip().removeprefix("@")))

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
                bound = _number(match["bound"])
                low, high = (-math.inf, bound) if match["sign"] == "<" else (bound, math.inf)
                if self._player.search(deck, reel.losses_where(low, high)):
                    self._player.tell(f"{words}: holds here")
            elif re.fullmatch(r"finding(?: \S+)?", words):
                _go_to_next_finding(reel, words.partition(" ")[2])
            else:
                try:
                    _go_to(reel, words)
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
            if self._player.search(deck, _changes(deck.reel, focus, forwards, sign, found)) and not found[0]:
                deck.reel.go(start)
                what, where = "its sign" if sign else "its value", "after" if forwards else "before"
                self._player.tell(f"{place_text(focus)} does not change {what} {where} step {start}")

        self._player.post_paused(command)

    def next_line(self, places: int) -> None:
        """A log has one line of history."""
        self._refuse("This run is recorded: it has one line of history.")

    def next_log(self) -> None:
        """Show the next of several logs."""

        def command(deck: Deck) -> None:
            if len(deck.reels) == 1:
                self._player.tell("There is one log: hlt-tui replay a.jsonl b.jsonl shows several")
            deck.next()

        self._player.post_paused(command)

    def open(self, spec: RunSpec) -> None:
        """Not in a recorded run."""
        self._refuse()

    def play(self) -> None:
        """Play, or pause; also ends a search."""
        self._player.play()

    def speed(self, places: int) -> None:
        """Play faster or slower."""

        def change(deck: Deck) -> None:
            self._player.pace.change(places)
            self._player.tell("" if self._player.playing else f"Plays at {self._player.pace}")

        self._player.post(change)

    # What would change it

    @property
    def settings(self) -> RunSpec:
        """Nothing that could be changed."""
        self._refuse()

    @property
    def dataset(self) -> Dataset:
        """The data in use, of a run of this library."""
        self._refuse("This needs a run of this program: hlt-tui SPEC opens one.")

    def reset(self) -> None:
        """Not in a recorded run."""
        self._refuse()

    def new_seed(self) -> None:
        """Not in a recorded run."""
        self._refuse()

    def cycle(self, kind: str) -> None:
        """Not in a recorded run."""
        self._refuse()

    def switch(self, **changes: Any) -> None:
        """Not in a recorded run."""
        self._refuse()

    def apply(self, changes: dict[str, Any]) -> Future[None]:
        """Not in a recorded run."""
        self._refuse()

    def number_at(self, focus: Focus) -> float:
        """No number can be set in a recorded run."""
        self._refuse()

    def set_number(self, focus: Focus, value: str) -> Future[None]:
        """Not in a recorded run."""
        self._refuse()

    def freeze(self, focus: Focus) -> None:
        """Not in a recorded run."""
        self._refuse()

    def fork_twin(self, words: str) -> Future[None]:
        """Not in a recorded run."""
        self._refuse()

    def end_twin(self) -> None:
        """Not in a recorded run."""
        self._refuse()

    def predict(self, rows: Sequence[tuple[float, ...]]) -> Future[tuple[float, ...]]:
        """The predictions for some inputs, of a row of layers."""
        raise RecordedError("What a recorded model predicts cannot be computed.")

    def spec_here(self) -> Future[str]:
        """The line that leads to this very state, of a run of this library."""
        if not self._is_ours:
            self._refuse("A training loop of your own has no line that opens it again.")
        return self._player.ask(lambda deck: _spec(deck.reel))

    def settings_there(self) -> Future[RunSpec]:
        """Nothing that could be changed."""
        self._refuse()

    @property
    def _is_ours(self) -> bool:
        return self._player.stage.scene(None, frozenset()) is not None

    def _go(self, point: Callable[[Reel], int]) -> None:
        self._player.post_paused(lambda deck: deck.reel.go(point(deck.reel)))

    def _refuse(self, sentence: str = _REFUSAL) -> NoReturn:
        raise RecordedError(sentence)


_LAST = "This is the last step of the log"


def _go_to(reel: Reel, point: str) -> None:
    """Go to a point.

    Raises:
        SpecError: It is no point, or the log does not go that far.
    """
    position = Position.parse(point)
    goal = position.step
    if position.epoch is not None:
        goal += reel.epoch_begin(position.epoch)
    if not reel.first <= goal <= reel.last:
        raise SpecError(f"The log goes from step {reel.first:,} to step {reel.last:,}: {goal:,} is not in it.")
    reel.go(goal)
    while position.phase is not None and reel.phase is not position.phase:
        reel.phase_on()
        if reel.here != goal:
            raise SpecError(f"The log holds whole steps: it cannot stop at {position}.")


def _go_to_next_finding(reel: Reel, check: str) -> None:
    steps = [finding.step for finding in reel.checkup.findings if check in ("", finding.check)]
    later = [step for step in steps if step > reel.here]
    if not later:
        raise ConditionError("No check has found that after this step, as far as the log was looked at.")
    reel.go(min(later))


def _changes(reel: Reel, focus: Focus, forwards: bool, sign: bool, found: list[bool]) -> Iterator[int]:
    """Points one by one, to the first behind whose step a number is another one."""
    name = focus[0]
    point = reel.here + (1 if forwards else 0)
    while reel.first < point <= reel.last:
        step = reel.step_at(point)
        before = step.parameters.get(name) if step is not None else None
        after = step.updated.get(name) if step is not None else None
        if before is not None and after is not None and before.whole is not None and after.whole is not None:
            values = [value_at({name: tensor.values}, focus) for tensor in (before.whole, after.whole)]
            if differs(*values, sign=sign):
                found[0] = True
                yield point if forwards else point - 1
                return
        yield point
        point += 1 if forwards else -1


def _spec(reel: Reel) -> str:
    spec = RunSpec.parse(spec_at(reel, reel.here))
    before = [str(mark) for mark in spec.marks]
    phase = "" if reel.phase is None else f":{reel.phase}"
    return " ".join([str(spec.start), *before, f"@{reel.here}{phase}"])


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise ConditionError(f"{quoted(word)} is not a number that a loss could be below or above.")
    return value
