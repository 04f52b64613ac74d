"""Bridge: owns the run in a thread of its own, so that keys are answered while it trains, and while torch loads.

Commands go in through a queue. What the screen shows comes out as one frozen snapshot, the latest: the screen is told
that there is a new one, never what it missed.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from hltcore import datasets, losses, models
from hltcore.errors import HltError
from hltcore.spec import REGISTRIES, RunSpec
from tui.curve import Curve
from tui.formatting import tally
from tui.snapshot import Snapshot

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["SPEEDS", "Bridge"]

SPEEDS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0, math.inf)
"""Steps a second; infinite is as fast as the machine can."""

_FRAME = 0.095  # seconds between two snapshots while it plays: 10 a second, with room for a late wake-up
_SLICE = 0.02  # seconds of training after which commands are looked at

Command = Callable[["Trainer"], object]
T = TypeVar("T")


class Bridge:
    """A run on its own thread.

    Args:
        spec: The run to open.
        changed: Called, on any thread, when ``snapshot`` is a new one.
    """

    def __init__(self, spec: RunSpec, changed: Callable[[], None]) -> None:
        self._specs = [spec]  # the one that was opened, and those that were switched to before torch was there
        self._changed = changed
        self._commands: SimpleQueue[Command | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._building = False
        self._playing = False
        self._running = False
        self._stopping = False
        self._speed = 3
        self._note = ""
        self._error = False
        self._losses = Curve()
        self._epoch_losses = Curve()
        self._branch: object = None
        self._drawn = 0.0
        self.failure: str | None = None
        self.snapshot = _with_notes(self._before_torch())
        self._thread = threading.Thread(target=self._work, name="run", daemon=True)

    def start(self) -> None:
        """Begin to load torch and build the run."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._playing = False
        self._stopping = True
        self._commands.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=0.5)

    # Commands, from the screen's thread

    def step(self) -> None:
        """Do a step, or finish a paused one; like phase, epoch and back, it ends the play."""
        self._post_paused(lambda trainer: trainer.step())

    def phase(self) -> None:
        """Do one phase."""
        self._post_paused(lambda trainer: trainer.phase())

    def epoch(self) -> None:
        """Run to the end of the epoch."""
        self._post_paused(lambda trainer: self._run(trainer, lambda: trainer.run(epochs=1)))

    def back(self) -> None:
        """Go one step back."""
        self._post_paused(lambda trainer: trainer.back())

    def reset(self) -> None:
        """Start again at step 0."""
        self._post(lambda trainer: trainer.reset())

    def new_seed(self) -> None:
        """Start the parameters anew from the next seed."""
        self._change(lambda settings: {"seed": settings.seed + 1})

    def cycle(self, kind: str) -> None:
        """Switch to the next model, data set, loss or optimizer."""

        def following(settings: RunSpec) -> dict[str, Any]:
            names = REGISTRIES[kind].names()
            return {kind: names[(names.index(getattr(settings, kind)) + 1) % len(names)]}

        self._change(following)

    def switch(self, **changes: Any) -> None:
        """Go on with other settings."""
        self._change(lambda settings: changes)

    def play(self) -> None:
        """Play, or pause."""
        self._post(self._toggle)

    def speed(self, change: int) -> None:
        """Play faster or slower by so many places in ``SPEEDS``."""
        self._speed = min(max(self._speed + change, 0), len(SPEEDS) - 1)
        self._post(lambda trainer: None)

    def ask(self, question: Callable[[Trainer], T]) -> Future[T]:
        """What the run's own trainer answers, between two steps and after the commands before."""
        answer: Future[T] = Future()

        def command(trainer: Trainer) -> None:
            try:
                answer.set_result(question(trainer))
            except Exception as error:
                answer.set_exception(error)

        self._post(command)
        return answer

    @property
    def _spec(self) -> RunSpec:
        return self._specs[-1]

    def _change(self, changes: Callable[[RunSpec], dict[str, Any]]) -> None:
        """Switch; before torch is there, and with nothing run or asked for yet, that is only another spec."""
        with self._lock:
            if not self._building and not self._spec.marks and self._commands.empty():
                self._note = ""
                self._try(lambda: self._specs.append(self._spec.changed(**changes(self._spec))))
                self._publish(self._before_torch())
                return
        self._post(lambda trainer: trainer.switch(**changes(trainer.settings)))

    def _post_paused(self, command: Command) -> None:
        def paused(trainer: Trainer) -> None:
            self._playing = False
            command(trainer)

        self._post(paused)

    def _post(self, command: Command) -> None:
        self._commands.put(command)

    # The run's thread

    def _work(self) -> None:
        try:
            from hltcore.trainer import Trainer

            with self._lock:
                self._building = True
            self._note = f"Running to @{self._spec.position}" if self._spec.marks else ""
            trainer = self._build(Trainer.from_spec)
            self._run(trainer, lambda: trainer.follow(self._spec.marks))
            if self._spec.marks:
                self._note = ""
            self._show(trainer)
            while self._serve(trainer):
                pass
        except HltError as error:
            self.failure = str(error)
        except Exception as error:  # a course's own model may raise anything; a dead thread would look like a slow one
            self.failure = f"The run broke off: {type(error).__name__}: {error}"
        if self.failure is not None:
            self._changed()

    def _build(self, make: Callable[[RunSpec], Trainer]) -> Trainer:
        """The run; switches that turn out not to fit are taken back, and the reason is told."""
        while True:
            try:
                return make(self._spec.start)
            except HltError as error:
                if len(self._specs) == 1:
                    raise
                self._note, self._error = str(error), True
                self._specs.pop()

    def _serve(self, trainer: Trainer) -> bool:
        """Do one command, or what playing asks for until there is one; False at the end."""
        due = time.monotonic()
        while True:
            try:
                command = self._commands.get(timeout=max(due - time.monotonic(), 0) if self._playing else None)
            except Empty:
                due = self._play_on(trainer, due)
                continue
            if command is None:
                return False
            self._note = ""
            self._try(partial(command, trainer))
            if self._commands.empty() or time.monotonic() - self._drawn >= _FRAME:
                self._show(trainer)
            if not self._playing:
                return True

    def _play_on(self, trainer: Trainer, due: float) -> float:
        """Do the steps that are due; tells when the next one is."""
        interval = 1 / SPEEDS[self._speed]
        end = time.monotonic() + _SLICE
        while due <= time.monotonic() < end and self._playing:
            self._try(trainer.step)
            due = due + interval if interval else time.monotonic()
        if time.monotonic() - self._drawn >= _FRAME or not self._playing:
            self._show(trainer)
        # Steps that this machine had no time for are not made up for later in a burst.
        return max(due, time.monotonic() - interval)

    def _toggle(self, trainer: Trainer) -> None:
        self._playing = not self._playing

    def _run(self, trainer: Trainer, events: Callable[[], Any]) -> None:
        self._running = True
        try:
            for _ in events():
                if self._stopping:
                    return
                if time.monotonic() - self._drawn >= _FRAME:
                    self._show(trainer)
        finally:
            self._running = False

    def _try(self, command: Callable[[], object]) -> None:
        """Do it; an error's sentence goes to the screen and stops the play, and the run is as it was."""
        self._error = False
        try:
            command()
        except HltError as error:
            self._note, self._error, self._playing = str(error), True, False

    # Snapshots

    def _before_torch(self) -> Snapshot:
        dataset = datasets.registry.get(self._spec.dataset).factory(**self._spec.options_of("dataset"))
        note = self._note or "PyTorch is loading; keys are kept for it"
        return Snapshot(self._spec.start, dataset, note=note, error=self._error)

    def _show(self, trainer: Trainer) -> None:
        self._fold(trainer)
        position = trainer.position
        self._drawn = time.monotonic()
        self._publish(
            Snapshot(
                trainer.settings,
                trainer.dataset,
                ready=True,
                note=self._note,
                error=self._error,
                steps=trainer.steps,
                recorded=trainer.history.steps,
                epoch=position.epoch or 0,
                offset=position.step,
                steps_per_epoch=trainer.steps_per_epoch,
                playing=self._playing or self._running,
                speed="running" if self._running else _pace(SPEEDS[self._speed]),
                parameters=trainer.parameters,
                event=trainer.last_event,
                edit=_edit_here(trainer),
                phase_event=trainer.last_phase,
                evaluation=trainer.evaluate(),
                losses=self._losses.view(),
                epoch_losses=self._epoch_losses.view(),
            )
        )

    def _fold(self, trainer: Trainer) -> None:
        """Bring the curves up to date with the history, which another branch replaces."""
        history = trainer.history
        if history is not self._branch:
            self._branch = history
            self._losses, self._epoch_losses = Curve(), Curve()
        for step in range(self._losses.count, history.steps):
            self._losses.append(history.losses[step])
        starts = history.epoch_starts
        for epoch in range(self._epoch_losses.count, len(starts) - 1):
            losses = history.losses[starts[epoch] : starts[epoch + 1]]
            self._epoch_losses.append(sum(losses) / len(losses))

    def _publish(self, snapshot: Snapshot) -> None:
        self.snapshot = _with_notes(snapshot)
        self._changed()


def _edit_here(trainer: Trainer) -> str:
    entries = [entry for entry in trainer.history.entries_until(trainer.steps) if entry.step == trainer.steps]
    return ", ".join(entry.edit.title for entry in entries)


def _pace(speed: float) -> str:
    return "full speed" if math.isinf(speed) else f"{tally(round(speed), 'step')}/s"


def _with_notes(snapshot: Snapshot) -> Snapshot:
    """The snapshot with what the registries say of the parts in use."""
    model = models.registry.get(snapshot.settings.model)
    loss = losses.registry.get(snapshot.settings.loss)
    return replace(snapshot, model_note=model.note, formula=loss.form_for(model.output).formula)
