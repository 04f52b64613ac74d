"""Log sources: the bytes of an event log by their place: of a file that may grow, or of a stream, put by in a file."""

from __future__ import annotations

import io
import os
import stat
import tempfile
import threading
from contextlib import suppress
from typing import IO, Protocol

from hltcore.errors import LogError, quoted, reason
from hltcore.lookalike import why_missing

__all__ = ["FileSource", "Source", "StreamSource", "opened", "refused", "source_of"]

_CHUNK = 1 << 16


class Source(Protocol):
    """Bytes that may become more."""

    @property
    def name(self) -> str:
        """What to call them: a path, or "-"."""

    @property
    def streams(self) -> bool:
        """Whether they come by a stream, and are put by."""

    @property
    def awaited(self) -> str:
        """What is waited for before there is any file, in words; empty once it is there."""

    def size(self) -> int:
        """How many there are by now."""

    def read(self, start: int, count: int) -> bytes:
        """Some of them; fewer where there are no more."""

    def anew(self) -> bool:
        """Whether others stand in their place since the last call."""

    @property
    def ended(self) -> bool:
        """Whether no more can come."""

    def close(self) -> None:
        """Let go of them."""


def source_of(log: str | os.PathLike[str] | io.BufferedIOBase) -> Source:
    """The bytes of a file or stream.

    Raises:
        LogError: There is no such file, or it cannot be opened.
    """
    if isinstance(log, io.BufferedIOBase):
        return StreamSource(log, "-")
    path = os.fspath(log)
    try:
        return opened(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise refused(path, error) from None


def refused(path: str, error: OSError | ValueError) -> LogError:
    """The error for a path at which no log can be opened."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        told = why_missing(path)
    else:
        told = f"{(error.strerror or error) if isinstance(error, OSError) else reason(error)}."
    return LogError(f"The event log {quoted(path)} cannot be read: {told}")


def opened(path: str) -> Source:
    """The bytes of what is at a path.

    Raises:
        OSError: Nothing is, or it cannot be opened.
        ValueError: No path is like that.
    """
    file = open(path, "rb", buffering=0)  # noqa: SIM115 - the source closes it
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return FileSource(path, file)
    return StreamSource(io.BufferedReader(file), path, own=True)


class FileSource:
    """A file that somebody may be writing.

    Args:
        path: Where it is.
        file: It itself, open.
    """

    ended = False
    streams = False
    awaited = ""

    def __init__(self, path: str, file: io.FileIO) -> None:
        self.name = path
        self._file = file
        self._size = 0
        self._head = self.read(0, _HEAD)

    def size(self) -> int:
        """How many bytes it has by now."""
        self._size = os.fstat(self._file.fileno()).st_size
        return self._size

    def read(self, start: int, count: int) -> bytes:
        """Some of its bytes; fewer where there are no more."""
        self._file.seek(start)
        parts = []
        while count > 0 and (part := self._file.read(min(count, 1 << 24))):
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def anew(self) -> bool:
        """Whether it was cut short, written over, or replaced by another of its name since the last call."""
        before = self._size
        with suppress(OSError):  # there is none of that name any more: this one can still be read
            if not os.path.samestat(os.stat(self.name), os.fstat(self._file.fileno())):
                file = open(self.name, "rb", buffering=0)  # noqa: SIM115
                self._file.close()
                self._file = file
                self._head = self.read(0, _HEAD)
                return True
        head = self.read(0, _HEAD)
        known, self._head = self._head, head
        return not head.startswith(known) or self.size() < before

    def close(self) -> None:
        """Close it."""
        self._file.close()


_HEAD = 256
"""Bytes at the start that tell one run from another in the same file: the first line names its start."""


class StreamSource:
    """A stream, read by a thread into a file without a name, as no place in it can be gone to again.

    Args:
        stream: What is read from, until it ends.
        name: What to call it.
        own: Whether to close it at its end.
    """

    streams = True
    awaited = ""

    def __init__(self, stream: io.BufferedIOBase, name: str, *, own: bool = False) -> None:
        self.name = name
        self.ended = False
        self.failure = ""
        self._spool: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._lock = threading.Lock()
        self._size = 0
        self._closed = False
        self._own = own
        threading.Thread(target=self._pump, args=(stream,), name="event log", daemon=True).start()

    def _pump(self, stream: io.BufferedIOBase) -> None:
        try:
            while not self._closed and (part := stream.read1(_CHUNK)):
                with self._lock:
                    if self._closed:
                        return
                    self._spool.seek(0, io.SEEK_END)
                    rest = memoryview(part)
                    while rest:
                        rest = rest[self._spool.write(rest) :]
                    self._size += len(part)
        except (OSError, ValueError) as error:  # ValueError: somebody closed it
            self.failure = reason(error)
        finally:
            if self._own:
                stream.close()
            self.ended = True

    def size(self) -> int:
        """How many bytes have come by now."""
        return self._size

    def read(self, start: int, count: int) -> bytes:
        """Some of its bytes; fewer where there are no more."""
        with self._lock:
            self._spool.seek(start)
            parts = []
            count = min(count, self._size - start)
            while count > 0 and (part := self._spool.read(count)):
                parts.append(part)
                count -= len(part)
        return b"".join(parts)

    def anew(self) -> bool:
        """Never: what has come has come."""
        return False

    def close(self) -> None:
        """Drop what has come; the thread ends with the next piece of the stream, or with the process."""
        with self._lock:
            self._closed = True
            self._spool.close()
