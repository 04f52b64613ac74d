"""The terminal under the app: whether it can be drawn on, and how far its line is behind."""

from __future__ import annotations

import os
import select
import sys

__all__ = ["output_blocked", "unfit_terminal"]


def unfit_terminal() -> str:
    """Why the screen cannot be drawn here; empty when it can."""
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
    stream = sys.__stderr__  # Textual writes there
    try:
        return stream is not None and stream.isatty() and not select.select([], [stream], [], 0)[1]
    except (OSError, ValueError):
        return False
