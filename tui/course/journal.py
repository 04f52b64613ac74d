"""Journal: keeps a student's progress in one small file, which several programs may write at once."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from hltcore.errors import HltError, printable, quoted
from tui.course.progress import LessonProgress, Progress, merged, progress_from, progress_to
from tui.files import alone_with, replace_file, state_directory

__all__ = ["LONGEST", "Journal", "ProgressError", "add_progress", "progress_file", "read_progress"]

VERSION = 1
LONGEST = 2**20
"""Bytes, above which a file is not read."""
_LAST_WAIT = 2.0  # seconds for a slow disk at the end


class ProgressError(HltError):
    """A file of progress that cannot be read."""


class _DamagedError(ProgressError):
    """One that nobody can read any more."""


def progress_file() -> Path:
    """Where this user's progress is kept."""
    return state_directory() / "progress.json"


def read_progress(path: Path) -> dict[str, LessonProgress]:
    """What is kept in a file; nothing, where there is none.

    Raises:
        ProgressError: It cannot be read, is damaged, or is one of a later version.
    """
    shown = f'"{printable(path)}"'
    try:
        if path.is_fifo():  # to open it would wait for somebody to write
            raise OSError(errno.EINVAL, "it is a pipe")
        with open(path, "rb") as file:
            data = file.read(LONGEST + 1)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ProgressError(f"The progress in {shown} cannot be read: {printable(why)}.") from None
    import json  # late: most have no file yet when the first frame is drawn

    try:
        value = json.loads(data.decode("utf-8")) if len(data) <= LONGEST else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or value.get("program") != "hlt-tui" or "lessons" not in value:
        raise _DamagedError(f"The progress in {shown} is damaged: nothing can be read of it.")
    if value.get("version") != VERSION:
        version = quoted(value.get("version"))
        raise ProgressError(f"The progress in {shown} has version {version}: this hlt-tui reads version {VERSION}.")
    return progress_from(value["lessons"])


def add_progress(path: Path, progress: Progress) -> bool:
    """Add to what a file says; what another program wrote meanwhile stays. A damaged file is put aside.

    Returns:
        Whether there was a damaged one.

    Raises:
        OSError: It cannot be written.
        ProgressError: It is one of a later version, or cannot be read.
    """
    with alone_with(path):
        damaged = False
        try:
            there = read_progress(path)
        except _DamagedError:
            os.replace(path, path.with_name("progress-damaged.json"))
            there, damaged = {}, True
        both = merged(there, progress)
        if both != there:
            import json

            value = {"program": "hlt-tui", "version": VERSION, "lessons": progress_to(both)}
            replace_file(path, json.dumps(value, indent=1))
        return damaged


class Journal:
    """One student's progress, in memory and on disk; writing waits for a disk, so a thread of its own does it.

    Args:
        path: The file; None to keep nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._progress: dict[str, LessonProgress] = {}
        self._trouble: dict[str, str] = {}  # by its kind, what was told of it
        self._hear: Callable[[str], None] | None = None
        self._lock = threading.Lock()
        self._waiting: SimpleQueue[Progress | None] = SimpleQueue()
        self._writer: threading.Thread | None = None
        if path is not None:
            with suppress(ProgressError):  # said when it is to be written
                self._progress = read_progress(path)

    @property
    def progress(self) -> Progress:
        """All of it."""
        return self._progress

    def note(self, name: str, lesson: LessonProgress) -> None:
        """Add what was done in a lesson."""
        before = self._progress.get(name)
        self._progress[name] = lesson if before is None else before.merged(lesson)
        if self._path is not None and self._progress[name] != before:
            self._waiting.put({name: self._progress[name]})
            if self._writer is None or not self._writer.is_alive():
                self._writer = threading.Thread(target=self._write_all, args=(self._path,), name="journal", daemon=True)
                self._writer.start()

    def listen(self, hear: Callable[[str], None]) -> None:
        """Have each kind of trouble told once, on any thread, when it comes; at once what came already."""
        with self._lock:
            self._hear = hear
            for sentence in self._trouble.values():
                hear(sentence)

    def close(self) -> None:
        """Wait until all is written; what is noted later is written, too."""
        if self._writer is not None and self._writer.is_alive():
            self._waiting.put(None)
            self._writer.join(_LAST_WAIT)

    def _write_all(self, path: Path) -> None:
        kept: dict[str, LessonProgress] = {}
        ended = False
        while not ended:
            news = [self._waiting.get()]
            while not self._waiting.empty():  # a slow disk is asked once for all that came meanwhile
                news.append(self._waiting.get())
            for part in news:
                kept = merged(kept, part or {})  # what could not be written comes with what follows
            ended = None in news
            self._write(path, kept)

    def _write(self, path: Path, kept: Progress) -> None:
        try:
            if add_progress(path, kept):
                aside = printable(path.with_name("progress-damaged.json"))
                self._tell("damaged", f"What was kept of your progress is damaged: it now is in {aside}.")
        except ProgressError as error:
            self._tell("not kept", f"Your progress is not being kept: {error}")
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            self._tell("not kept", f"Your progress is not being kept: {printable(why)} ({printable(path)}).")

    def _tell(self, kind: str, sentence: str) -> None:
        with self._lock:
            if kind not in self._trouble:
                self._trouble[kind] = sentence
                if self._hear is not None:
                    self._hear(sentence)
