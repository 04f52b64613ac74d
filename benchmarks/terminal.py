"""A terminal for benchmarks: a program on a pseudo-terminal, what it writes stamped with the time it came."""

from __future__ import annotations

import base64
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
from collections.abc import Mapping, Sequence
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import NamedTuple

from benchmarks.display import Display

__all__ = ["LARGE", "SMALL", "Answer", "Session"]

SMALL = (80, 24)
LARGE = (140, 40)
QUIET = 0.06
"""Seconds without output after which a screen is called still."""
_OF_ANOTHER = (
    "COLORTERM",
    "NO_COLOR",
    "COLUMNS",
    "LINES",
    "LC_ALL",
    "LANG",
    "TERM_PROGRAM",
    "PYTHONDONTWRITEBYTECODE",  # what is installed is compiled once, and so it is here, before anything is measured
)
"""Variables of the terminal that the bench itself was started in."""
_MODES = {"the alternate screen": "1049", "mouse": "1000", "mouse motion": "1003", "bracketed paste": "2004"}
_CLIPBOARD = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


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

    A thread only stamps and keeps what comes, so that reading it does not disturb what is timed; it is drawn when
    somebody asks what is on the screen.

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
        size: tuple[int, int] = LARGE,
        rate: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._state = TemporaryDirectory(ignore_cleanup_errors=True)
        self._display = Display(size)
        self._chunks: list[tuple[float, bytes]] = []
        self._drawn = 0
        self._rate = rate
        self._master, slave = pty.openpty()
        self._tell_size(size)
        self._before = termios.tcgetattr(self._master)
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**_environment(self._state.name), **(environment or {})},
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the program."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        os.close(self._master)
        self._state.cleanup()

    def _tell_size(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

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

    def _draw_until(self, pattern: re.Pattern[str]) -> float | None:
        """Draw what came, chunk by chunk; the time at which a pattern was there, None if it was not."""
        if self._display.shows(pattern):
            return self._chunks[self._drawn - 1][0]
        while self._drawn < len(self._chunks):
            at, chunk = self._chunks[self._drawn]
            self._drawn += 1
            self._display.feed(chunk)
            if self._display.shows(pattern):
                return at
        return None

    def _draw(self) -> None:
        while self._drawn < len(self._chunks):
            self._display.feed(self._chunks[self._drawn][1])
            self._drawn += 1

    @property
    def text(self) -> str:
        """The screen, as far as it came."""
        self._draw()
        return "\n".join(self._display.lines)

    def when(self, shown: str = r"\S", timeout: float = 60.0) -> float:
        """Milliseconds from the start of the program until a pattern was on the screen.

        Raises:
            TimeoutError: It never was.
        """
        pattern = re.compile(shown)
        end = time.perf_counter() + timeout
        while time.perf_counter() < end:
            at = self._draw_until(pattern)
            if at is not None:
                return (at - self.began) * 1000
            time.sleep(0.002)
        raise TimeoutError(f"no {shown!r} on the screen:\n{self.text}")

    def seen_after(self, key: str, shown: str, timeout: float = 60.0) -> float:
        """Milliseconds from a key until a pattern was on the screen, which was not there before."""
        assert not re.search(shown, self.text, re.MULTILINE), f"{shown!r} is on the screen before {key!r}:\n{self.text}"
        pressed = self.write(key)
        return self.when(shown, timeout) - (pressed - self.began) * 1000

    def press(self, key: str, timeout: float = 10.0) -> Answer:
        """Press a key, and wait until the screen is still.

        Raises:
            TimeoutError: Nothing came of it.
        """
        before = len(self._chunks)
        pressed = self.write(key)
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

    def still_after(self, key: str, quiet: float = 1.0) -> float:
        """Milliseconds from a key until the last output, with nothing for a while after it."""
        pressed = self.write(key)
        self.rest(quiet)
        return max((self._chunks[-1][0] - pressed) * 1000, 0.0)

    def rest(self, quiet: float = 1.0, timeout: float = 120.0) -> None:
        """Wait until nothing has come for so many seconds.

        Raises:
            TimeoutError: Something always did.
        """
        since = time.perf_counter()
        while time.perf_counter() - max(since, self._chunks[-1][0] if self._chunks else 0.0) < quiet:
            if time.perf_counter() - since > timeout:
                raise TimeoutError(f"it never was at rest:\n{self.text}")
            time.sleep(0.02)

    def write(self, keys: str) -> float:
        """Type, and don't wait; the time at which it was done."""
        pressed = time.perf_counter()
        os.write(self._master, keys.encode())
        return pressed

    def resize(self, size: tuple[int, int]) -> None:
        """Make the terminal larger or smaller."""
        self._draw()
        self._display.resize(size)
        self._tell_size(size)
        self.process.send_signal(signal.SIGWINCH)  # it is nobody's controlling terminal, so the system tells nobody

    def skip(self) -> None:
        """Leave undrawn what came so far: for a program that paints all of its screen anew, as after ``resize``."""
        self._drawn = len(self._chunks)

    @property
    def written(self) -> int:
        """Bytes that have come so far."""
        return sum(len(chunk) for _, chunk in self._chunks)

    def copied(self, since: int = 0) -> str:
        """What the program put on the clipboard last, after so many bytes; empty for nothing."""
        found = _CLIPBOARD.findall(self._output[since:])
        return base64.b64decode(found[-1]).decode() if found else ""

    @property
    def unrestored(self) -> list[str]:
        """What is not as it was before the program began."""
        output = self._output.decode("utf-8", "replace")
        left = [name for name, mode in _MODES.items() if output.rfind(f"[?{mode}h") > output.rfind(f"[?{mode}l")]
        left += ["the cursor"] * (output.rfind("[?25l") > output.rfind("[?25h"))
        return left + ["the line's settings"] * (termios.tcgetattr(self._master) != self._before)

    @property
    def _output(self) -> bytes:
        return b"".join(chunk for _, chunk in self._chunks)


def _environment(state: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
    return {**own, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": state}
