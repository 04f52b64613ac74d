"""The terminal under the app: whether it can be drawn on, and how far its line is behind."""

from __future__ import annotations

import os
import sys

__all__ = ["output_waiting", "unfit_terminal"]


def unfit_terminal() -> str:
    """Why the screen cannot be drawn here; empty when it can."""
    if not sys.stdin.isatty() or not sys.stdout.isatty() or not sys.stderr.isatty():
        return "hlt-tui needs a terminal for input and output"
    kind = os.environ.get("TERM", "")
    if kind in ("", "dumb", "unknown"):
        return f"hlt-tui cannot draw on a terminal of type {kind or 'unknown'}"
    return ""


def output_waiting() -> int:
    """Bytes that the terminal has not taken yet; 0 where the system does not tell."""
    stream = sys.__stderr__  # Textual writes there
    if stream is None:
        return 0
    try:
        import fcntl
        import termios

        answer = fcntl.ioctl(stream.fileno(), termios.TIOCOUTQ, b"\0" * 4)
    except (ImportError, OSError, ValueError):
        return 0
    return int.from_bytes(answer, sys.byteorder)
