"""The terminal under the app: whether it can be drawn on, what it can show, and how far its line is behind."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "ANY",
    "Capabilities",
    "capabilities",
    "hung_up_when",
    "locale_is_utf8",
    "output_blocked",
    "served",
    "terminal_gone",
    "unfit_terminal",
]

_LOOKED_AT = 0.5  # every so many seconds
_WEB_DRIVER = "textual.drivers.web_driver:WebDriver"


@dataclass(frozen=True)
class Capabilities:
    """What a terminal can show.

    Attributes:
        unicode: Whether it shows more than ASCII.
        many_colors: Whether it has 256 colours or more; with fewer, colours have to be chosen for that.
        colors: Whether it shows any.
    """

    unicode: bool = True
    many_colors: bool = True
    colors: bool = True


ANY = Capabilities()
"""What nearly every terminal of today can show."""


def capabilities(ascii: bool | None = None) -> Capabilities:
    """What this process's terminal can show.

    Args:
        ascii: Whether the user wants ASCII; None to do as the locale says.
    """
    if served():  # a browser shows everything, wherever the server stands
        return Capabilities(not ascii, True, not os.environ.get("NO_COLOR"))
    from rich.console import Console  # late: a command line that is refused has no need of it

    console = Console(stderr=True)
    many = console.color_system in ("256", "truecolor")
    return Capabilities(locale_is_utf8() if ascii is None else not ascii, many, not console.no_color)


def served() -> bool:
    """Whether this process draws for a browser, by way of the server that started it: it has pipes, no terminal."""
    return os.environ.get("TEXTUAL_DRIVER") == _WEB_DRIVER


def unfit_terminal() -> str:
    """Why the screen cannot be drawn here; empty when it can."""
    if served():
        return ""
    if not sys.stdin.isatty() or not sys.stdout.isatty() or not sys.stderr.isatty():
        return "hlt-tui needs a terminal for input and output"
    kind = os.environ.get("TERM", "")
    if kind in ("", "dumb", "unknown"):
        return f"hlt-tui cannot draw on a terminal of type {kind or 'unknown'}"
    return ""


def output_blocked() -> bool:
    """Whether the terminal takes no more output at the moment; False where the system does not tell.

    The count of waiting bytes (TIOCOUTQ) is always 0 on a Linux pseudo-terminal, so it is no help over SSH.
    """
    stream = sys.__stdout__ if served() else sys.__stderr__  # Textual writes there
    try:
        return stream is not None and (served() or stream.isatty()) and not select.select([], [stream], [], 0)[1]
    except (OSError, ValueError):
        return False


def terminal_gone() -> bool:
    """Whether the terminal has hung up; False where there was none, or the system does not tell."""
    stream = sys.__stderr__
    if stream is None or sys.platform == "win32":
        return False
    lines = select.poll()
    try:
        lines.register(stream, 0)  # of a hang-up one is told without asking
        return any(told & select.POLLHUP for _, told in lines.poll(0))
    except (OSError, ValueError):
        return False


def hung_up_when(gone: Callable[[], bool]) -> Callable[[], None]:
    """Send this process SIGHUP when its other end is gone, where the system does not.

    That tells nobody when a terminal goes that is not the session's own. Textual would then read from it for ever, and
    wait for ever for what it writes: so somebody else looks, and wakes the main thread even from that.

    Args:
        gone: Whether it is; called on a thread of its own.

    Returns:
        What stops looking.
    """
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOKED_AT):
            if sys.platform != "win32" and gone() and not over.is_set():
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGHUP)
                return

    threading.Thread(target=look, name="other-end", daemon=True).start()
    return over.set


def locale_is_utf8(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the locale's encoding is UTF-8: what the user's own variables say.

    Python itself is no witness: under ``LANG=C`` it turns to UTF-8 and even sets ``LC_CTYPE`` for its children.

    Args:
        environment: The variables; None for those that this process was started with.
    """
    variables = _started_with() if environment is None else environment
    name = next((variables[key] for key in ("LC_ALL", "LC_CTYPE", "LANG") if variables.get(key)), "C")
    codeset = name.partition("@")[0].rpartition(".")[2]
    return codeset.casefold().replace("-", "") == "utf8" or os.name == "nt"


def _started_with() -> Mapping[str, str]:
    try:
        block = Path("/proc/self/environ").read_bytes()
    except OSError:
        return os.environ
    pairs = (item.partition(b"=") for item in block.split(b"\0") if item)
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
