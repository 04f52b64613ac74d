"""A terminal for benchmarks: a program on a pseudo-terminal, what it writes stamped with the time it came."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import NamedTuple

import pyte

__all__ = ["Answer", "Session"]

QUIET = 0.06
"""Seconds without output after which a screen is called still."""
_STRAY = re.compile(r"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\??[0-9;]*[$ ][a-zA-Z]|\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\)")
_TICKS = os.sysconf("SC_CLK_TCK")


class Answer(NamedTuple):
    """What came of a key.

    Attributes:
        first: Milliseconds from the key to the first output.
        settled: The same to the last output before the screen was still.
        size: Bytes that were written.
    """

    first: float
    settled: float
    size: int


class Session:
    """A program on a pseudo-terminal; leaving the context ends it.

    A thread only stamps and keeps what comes, so that reading it does not disturb what is timed.

    Args:
        command: The program and its arguments.
        size: Columns and rows.
        rate: Bytes a second that the line carries at most; None for as fast as it comes.
        environment: Variables to set.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        size: tuple[int, int] = (140, 40),
        rate: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._state = TemporaryDirectory(ignore_cleanup_errors=True)
        self._screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self._screen)
        self._chunks: list[tuple[float, bytes]] = []
        self._replayed = 0
        self._rest = b""
        self._rate = rate
        self._master, slave = pty.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        variables = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": self._state.name}
        for name in ("COLORTERM", "NO_COLOR", "COLUMNS", "LINES"):
            variables.pop(name, None)
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**variables, **(environment or {})},
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        os.close(self._master)
        self._state.cleanup()

    def _read(self) -> None:
        while True:
            try:
                ready = select.select([self._master], [], [], 0.2)[0]
                chunk = os.read(self._master, 4096 if self._rate else 65536) if ready else None
            except OSError:
                return
            if chunk == b"" or (chunk is None and self.process.poll() is not None):
                return
            if chunk:
                self._chunks.append((time.perf_counter(), chunk))
                if self._rate:
                    time.sleep(len(chunk) / self._rate)

    def _replay(self, until: Callable[[], bool]) -> float | None:
        """Draw what came, chunk by chunk; the time at which something became true, None if it did not."""
        if until():
            return self._chunks[self._replayed - 1][0] if self._replayed else self.began
        while self._replayed < len(self._chunks):
            at, chunk = self._chunks[self._replayed]
            self._replayed += 1
            data = self._rest + chunk
            cut = max(data.rfind(b"\x1b"), 0) if b"\x1b" in data[-40:] else len(data)
            self._rest = data[cut:]
            self._stream.feed(_STRAY.sub("", data[:cut].decode("utf-8", "replace")))
            if until():
                return at
        return None

    @property
    def text(self) -> str:
        """The screen, as far as it came."""
        self._replay(lambda: False)
        return "\n".join(self._screen.display)

    def when(self, shown: str | None = None, timeout: float = 60.0) -> float:
        """Milliseconds from the start of the program until a pattern was on the screen; anything at all for None.

        Raises:
            TimeoutError: It never was.
        """
        pattern = re.compile(shown or r"\S")
        end = time.perf_counter() + timeout
        while time.perf_counter() < end:
            at = self._replay(lambda: any(map(pattern.search, self._screen.display)))
            if at is not None:
                return (at - self.began) * 1000
            time.sleep(0.005)
        raise TimeoutError(f"no {shown!r} on the screen:\n{self.text}")

    def seen_after(self, key: str, shown: str, timeout: float = 120.0) -> float:
        """Milliseconds from a key until a pattern was on the screen."""
        self._replay(lambda: False)
        pressed = self._write(key)
        return self.when(shown, timeout) - (pressed - self.began) * 1000

    def press(self, key: str, timeout: float = 10.0) -> Answer:
        """Press a key, and wait until the screen is still."""
        before = len(self._chunks)
        pressed = self._write(key)
        end = pressed + timeout
        while time.perf_counter() < end:
            time.sleep(0.005)
            if len(self._chunks) > before and time.perf_counter() - self._chunks[-1][0] > QUIET:
                break
        answers = self._chunks[before:]
        if not answers:
            raise TimeoutError(f"nothing came of {key!r}:\n{self.text}")
        first, last = answers[0][0], answers[-1][0]
        return Answer((first - pressed) * 1000, (last - pressed) * 1000, sum(len(chunk) for _, chunk in answers))

    def still_after(self, key: str, quiet: float = 0.5) -> float:
        """Milliseconds from a key until the last output, with nothing for a while after it."""
        pressed = self._write(key)
        self.rest(quiet)
        return max((self._chunks[-1][0] - pressed) * 1000, 0.0)

    def rest(self, quiet: float = 1.0) -> None:
        """Wait until nothing has come for so many seconds."""
        since = time.perf_counter()
        while time.perf_counter() - max(since, self._chunks[-1][0] if self._chunks else 0.0) < quiet:
            time.sleep(0.02)

    def _write(self, key: str) -> float:
        pressed = time.perf_counter()
        os.write(self._master, key.encode())
        return pressed

    @property
    def written(self) -> int:
        """Bytes that have come so far."""
        return sum(len(chunk) for _, chunk in self._chunks)

    @property
    def cpu(self) -> float:
        """Seconds of processor time that the program has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def pss(self) -> float:
        """Megabytes of memory, what is shared counted in parts."""
        return pss(self.process.pid)


def pss(process: int) -> float:
    """Megabytes of a process's memory, what it shares with others counted in parts."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1000
