"""A terminal for tests: a pseudo-terminal with a program on it, read through a screen that pyte keeps."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import pyte

ROOT = Path(__file__).parents[2]
KEYS = {"space": " ", "enter": "\r", "escape": "\x1b"} | {
    name: f"\x1b[{letter}" for name, letter in zip(("up", "down", "right", "left"), "ABCD")
}
# What pyte would print as text: private and intermediate control sequences, and operating system commands.
_STRAY = re.compile(r"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\??[0-9;]*[$ ][a-zA-Z]|\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\)")
_CUT = re.compile(r"\x1b(?:\[[0-9;<=>?$ ]*|[\]P][^\x07\x1b]*\x1b?)?$")
_MODES = {"the alternate screen": "1049", "mouse": "1000", "mouse motion": "1003", "bracketed paste": "2004"}


class Terminal:
    """A program on a pseudo-terminal; leaving the context ends it.

    Args:
        spec: What to open, word by word.
        size: Columns and rows.
        shell: What the shell does; ``$0`` is the terminal and ``$@`` the program.
        own: Whether the terminal is the session's controlling one, as it nearly always is.
        environment: Variables to set; an empty value takes one away.
    """

    def __init__(
        self,
        *spec: str,
        size: tuple[int, int] = (80, 24),
        shell: str = 'exec "$@" <"$0" >"$0" 2>&1',
        own: bool = True,
        **environment: str,
    ) -> None:
        self._state = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        variables = {
            "XDG_STATE_HOME": self._state.name,
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "",
            "NO_COLOR": "",
            **environment,
        }
        self.screen = pyte.Screen(*size)
        self.raw = ""
        self._stream = pyte.Stream(self.screen)
        self._decode = pyte.ByteStream(pyte.Screen(1, 1)).utf8_decoder.decode
        self._cut = ""
        self.master, slave = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(self.master)
        # The shell opens the terminal by its name, which makes it the session's controlling terminal.
        self.process = subprocess.Popen(
            ["sh", "-c", shell, os.ttyname(slave), sys.executable, "-m", "tui", *spec],
            stdin=None if own else slave,
            stdout=None if own else slave,
            stderr=None if own else slave,
            start_new_session=True,
            cwd=ROOT,
            env={name: value for name, value in {**os.environ, **variables}.items() if value},
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        self.hang_up()
        self._state.cleanup()

    @property
    def text(self) -> str:
        return "\n".join(row.rstrip() for row in self.screen.display)

    def read(self, seconds: float) -> bool:
        """Take in what the program writes; False when nothing came."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            text = self._decode(os.read(self.master, 65536))
        except OSError:  # the program has closed the terminal
            time.sleep(seconds / 10)
            return False
        self.raw += text
        text = self._cut + text
        cut = _CUT.search(text)
        text, self._cut = (text[: cut.start()], cut[0]) if cut else (text, "")
        self._stream.feed(_STRAY.sub("", text))
        return True

    def wait_for(self, *words: str, timeout: float = 60.0) -> None:
        end = time.monotonic() + timeout
        while not all(word in self.text for word in words):
            if time.monotonic() > end or (self.process.poll() is not None and not self.read(0.1)):
                raise AssertionError(f"no {words} on the screen:\n{self.text}")
            self.read(0.1)

    def wait_until(self, true: Callable[[], object], timeout: float = 30.0) -> None:
        end = time.monotonic() + timeout
        while not true():
            assert time.monotonic() < end, f"never came true; the screen:\n{self.text}"
            self.read(0.05)

    def press(self, *keys: str) -> None:
        os.write(self.master, "".join(KEYS.get(key, key) for key in keys).encode())

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, which: signal.Signals) -> None:
        self.process.send_signal(which)

    def hang_up(self) -> None:
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    def ended(self, timeout: float = 30.0) -> int:
        """The exit code."""
        end = time.monotonic() + timeout
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it still runs:\n{self.text}"
            self.read(0.02) if self.master >= 0 else time.sleep(0.02)
        while self.master >= 0 and self.read(0.05):
            pass
        return self.process.returncode

    @property
    def hidden(self) -> list[str]:
        """What is written in the colour that it is written on."""
        cells = (cell for row in self.screen.buffer.values() for cell in row.values())
        return [cell.data for cell in cells if cell.data.strip() and cell.fg == cell.bg != "default"]

    @property
    def unrestored(self) -> list[str]:
        """What is not as it was before the program began."""
        left = [name for name, mode in _MODES.items() if self.raw.rfind(f"[?{mode}h") > self.raw.rfind(f"[?{mode}l")]
        left += ["the cursor"] * (self.raw.rfind("[?25l") > self.raw.rfind("[?25h"))
        return left + ["the line's settings"] * (termios.tcgetattr(self.master) != self.before)

    @property
    def printed(self) -> str:
        """What was written outside the alternate screen, without control sequences."""
        outside = re.sub(r"\x1b\[\?1049h.*\x1b\[\?1049l", "", self.raw, flags=re.DOTALL)
        return re.sub(r"\x1b\[[0-9;<=>?$ ]*[a-zA-Z]|\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\)", "", outside).strip()
