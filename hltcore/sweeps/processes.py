"""Processes: an executor on this machine for the time of a sweep, which Ctrl-C ends at once and without a word."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children, get_context
from typing import Any, TypeVar

__all__ = ["processes"]

T = TypeVar("T")


class _Pool(ProcessPoolExecutor):
    """Processes that leave Ctrl-C, which a terminal sends to all, to the one that began them.

    Nobody outside cancels its own futures: where its processes are gone and one of them is cancelled, its thread fails.
    """

    def submit(self, function: Callable[..., T], /, *arguments: Any, **options: Any) -> Future[T]:
        told: Future[T] = Future()
        with _ctrl_c_waits():  # a process that is begun here has what is blocked now blocked from its first moment on
            super().submit(function, *arguments, **options).add_done_callback(partial(_tell, told))
        return told


def _tell(told: Future[T], done: Future[T]) -> None:
    if not told.set_running_or_notify_cancel():
        return
    error = done.exception()
    if error is None:
        told.set_result(done.result())
    else:
        told.set_exception(error)


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Have a Ctrl-C come only when the block is left: nobody has to press it twice.

    It is blocked in this thread, which is handed down to processes. Another thread may be told of it all the same, and
    elsewhere nothing is blocked; so it is noted, too.
    """
    if threading.current_thread() is not threading.main_thread():  # only that one may say what becomes of signals
        yield
        return
    noted: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    blocked = None if sys.platform == "win32" else signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if sys.platform != "win32" and blocked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)  # what was held back is noted now
        signal.signal(signal.SIGINT, before)
        if noted:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """Have so many processes, each begun when there is something for it to do.

    What is under way when the block is left by an error or Ctrl-C is given up.

    Args:
        count: How many, at least one.

    Yields:
        The executor.
    """
    others = set(active_children())
    context = get_context("spawn")  # a fork of a process with threads may hang
    with _Pool(count, context, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
        try:
            yield pool
        except BaseException:
            for child in set(active_children()) - others:
                child.terminate()
            raise
