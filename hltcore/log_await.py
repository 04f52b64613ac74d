"""Log await: an event log whose file is not there yet, because the training that writes it has not begun."""

from __future__ import annotations

import io
import os
import time

from hltcore.errors import printable
from hltcore.log_source import Source, opened, refused, source_of
from hltcore.lookalike import lookalike

__all__ = ["AwaitedSource", "source_or_wait"]

_EVERY = 1.0  # seconds between two looks at what else is in its folder


def source_or_wait(log: str | os.PathLike[str] | io.BufferedIOBase) -> Source:
    """The bytes of a file or stream; the file may come later, if only its folder is there.

    Raises:
        LogError: There is no such folder, or the file cannot be opened.
    """
    if isinstance(log, io.BufferedIOBase):
        return source_of(log)
    path = os.fspath(log)
    folder, name = os.path.split(path)
    try:
        return opened(path)
    except FileNotFoundError as error:
        if name and os.path.isdir(folder or os.curdir):
            return AwaitedSource(path)
        raise refused(path, error) from None
    except (OSError, ValueError) as error:
        raise refused(path, error) from None


class AwaitedSource:
    """The bytes of a file, from when there is one.

    Args:
        path: Where it will be.
    """

    def __init__(self, path: str) -> None:
        self.name = path
        self._source: Source | None = None
        self._folder = os.path.dirname(path) or os.curdir
        self._seen: int | None = None
        self._looked = 0.0
        self._lookalike: str | None = None

    @property
    def streams(self) -> bool:
        """Whether it is a stream, as far as that is known."""
        return self._source is not None and self._source.streams

    @property
    def ended(self) -> bool:
        """Whether no more can come."""
        return self._source is not None and self._source.ended

    @property
    def awaited(self) -> str:
        """What is waited for; empty once it is there."""
        if self._source is not None:
            return ""
        near = f"   {printable(self._lookalike)} is there: did you mean that?" if self._lookalike else ""
        return f"Waiting for {printable(os.path.basename(self.name))} …{near}"

    def size(self) -> int:
        """How many bytes there are by now.

        Raises:
            LogError: The file has come, and cannot be opened.
        """
        source = self._look()
        return 0 if source is None else source.size()

    def read(self, start: int, count: int) -> bytes:
        """Some of them; fewer where there are no more."""
        return b"" if self._source is None else self._source.read(start, count)

    def anew(self) -> bool:
        """Whether others stand in their place since the last call; the first ones do not."""
        return self._source is not None and self._source.anew()

    def close(self) -> None:
        """Close it, if it has come."""
        if self._source is not None:
            self._source.close()

    def _look(self) -> Source | None:
        if self._source is None:
            try:
                self._source = opened(self.name)
            except FileNotFoundError:
                self._look_around()
            except OSError as error:
                raise refused(self.name, error) from None
        return self._source

    def _look_around(self) -> None:
        """See what else is in the folder, where that has changed: the file's name may be mistyped."""
        now = time.monotonic()
        if self._seen is not None and now - self._looked < _EVERY:
            return
        self._looked = now
        try:
            changed = os.stat(self._folder).st_mtime_ns
        except OSError:  # the folder is gone; it may come again
            return
        if changed != self._seen:
            self._seen, self._lookalike = changed, lookalike(self.name)
