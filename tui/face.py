"""Face: what keys do to a run, whether it is trained here or was recorded: every method returns at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from hltcore.dataset import Dataset
from hltcore.diagnostics.finding import Finding
from hltcore.errors import HltError
from hltcore.registry import Entry
from hltcore.spec import RunSpec
from tui.cells import Focus
from tui.questions import Suggestions
from tui.screens.stage import Stage
from tui.snapshot import Snapshot
from tui.view import View

__all__ = ["Face", "RecordedError"]


class RecordedError(HltError):
    """A recorded run has no such thing, or cannot be changed."""


class Face(Protocol):
    """A run, from the screen's thread.

    Where a future is returned, it tells whether the thing could be done or begun, and holds the ``HltError`` if not;
    otherwise an error is a sentence on the status line. What changes a run raises ``RecordedError`` at once where it
    can only be looked at, and so does what only a run of this library has.
    """

    def start(self) -> None:
        """Begin."""

    def end_soon(self) -> None:
        """Have the run's thread end; a signal handler may call this."""

    def stop(self) -> None:
        """End the run's thread."""

    def hurry(self) -> None:
        """Somebody waits for an answer: what plays or loads lets it come first."""

    @property
    def stage(self) -> Stage:
        """The run as it was a moment ago, ready to be drawn."""

    @property
    def failure(self) -> str | None:
        """Why the run could not be opened or go on, in a sentence; None as long as it does."""

    @property
    def settings(self) -> RunSpec:
        """The settings in force, to be changed."""

    @property
    def trial(self) -> tuple[Dataset, float | None]:
        """For inputs to be tried: the data in use, and the prediction from which on class 1 is predicted, if any is."""

    def look(self, view: View) -> None:
        """Show what goes with another view."""

    def is_there(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot is of the run that was opened last, at its point or after it."""

    def tell(self, sentence: str, *, failed: bool = False) -> None:
        """Say something on the status line, until the next command."""

    # Forward and back

    def step(self) -> None:
        """Do a step, or finish a paused one; like all of this group, it ends the play."""

    def phase(self) -> None:
        """Do one phase; where steps are recorded whole, go to the next one with tensors."""

    def epoch(self) -> None:
        """Run to the end of the epoch."""

    def back(self) -> None:
        """Go one step back."""

    def back_phase(self) -> None:
        """Go one phase back, or to the step before that has tensors."""

    def back_epoch(self) -> None:
        """Go back to where an epoch began."""

    def home(self) -> None:
        """Go to the start."""

    def end(self) -> None:
        """Go to the last step; where the run goes on, follow it."""

    def go_to(self, point: str) -> Future[None]:
        """Go to a point."""

    def go_to_finding(self, finding: Finding) -> None:
        """Go to the first step of a finding, and tell what was found."""

    def conditions(self, focus: Focus | None) -> Suggestions:
        """What it can be run until, each with a note."""

    def run_until(self, condition: str) -> Future[None]:
        """Go on until something holds."""

    def go_to_change(self, focus: Focus, *, forwards: bool, sign: bool) -> None:
        """Go to the nearest step that changed a number, or its sign."""

    def next_line(self, places: int) -> None:
        """Go to another line of history, to the same step of it."""

    def next_log(self) -> None:
        """Show the next of several logs."""

    def open(self, spec: RunSpec) -> None:
        """Begin another line of history, along a spec."""

    def open_seed(self, spec: RunSpec) -> None:
        """Begin another line of history, with a seed of a sweep."""

    def play(self) -> None:
        """Play, or pause; also ends a long run."""

    def speed(self, places: int) -> None:
        """Play faster or slower."""

    # What is trained

    def reset(self) -> None:
        """Start again at step 0."""

    def new_seed(self) -> None:
        """Start the parameters anew from the next seed."""

    def own_parts(self, kind: str) -> tuple[Entry, ...]:
        """The model or data set that a script passed as an object, if this run began with one."""

    def cycle(self, kind: str) -> None:
        """Switch to the next model, data set, loss or optimizer that fits."""

    def choose(self, kind: str, name: str) -> None:
        """Switch to a model, data set, loss or optimizer by its name."""

    def switch(self, **changes: Any) -> None:
        """Go on with other settings."""

    def apply(self, changes: dict[str, Any]) -> Future[None]:
        """Go on with other settings, or tell why not."""

    def number_at(self, focus: Focus) -> float:
        """A number that is to be set."""

    def set_number(self, focus: Focus, value: str) -> Future[None]:
        """Set a number of a parameter."""

    def freeze(self, focus: Focus) -> None:
        """Freeze a number, or let it go again."""

    def fork_twin(self, words: str) -> Future[None]:
        """Begin a run beside this one that differs in one thing."""

    def end_twin(self) -> None:
        """Let the run beside this one go."""

    # What it answers

    def predict(self, rows: Sequence[tuple[float, ...]]) -> Future[tuple[float, ...]]:
        """The predictions for some inputs."""

    def spec_here(self) -> Future[RunSpec]:
        """What leads to this very state."""

    def settings_there(self) -> Future[RunSpec]:
        """The settings in force after the commands before."""
