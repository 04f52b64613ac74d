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

from hltcore.errors import HltError
from hltcore.spec import RunSpec
from tui.inbox import Inbox
from tui.keeper import Keeper
from tui.observer import Observer, unbuilt
from tui.pace import Pace
from tui.snapshot import Snapshot
from tui.twin import Twin

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["Worker"]

_FRAME = 0.095  # seconds between two snapshots while it plays: 10 a second, with room for a late wake-up
_SLICE = 0.02  # seconds of training after which commands are looked at
_LAST_WAIT = 0.5  # seconds for the run's thread to end; importing torch it cannot
LOADING = "PyTorch is loading; keys are kept for it"


class Worker(Inbox["Trainer"]):
    """A run on its own thread.

    Args:
        spec: The run to open.
        changed: Called, on any thread, when ``snapshot`` is a new one.
        keeper: What saves the session, and opens a saved one.
        trainer: The run itself, where a script made it; nobody else must use it meanwhile.

    Attributes:
        snapshot: The run as it was a moment ago.
        failure: Why the run could not be opened or go on, in a sentence; None as long as it does.
        observer: What looks at the run; to be changed by commands only.
        pace: How fast it plays; to be changed by commands only.
        twin: The run beside this one; to be changed by commands only.
        opened: How many runs were opened and have come to their points; to be changed by commands only.

    Raises:
        HltError: The data set cannot be made.
    """

    def __init__(
        self, spec: RunSpec, changed: Callable[[], None], keeper: Keeper, trainer: Trainer | None = None
    ) -> None:
        self._keeper = keeper
        self._given = trainer
        super().__init__()
        self._specs = [spec]  # the one that was opened, and those that were switched to before torch was there
        self._changed = changed
        self._lock = threading.Lock()
        self._building = trainer is not None
        self._playing = False
        self._running = False
        self._interrupted = False
        self._ending = threading.Event()
        self._note = ""
        self._error = False
        self._drawn = 0.0
        self.pace = Pace()
        self.observer = Observer()
        self.twin = Twin()
        self.opened = 0
        self.failure: str | None = None
        self.snapshot = replace(unbuilt(spec), note=LOADING)
        self._thread = threading.Thread(target=self._work, name="run", daemon=True)

    def start(self) -> None:
        """Begin to load torch and build the run."""
        self._thread.start()

    def end_soon(self) -> None:
        """Have the thread save the session and end; a signal handler may call this."""
        self._playing = False
        self._ending.set()
        self._commands.put(None)

    def stop(self) -> None:
        """End the thread."""
        self.end_soon()
        if self._thread.is_alive():
            self._thread.join(timeout=_LAST_WAIT)

    # From the screen's thread

    def post_paused(self, command: Callable[[Trainer], object]) -> None:
        """Have something done that ends the play."""

        def paused(trainer: Trainer) -> None:
            self._playing = False
            command(trainer)

        self.post(paused)

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
            self._note, self._error = "", False
            self._try(lambda: self._specs.append(change(self._specs[-1])))
            self._publish(replace(unbuilt(self._specs[-1]), note=self._note or LOADING, error=self._error))
            return True

    def play(self) -> None:
        """Play, or pause; also ends a run to a point."""
        if self._running:
            self._interrupted = True
        else:
            self.post(self._toggle)

    # On the run's thread

    def tell(self, note: str, *, failed: bool = False) -> None:
        """Say something on the status line, until the next command."""
        self._note, self._error = note, failed

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._playing

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
                if self._interrupted or self._ending.is_set():
                    return False
                if self._frame_is_due:
                    self._show(trainer)
        finally:
            self._running = False
        return True

    def _work(self) -> None:
        trainer = None
        try:
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
                self._note, self._error = str(error), True
                self._specs.pop()

    def _serve(self, trainer: Trainer) -> bool:
        """Do one command, and while it plays the steps that are due; False at the end."""
        try:
            item = self._commands.get(timeout=self.pace.wait if self._playing else self._keeper.wait)
        except Empty:
            self._play_on(trainer)
            return True
        if item is None:
            return False
        command, quiet = item
        if not quiet:
            self._note, self._error = "", False
        self._try(partial(command, trainer))
        self._try(partial(self.twin.follow, trainer))
        if self._commands.empty() or self._frame_is_due:
            self._show(trainer)
        return True

    def _play_on(self, trainer: Trainer) -> None:
        end = time.monotonic() + _SLICE
        while self._playing and time.monotonic() < end and self.pace.take():
            self._try(trainer.step)
            self._try(partial(self.twin.follow, trainer))
        if self._frame_is_due or not self._playing:
            self._show(trainer)

    @property
    def _frame_is_due(self) -> bool:
        return time.monotonic() - self._drawn >= _FRAME

    def _toggle(self, trainer: Trainer) -> None:
        self._playing = not self._playing
        self.pace.start()

    def _try(self, command: Callable[[], object]) -> None:
        """Do it; an error's sentence goes to the screen and stops the play, and the run is as it was."""
        try:
            command()
        except HltError as error:
            self._note, self._error, self._playing = str(error), True, False

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
