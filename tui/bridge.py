"""Bridge: all that keys can do with a run that is trained here, what they change of it (``tuning``) included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from hltcore import datasets
from hltcore.dataset import Dataset
from hltcore.registry import Own
from hltcore.spec import RunSpec
from tui.cells import Focus, place_text
from tui.formatting import tally
from tui.keeper import Keeper
from tui.observer import threshold_of
from tui.questions import Suggestions, conditions_for
from tui.screens.live import RunStage
from tui.screens.stage import Stage
from tui.snapshot import Snapshot
from tui.tuning import Tuning
from tui.view import View
from tui.whereabouts import stands_at
from tui.worker import Worker

if TYPE_CHECKING:
    from hltcore.diagnostics import Finding
    from hltcore.trainer import Trainer

__all__ = ["Bridge"]

T = TypeVar("T")


class Bridge(Tuning):
    """A run, from the screen's thread: every method returns at once.

    Where a future is returned, it tells whether the thing could be done or begun, and holds the ``HltError`` if not;
    otherwise an error is a sentence on the status line.

    Args:
        spec: The run to open.
        changed: Called, on any thread, when ``snapshot`` is a new one.
        keeper: What saves the session, and opens a saved one.
        trainer: The run itself, where a script made it; the spec is its settings then.

    Raises:
        HltError: The data set cannot be made.
    """

    def __init__(
        self, spec: RunSpec, changed: Callable[[], None], keeper: Keeper, trainer: Trainer | None = None
    ) -> None:
        own = {kind: entry for kind, entry in spec.entries.items() if isinstance(entry.name, Own)}
        outside = datasets.registry.get(spec.dataset).pin is not None
        files = {spec.dataset: spec.options_of("dataset")} if outside else {}
        super().__init__(Worker(spec, changed, keeper, trainer), own, files)
        self._opened = 1

    def start(self) -> None:
        """Begin to load torch and build the run."""
        self._worker.start()

    def end_soon(self) -> None:
        """Have the thread save the session and end; a signal handler may call this."""
        self._worker.end_soon()

    def stop(self) -> None:
        """End the thread."""
        self._worker.stop()

    def hurry(self) -> None:
        """Somebody waits for an answer: what plays or loads lets it come first."""
        self._worker.courtesy.ask()

    @property
    def snapshot(self) -> Snapshot:
        """The run as it was a moment ago."""
        return self._worker.snapshot

    @property
    def failure(self) -> str | None:
        """Why the run could not be opened or go on, in a sentence; None as long as it does."""
        return self._worker.failure

    @property
    def stage(self) -> Stage:
        """The run, ready to be drawn."""
        return RunStage(self._worker.snapshot)

    @property
    def settings(self) -> RunSpec:
        """The settings in force."""
        return self.snapshot.settings

    @property
    def trial(self) -> tuple[Dataset, float | None]:
        """The data in use, and the prediction from which on class 1 is predicted; None where there are no classes."""
        return self.snapshot.dataset, threshold_of(self.settings) if self.snapshot.dataset.classes else None

    def ask(self, question: Callable[[Trainer], T]) -> Future[T]:
        """What the run's own trainer answers, between two steps and after the commands before."""
        return self._worker.ask(question)

    def look(self, view: View) -> None:
        """Show what goes with another view."""

        def command(trainer: Trainer) -> None:
            self._worker.observer.view = view

        self._worker.post(command, quiet=True)

    def tell(self, sentence: str, *, failed: bool = False) -> None:
        """Say something on the status line, until the next command."""
        self._worker.post(lambda trainer: self._worker.tell(sentence, failed=failed))

    # Forward and back

    def step(self) -> None:
        """Do a step, or finish a paused one; like all of this group, it ends the play."""
        self._worker.post_paused(lambda trainer: trainer.step())

    def phase(self) -> None:
        """Do one phase."""
        self._worker.post_paused(lambda trainer: trainer.phase())

    def epoch(self) -> None:
        """Run to the end of the epoch."""
        self._worker.post_paused(lambda trainer: self._worker.run(trainer, trainer.run(epochs=1)))

    def back(self) -> None:
        """Go one step back."""
        self._worker.post_paused(lambda trainer: trainer.back())

    def back_phase(self) -> None:
        """Go one phase back."""
        self._worker.post_paused(lambda trainer: trainer.back_phase())

    def back_epoch(self) -> None:
        """Go back to where an epoch began."""
        self._worker.post_paused(lambda trainer: trainer.back_epoch())

    def home(self) -> None:
        """Go to the start of this line of history."""
        self._worker.post_paused(lambda trainer: trainer.seek(0))

    def end(self) -> None:
        """Go to the last step of this line of history."""
        self._worker.post_paused(lambda trainer: trainer.seek(trainer.history.steps))

    def go_to(self, point: str) -> Future[None]:
        """Go to a point; where the run has not come that far, train on to it."""
        return self._worker.attempt_run(lambda trainer: trainer.run_to(point.strip().removeprefix("@")))

    def go_to_finding(self, finding: Finding) -> None:
        """Go to the first step of a finding of this line of history, and tell what was found."""

        def command(trainer: Trainer) -> None:
            trainer.seek(finding.since)
            self._worker.tell(f"{finding.check}: {finding.told}")

        self._worker.post_paused(command)

    def conditions(self, focus: Focus | None) -> Suggestions:
        """What it can be run until."""
        return conditions_for(self.snapshot, focus)

    def run_until(self, condition: str) -> Future[None]:
        """Train on until something holds, or for a number of steps in vain."""
        words = " ".join(condition.split())

        def told(trainer: Trainer) -> str:
            if words.startswith("finding"):
                return ""  # what was found stands on the status line then
            return f"{words}: holds here, after {tally(trainer.steps, 'step')}"

        return self._worker.attempt_run(lambda trainer: trainer.run_until(words), told)

    def go_to_change(self, focus: Focus, *, forwards: bool, sign: bool) -> None:
        """Go to the nearest step that changed a number, or its sign."""

        def command(trainer: Trainer) -> None:
            search = trainer.search_change(*focus, forwards=forwards, sign=sign)
            looked_at: list[int | None] = [None]

            def look() -> Iterator[None]:
                for looked_at[0] in search:
                    yield

            if not self._worker.run(trainer, look()):
                self._worker.tell("The search was stopped")
                return
            if looked_at[0] is not None:
                trainer.seek(looked_at[0])
                return
            where = f"after step {trainer.steps}" if forwards else f"before step {trainer.steps}"
            what = "its sign" if sign else "its value"
            self._worker.tell(f"{place_text(focus)} does not change {what} {where}, as far as this line was run")

        self._worker.post_paused(command)

    def next_line(self, places: int) -> None:
        """Go to another line of history, to the same step of it."""

        def command(trainer: Trainer) -> None:
            lines = trainer.lines
            if len(lines) == 1:
                self._worker.tell("There is one line of history: going back and changing something makes another")
                return
            trainer.checkout(lines[(lines.index(trainer.history) + places) % len(lines)])

        self._worker.post_paused(command)

    def next_log(self) -> None:
        """There are no logs to go through."""
        self._worker.post(lambda trainer: self._worker.tell("This run is trained here: hlt-tui replay compares logs"))

    def open(self, spec: RunSpec) -> None:
        """Leave this line of history and begin another one, along a spec; not where the run stands there already."""
        self._opened += 1

        def command(trainer: Trainer) -> None:
            try:
                self._begin_line(
                    trainer, spec, "A fresh run for this page", "The run already stands where the page begins"
                )
            finally:
                self._worker.opened += 1

        self._worker.post_paused(command)

    def open_seed(self, spec: RunSpec) -> None:
        """The same for a run that was chosen from a sweep."""
        told = f"Seed {spec.seed}"
        self._worker.post_paused(lambda trainer: self._begin_line(trainer, spec, told, "The run already stands there"))

    def _begin_line(self, trainer: Trainer, spec: RunSpec, told: str, there: str) -> None:
        self._worker.twin.end()
        if stands_at(trainer, spec):
            self._worker.tell(there)
            return
        before = trainer.lines.index(trainer.history) + 1
        if self._worker.run(trainer, trainer.open(spec)):
            line = trainer.lines.index(trainer.history) + 1
            self._worker.tell(f"{told}, as line {line} of history; [ returns to line {before}")

    def is_there(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot is of the run that was opened last, at its point or after it."""
        return snapshot.opened == self._opened

    def play(self) -> None:
        """Play, or pause; also ends a long run."""
        self._worker.play()

    def speed(self, places: int) -> None:
        """Play faster or slower by so many places in ``SPEEDS``."""

        def change(trainer: Trainer) -> None:
            self._worker.pace.change(places)
            self._worker.tell("" if self._worker.playing else f"Plays at {self._worker.pace}")

        self._worker.post(change)

    # What it answers

    def predict(self, rows: Sequence[tuple[float, ...]]) -> Future[tuple[float, ...]]:
        """The predictions for some inputs."""
        return self.ask(lambda trainer: trainer.predict(rows))

    def spec_here(self) -> Future[RunSpec]:
        """What leads to this very state."""
        return self.ask(lambda trainer: trainer.spec)

    def settings_there(self) -> Future[RunSpec]:
        """The settings in force after the commands before."""
        return self.ask(lambda trainer: trainer.settings)
