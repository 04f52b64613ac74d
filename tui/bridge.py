"""Bridge: everything that keys can do to a run, each a method; the worker does it on the run's own thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from hltcore import datasets
from hltcore.edits import parse_edit
from hltcore.errors import HltError, SpecError
from hltcore.registry import Entry, Own
from hltcore.spec import REGISTRIES, RunSpec
from tui.cells import Focus, place_text
from tui.formatting import tally
from tui.keeper import Keeper
from tui.observer import unbuilt
from tui.snapshot import Snapshot
from tui.view import View
from tui.whereabouts import stands_at
from tui.worker import Worker

if TYPE_CHECKING:
    from hltcore.diagnostics import Finding
    from hltcore.trainer import Trainer

__all__ = ["Bridge"]

T = TypeVar("T")


class Bridge:
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
        self._worker = Worker(spec, changed, keeper, trainer)
        self._own = {kind: entry for kind, entry in spec.entries.items() if isinstance(entry.name, Own)}
        self._opened = 1
        outside = datasets.registry.get(spec.dataset).pin is not None
        self._outside = {spec.dataset: spec.options_of("dataset")} if outside else {}

    def start(self) -> None:
        """Begin to load torch and build the run."""
        self._worker.start()

    def end_soon(self) -> None:
        """Have the thread save the session and end; a signal handler may call this."""
        self._worker.end_soon()

    def stop(self) -> None:
        """End the thread."""
        self._worker.stop()

    @property
    def snapshot(self) -> Snapshot:
        """The run as it was a moment ago."""
        return self._worker.snapshot

    @property
    def failure(self) -> str | None:
        """Why the run could not be opened or go on, in a sentence; None as long as it does."""
        return self._worker.failure

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

    # What is trained

    def reset(self) -> None:
        """Start again at step 0."""
        self._worker.post(lambda trainer: trainer.reset())

    def new_seed(self) -> None:
        """Start the parameters anew from the next seed."""
        self._change(lambda settings: [{"seed": settings.seed + 1}])

    def own_parts(self, kind: str) -> tuple[Entry, ...]:
        """The model or data set that a script passed as an object, if this run began with one."""
        return tuple(entry for its, entry in self._own.items() if its == kind)

    def cycle(self, kind: str) -> None:
        """Switch to the next model, data set, loss or optimizer that fits; say which did not."""

        def following(settings: RunSpec) -> list[dict[str, Any]]:
            names = (*REGISTRIES[kind].names(), *(entry.name for entry in self.own_parts(kind)))
            here = names.index(getattr(settings, kind)) + 1
            others = (*names[here:], *names[: here - 1])
            return [self._whole(kind, name) for name in others if kind != "dataset" or self._is_there(name)]

        self._change(following)

    def choose(self, kind: str, name: str) -> None:
        """Switch to a model, data set, loss or optimizer by its name."""
        self.switch(**self._whole(kind, name))

    def _is_there(self, name: str) -> bool:
        """Whether a data set can be had by its name alone: a file only if this program was begun with it."""
        return name in self._outside or datasets.registry.get(name).pin is None

    def _whole(self, kind: str, name: str) -> dict[str, Any]:
        """The change that takes a part by its name, with the file that this program was begun with."""
        return {kind: name, **(self._outside.get(name, {}) if kind == "dataset" else {})}

    def switch(self, **changes: Any) -> None:
        """Go on with other settings."""
        self._change(lambda settings: [changes])

    def apply(self, changes: dict[str, Any]) -> Future[None]:
        """Go on with other settings, or tell why not."""
        return self._worker.attempt(lambda trainer: trainer.switch(**changes))

    def set_number(self, focus: Focus, value: str) -> Future[None]:
        """Set a number of a parameter."""
        return self._worker.attempt(lambda trainer: trainer.set_parameter(*focus, value))  # type: ignore[arg-type]

    def freeze(self, focus: Focus) -> None:
        """Freeze a number, or let it go again."""

        def command(trainer: Trainer) -> None:
            before = trainer.settings.frozen
            trainer.freeze(*focus)
            if trainer.settings.frozen == before:
                trainer.thaw(*focus)

        self._worker.post(command)

    def fork_twin(self, words: str) -> Future[None]:
        """Begin a run beside this one that differs in one thing."""

        def command(trainer: Trainer) -> None:
            edit = parse_edit(words.split())
            if edit is None:
                raise SpecError("A twin differs in something: write it as in a spec, such as lr=0.5.")
            self._worker.twin.fork(trainer, edit)

        return self._worker.attempt(command)

    def end_twin(self) -> None:
        """Let the run beside this one go."""
        self._worker.post(lambda trainer: self._worker.twin.end())

    def _change(self, choices: Callable[[RunSpec], list[dict[str, Any]]]) -> None:
        """Switch to the first choice that fits; before torch is there, in the spec itself."""

        def in_spec(spec: RunSpec) -> RunSpec:
            def make(change: dict[str, Any]) -> RunSpec:
                new = spec.changed(**change)
                unbuilt(new)
                return new

            return self._first_that_fits(choices(spec), make)

        if not self._worker.before_torch(in_spec):
            self._worker.post(
                lambda trainer: self._first_that_fits(
                    choices(trainer.settings), lambda change: trainer.switch(**change)
                )
            )

    def _first_that_fits(self, choices: list[dict[str, Any]], make: Callable[[dict[str, Any]], T]) -> T:
        refusals: list[HltError] = []
        for change in choices:
            try:
                result = make(change)
            except HltError as error:
                refusals.append(error)
                continue
            if refusals:
                self._worker.tell(f"Left out: {refusals[0]}")
            return result
        raise refusals[0]
