"""Log writer: puts lines into an event log so that a reader sees them soon and training never waits long."""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from contextlib import suppress

from hltcore.errors import LogError, RecordingError, quoted, reason
from hltcore.log_lines import read_line
from hltcore.log_search import complete_size, lines
from hltcore.log_source import FileSource
from hltcore.logged import LogStarted

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
    import msvcrt

__all__ = ["LogWriter"]

_SECONDS = 0.1
"""How long a line waits for others to be written with it."""
_MOST = 1 << 20
"""Bytes that wait at most."""
_FAR = 1 << 60
"""The byte that is locked where locks keep others from reading, too: none is ever there."""


class LogWriter:
    """The only writer of a log.

    Lines are gathered for a tenth of a second and then written by a thread, complete ones only; so a killed process
    loses no more than these.

    Args:
        path: The file. One that exists is written anew if it is an event log, and left as it is if it is not.
        resume: Go on at the end of one that exists, after its last complete line.

    Attributes:
        resumed: Whether there was one to go on with.
        failure: Why nothing more is written; None as long as all is well.

    Raises:
        LogError: The file cannot be written, somebody else is writing it, or it is no event log.
    """

    def __init__(self, path: str | os.PathLike[str], *, resume: bool = False) -> None:
        self.name = os.fspath(path)
        self.failure: OSError | None = None
        self.resumed = False
        try:
            self._file = os.open(self.name, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except (OSError, ValueError) as error:
            told = error.strerror if isinstance(error, OSError) else reason(error)
            raise LogError(f"The event log {quoted(self.name)} cannot be written: {told}.") from None
        try:
            self._lock()
            self._prepare(resume)
        except BaseException:
            os.close(self._file)
            raise
        self._process = os.getpid()
        self._lines: deque[bytes] = deque()
        self._waiting = 0
        self._writing = threading.Lock()
        self._due, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_writing, name="event log", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def write(self, line: bytes) -> None:
        """Take a line, with its end; it is in the file about a tenth of a second later."""
        self._lines.append(line)
        self._waiting += len(line)
        if self._waiting > _MOST:
            self.flush()
        elif not self._due.is_set():
            self._due.set()

    def flush(self) -> None:
        """Write what waits; a failure is kept in ``failure``, and all that comes later is dropped."""
        if os.getpid() != self._process:  # forked: it has the lines, too, and is not to write them again
            self._lines.clear()
            return
        with self._writing:
            self._waiting = 0
            parts = []
            with suppress(IndexError):
                while True:
                    parts.append(self._lines.popleft())
            if not parts or self.failure is not None or self._file < 0:
                return
            rest = memoryview(b"".join(parts))
            try:
                while rest:
                    rest = rest[os.write(self._file, rest) :]
            except OSError as error:
                self.failure = error
                self._mend()

    def close(self) -> None:
        """Write what waits, and let go of the file; again, it does nothing."""
        if self._over.is_set() or os.getpid() != self._process:
            return
        self._over.set()
        self._due.set()
        self.flush()
        with self._writing, suppress(OSError):  # a full disk may tell of it once more
            os.close(self._file)
            self._file = -1
        atexit.unregister(self.close)

    def _keep_writing(self) -> None:
        while self._due.wait() and not self._over.wait(_SECONDS):
            self._due.clear()
            self.flush()

    def _mend(self) -> None:
        """Take away the part of a line that was written before the disk was full."""
        with suppress(OSError), open(self.name, "rb", buffering=0) as file:
            source = FileSource(self.name, file)
            os.ftruncate(self._file, complete_size(source, source.size()))

    def _lock(self) -> None:
        try:
            if fcntl is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                os.lseek(self._file, _FAR, os.SEEK_SET)
                msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
                os.lseek(self._file, 0, os.SEEK_SET)
        except (BlockingIOError, PermissionError):
            raise LogError(f"The event log {quoted(self.name)} is being written by another run.") from None
        except OSError:  # a file system without locks: nobody can tell then
            os.lseek(self._file, 0, os.SEEK_SET)

    def _prepare(self, resume: bool) -> None:
        """See that only an event log is written over, and where to begin."""
        try:
            source = FileSource(self.name, open(self.name, "rb", buffering=0))  # noqa: SIM115 - closed below
        except OSError as error:
            raise LogError(f"The event log {quoted(self.name)} cannot be read: {error.strerror}.") from None
        try:
            size = source.size()
            if size and not _is_log(source, size):
                raise LogError(
                    f"{quoted(self.name)} exists and is no event log: it is left as it is. Choose another name."
                )
            kept = complete_size(source, size) if resume else 0
        finally:
            source.close()
        self.resumed = kept > 0
        try:
            os.ftruncate(self._file, kept)
            os.lseek(self._file, kept, os.SEEK_SET)
        except OSError as error:
            if size:
                raise LogError(f"The event log {quoted(self.name)} cannot be written: {error.strerror}.") from None


def _is_log(source: FileSource, size: int) -> bool:
    """Whether a file begins as an event log does: with the line of a run's start, or a part of it."""
    _, line = next(lines(source, 0, size), (0, b""))
    if not line:
        return source.read(0, 22) == b'{"event":"run-started"'[:size]
    with suppress(RecordingError):
        return isinstance(read_line(line), LogStarted)
    return False
