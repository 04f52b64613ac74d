"""Worker: owns a run on a thread of its own, so that keys are answered while it trains, and while torch loads.

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
from itertools import chain
from queue import Empty
from typing import TYPE_CHECKING

from hltcore._preload import preload
from hltcore.errors import HltError
from hltcore.spec import RunSpec
from tui.keeper import Keeper
from tui.observer import Observer, unbuilt
from tui.runner import SLICE, Runner
from tui.snapshot import Snapshot
from tui.twin import Twin

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["Worker"]

LOADING = "PyTorch is loading; keys are kept for it"


class Worker(Runner["Trainer"]):
    """A run on its own thread.

    Args:
        spec: The run to open.
        changed: Called, on any thread, when ``snapshot`` is a new one.
        keeper: What saves the session, and opens a saved one.
        trainer: The run itself, where a script made it; nobody else must use it meanwhile.

    Attributes:
        snapshot: The run as it was a moment ago.
        observer: What looks at the run; to be changed by commands only.
        twin: The run beside this one; to be changed by commands only.
        opened: How many runs were opened and have come to their points; to be changed by commands only.

    Raises:
        HltError: The data set cannot be made.
    """

    def __init__(
        self, spec: RunSpec, changed: Callable[[], None], keeper: Keeper, trainer: Trainer | None = None
    ) -> None:
        super().__init__("run", changed)
        self._keeper = keeper
        self._given = trainer
        self._specs = [spec]  # the one that was opened, and those that were switched to before torch was there
        self._lock = threading.Lock()
        self._building = trainer is not None
        self.observer = Observer()
        self.twin = Twin()
        self.opened = 0
        self.snapshot = replace(unbuilt(spec), note=LOADING)

    # From the screen's thread

    def attempt_run(
        self, begin: Callable[[Trainer], Iterable[object]], told: Callable[[Trainer], str] = lambda trainer: ""
    ) -> Future[None]:
        """Have a run through many events done.

        Args:
            begin: Gives the events. An error before the first one is for the one who asked, as nothing was done yet.
            told: What the status line says at the end, if nobody interrupted it.
        """
        begun: Future[None] = Future()

        def events(trainer: Trainer) -> Iterable[object]:
            count = 0
            try:
                for count, event in enumerate(begin(trainer), 1):
                    if count == 1:
                        begun.set_result(None)
                    yield event
            except HltError as error:
                if count:
                    raise
                begun.set_exception(error)
                return
            if not count:
                begun.set_result(None)

        def command(trainer: Trainer) -> None:
            if not begun.set_running_or_notify_cancel():
                return  # whoever asked has gone meanwhile
            if self.run(trainer, events(trainer)) and begun.exception(0) is None:
                self._note = told(trainer)

        self.post_paused(command)
        return begun

    def before_torch(self, change: Callable[[RunSpec], RunSpec]) -> bool:
        """Change the spec itself, where nothing has been built or asked for yet; an error goes to the status line.

        Returns:
            Whether it was early enough.
        """
        with self._lock:
            if self._building or self._specs[-1].marks or not self._commands.empty():
                return False
            self.tell("")
            self._try(lambda: self._specs.append(change(self._specs[-1])))
            self._publish(replace(unbuilt(self._specs[-1]), note=self._note or LOADING, error=self._error))
            return True

    # On the run's thread

    def run(self, trainer: Trainer, events: Iterable[object]) -> bool:
        """Run through many events, until somebody interrupts.

        Returns:
            Whether nobody did.
        """
        self._interrupted = False
        self._running = True
        try:
            for _ in events:
                self.twin.follow(trainer)
                if self._is_broken_off:
                    return False
                if self._frame_is_due:
                    self._show(trainer)
        finally:
            self._running = False
        return True

    def _work(self) -> None:
        trainer = None
        try:
            preload()
            with self.courtesy.between_imports():
                from hltcore.trainer import Trainer

            with self._lock:
                self._building = True
            if self._specs[-1].marks:  # otherwise what was told while torch was loading stays to be read
                self._note = f"Running to @{self._specs[-1].position}; p stops"
            trainer = self._given or self._build(Trainer.from_spec)
            whole = self.run(trainer, chain(trainer.follow(self._specs[-1].marks), self._keeper.reopened(trainer)))
            self._note = self._note if self._error else ""
            if not self._keeper.begin(trainer, whole=whole):
                self._note = "Not opened to its end, and not saved: hlt-tui --resume opens it again"
            self.opened = 1
            self._show(trainer)
            while not self._ending.is_set() and self._serve(trainer):
                pass
        except HltError as error:
            self.failure = str(error)
        except Exception as error:  # a course's own model may raise anything; a dead thread would look like a slow one
            self.failure = f"The run broke off: {type(error).__name__}: {error}"
        if trainer is not None:
            self._keeper.finish(trainer)
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
                self.tell(str(error), failed=True)
                self._specs.pop()

    def _serve(self, trainer: Trainer) -> bool:
        """Do one command, and while it plays the steps that are due; False at the end."""
        try:
            item = self._commands.get(
                timeout=max(self.pace.wait, self.courtesy.wait) if self._playing else self._keeper.wait
            )
        except Empty:
            self._play_on(trainer)
            return True
        if item is None:
            return False
        self._do(trainer, item[0], quiet=item[1])
        self._try(partial(self.twin.follow, trainer))
        if self._commands.empty() or self._frame_is_due:
            self._show(trainer)
        return True

    def _play_on(self, trainer: Trainer) -> None:
        end = time.monotonic() + SLICE
        while self._playing and time.monotonic() < end and not self.courtesy.wait and self.pace.take():
            self._try(trainer.step)
            self._try(partial(self.twin.follow, trainer))
        if self._frame_is_due or not self._playing:
            self._show(trainer)

    def _toggle(self, trainer: Trainer) -> None:
        self._playing = not self._playing
        self.pace.start()

    def _show(self, trainer: Trainer) -> None:
        self._drawn = time.monotonic()
        self._keeper.look(trainer)
        self._publish(
            replace(
                self.observer.observe(trainer),
                note=self._note,
                error=self._error,
                playing=self._playing or self._running,
                speed="running" if self._running else str(self.pace),
                twin=self.twin.observe(),
                opened=self.opened,
            )
        )

    def _publish(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._changed()
