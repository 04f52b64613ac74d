"""Bridge: owns the run in a thread of its own, so that keys are answered while it trains, and while torch loads.

Commands go in through a queue. What the screen shows comes out as one frozen snapshot, the latest: the screen is told
that there is a new one, never what it missed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from hltcore.errors import HltError
from hltcore.spec import REGISTRIES, RunSpec
from tui.observer import Observer, unbuilt
from tui.pace import Pace
from tui.snapshot import Snapshot

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["Bridge"]

_FRAME = 0.095  # seconds between two snapshots while it plays: 10 a second, with room for a late wake-up
_SLICE = 0.02  # seconds of training after which commands are looked at
_LAST_WAIT = 0.5  # seconds for the run's thread to end; importing torch it cannot
_LOADING = "PyTorch is loading; keys are kept for it"

Command = Callable[["Trainer"], object]
T = TypeVar("T")


class Bridge:
    """A run on its own thread.

    Args:
        spec: The run to open.
        changed: Called, on any thread, when ``snapshot`` is a new one.

    Attributes:
        snapshot: The run as it was a moment ago.
        failure: Why the run could not be opened or go on, in a sentence; None as long as it does.

    Raises:
        HltError: The data set cannot be made.
    """

    def __init__(self, spec: RunSpec, changed: Callable[[], None]) -> None:
        self._specs = [spec]  # the one that was opened, and those that were switched to before torch was there
        self._changed = changed
        self._commands: SimpleQueue[Command | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._building = False
        self._playing = False
        self._running = False
        self._interrupted = False
        self._note = ""
        self._error = False
        self._pace = Pace()
        self._observer = Observer()
        self._drawn = 0.0
        self.failure: str | None = None
        self.snapshot = replace(unbuilt(spec), note=_LOADING)
        self._thread = threading.Thread(target=self._work, name="run", daemon=True)

    def start(self) -> None:
        """Begin to load torch and build the run."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._playing = False
        self._interrupted = True
        self._commands.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=_LAST_WAIT)

    # Commands, from the screen's thread

    def step(self) -> None:
        """Do a step, or finish a paused one; like phase, epoch and back, it ends the play."""
        self._post_paused(lambda trainer: trainer.step())

    def phase(self) -> None:
        """Do one phase."""
        self._post_paused(lambda trainer: trainer.phase())

    def epoch(self) -> None:
        """Run to the end of the epoch."""
        self._post_paused(lambda trainer: self._run(trainer, trainer.run(epochs=1)))

    def back(self) -> None:
        """Go one step back."""
        self._post_paused(lambda trainer: trainer.back())

    def reset(self) -> None:
        """Start again at step 0."""
        self._post(lambda trainer: trainer.reset())

    def new_seed(self) -> None:
        """Start the parameters anew from the next seed."""
        self._change(lambda settings: [{"seed": settings.seed + 1}])

    def cycle(self, kind: str) -> None:
        """Switch to the next model, data set, loss or optimizer that fits; say which did not."""

        def following(settings: RunSpec) -> list[dict[str, Any]]:
            names = REGISTRIES[kind].names()
            here = names.index(getattr(settings, kind)) + 1
            return [{kind: name} for name in (*names[here:], *names[: here - 1])]

        self._change(following)

    def switch(self, **changes: Any) -> None:
        """Go on with other settings."""
        self._change(lambda settings: [changes])

    def play(self) -> None:
        """Play, or pause; also ends a run to a point."""
        if self._running:
            self._interrupted = True
        else:
            self._post(self._toggle)

    def speed(self, places: int) -> None:
        """Play faster or slower by so many places in ``SPEEDS``."""

        def change(trainer: Trainer) -> None:
            self._pace.change(places)
            self._note = "" if self._playing else f"Plays at {self._pace}"

        self._post(change)

    def ask(self, question: Callable[[Trainer], T]) -> Future[T]:
        """What the run's own trainer answers, between two steps and after the commands before."""
        answer: Future[T] = Future()

        def command(trainer: Trainer) -> None:
            if not answer.set_running_or_notify_cancel():
                return  # whoever asked has gone meanwhile
            try:
                answer.set_result(question(trainer))
            except Exception as error:
                answer.set_exception(error)

        self._post(command)
        return answer

    def _change(self, choices: Callable[[RunSpec], list[dict[str, Any]]]) -> None:
        """Switch to the first choice that fits; before torch is there, with nothing run or asked for, in the spec."""
        with self._lock:
            if not self._building and not self._specs[-1].marks and self._commands.empty():
                self._note = ""
                self._try(lambda: self._first_that_fits(choices(self._specs[-1]), self._respecify))
                self._publish(replace(unbuilt(self._specs[-1]), note=self._note or _LOADING, error=self._error))
                return
        self._post(
            lambda trainer: self._first_that_fits(choices(trainer.settings), lambda change: trainer.switch(**change))
        )

    def _respecify(self, change: dict[str, Any]) -> None:
        spec = self._specs[-1].changed(**change)
        unbuilt(spec)
        self._specs.append(spec)

    def _first_that_fits(self, choices: list[dict[str, Any]], make: Callable[[dict[str, Any]], object]) -> None:
        refusals: list[HltError] = []
        for change in choices:
            try:
                make(change)
            except HltError as error:
                refusals.append(error)
                continue
            self._note = f"Left out: {refusals[0]}" if refusals else ""
            return
        if refusals:
            raise refusals[0]

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
            self._note = f"Running to @{self._specs[-1].position}; p stops" if self._specs[-1].marks else ""
            trainer = self._build(Trainer.from_spec)
            self._run(trainer, trainer.follow(self._specs[-1].marks))
            self._note = self._note if self._error else ""
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
                return make(self._specs[-1].start)
            except HltError as error:
                if len(self._specs) == 1:
                    raise
                self._note, self._error = str(error), True
                self._specs.pop()

    def _serve(self, trainer: Trainer) -> bool:
        """Do one command, and while it plays the steps that are due; False at the end."""
        try:
            command = self._commands.get(timeout=self._pace.wait if self._playing else None)
        except Empty:
            self._play_on(trainer)
            return True
        if command is None:
            return False
        self._note = ""
        self._try(partial(command, trainer))
        if self._commands.empty() or self._frame_is_due:
            self._show(trainer)
        return True

    def _play_on(self, trainer: Trainer) -> None:
        end = time.monotonic() + _SLICE
        while self._playing and time.monotonic() < end and self._pace.take():
            self._try(trainer.step)
        if self._frame_is_due or not self._playing:
            self._show(trainer)

    @property
    def _frame_is_due(self) -> bool:
        return time.monotonic() - self._drawn >= _FRAME

    def _toggle(self, trainer: Trainer) -> None:
        self._playing = not self._playing
        self._pace.start()

    def _run(self, trainer: Trainer, events: Iterable[object]) -> None:
        """Run through many events, until somebody interrupts."""
        self._interrupted = False
        self._running = True
        try:
            for _ in events:
                if self._interrupted:
                    return
                if self._frame_is_due:
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

    def _show(self, trainer: Trainer) -> None:
        self._drawn = time.monotonic()
        self._publish(
            replace(
                self._observer.observe(trainer),
                note=self._note,
                error=self._error,
                playing=self._playing or self._running,
                speed="running" if self._running else str(self._pace),
            )
        )

    def _publish(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._changed()
