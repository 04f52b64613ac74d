"""Inbox: what the screen's thread wants done with a run on the run's thread, in its order, and how it hears of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Generic, TypeVar

from hltcore.errors import HltError

__all__ = ["Inbox"]

Run = TypeVar("Run")
T = TypeVar("T")


class Inbox(Generic[Run]):
    """A queue of commands, to which any thread may add; None at its end."""

    def __init__(self) -> None:
        self._commands: SimpleQueue[tuple[Callable[[Run], object], bool] | None] = SimpleQueue()

    def post(self, command: Callable[[Run], object], *, quiet: bool = False) -> None:
        """Have something done; a quiet command leaves the sentence on the status line alone."""
        self._commands.put((command, quiet))

    def ask(self, question: Callable[[Run], T]) -> Future[T]:
        """What the run itself answers, between two steps and after the commands before."""
        answer: Future[T] = Future()

        def command(run: Run) -> None:
            if not answer.set_running_or_notify_cancel():
                return  # whoever asked has gone meanwhile
            try:
                answer.set_result(question(run))
            except Exception as error:
                answer.set_exception(error)

        self.post(command, quiet=True)
        return answer

    def attempt(self, command: Callable[[Run], object]) -> Future[None]:
        """Have something done; an error is for the one who asked, and not for the status line."""
        done: Future[None] = Future()

        def attempt(run: Run) -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                command(run)
            except HltError as error:
                done.set_exception(error)
            else:
                done.set_result(None)

        self.post(attempt)
        return done
