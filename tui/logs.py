"""Logs: the event logs that a command line names, opened; where one is standard input, keys come from the terminal."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from hltcore.errors import LogError
from hltcore.log import RunLog
from tui.playback import Playback

__all__ = ["open_logs"]

_MOST = 6  # logs: so many curves can be told apart
_INPUT = "-"


def open_logs(names: Sequence[str], *, follows: bool) -> Callable[[Callable[[], None]], Playback]:
    """Open the logs of a command line.

    Args:
        names: Their paths, one or more; "-" is standard input.
        follows: Whether the end of a log is followed as it grows, also of one whose file is not there yet.

    Returns:
        What makes the app's run of them.

    Raises:
        LogError: There are too many, one cannot be opened, or there is no terminal for keys.
    """
    if len(names) > _MOST:
        raise LogError(f"These are {len(names)} logs: at most {_MOST} are shown together.")
    if names.count(_INPUT) > 1:
        raise LogError("Standard input (-) is one log: give it once.")
    with ExitStack() as opened:
        logs = [opened.enter_context(RunLog(_piped() if name == _INPUT else name, awaits=follows)) for name in names]
        opened.pop_all()

    def opens(changed: Callable[[], None]) -> Playback:
        return Playback(logs, follows=follows, changed=changed)

    return opens


def _piped() -> io.BufferedIOBase:
    """Standard input as it was, and the terminal in its place, where Textual reads keys.

    Raises:
        LogError: There is no pipe, or no terminal.
    """
    if sys.stdin is None:  # the shell closed it: <&-
        raise LogError("Standard input (-) is closed.")
    if sys.stdin.isatty():
        raise LogError("Nothing is piped in: write ssh HOST tail -n +1 -f run.jsonl | hlt-tui attach -")
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise LogError("With the log on standard input, keys come from the terminal, and there is none.") from None
    stream = os.fdopen(os.dup(0), "rb")
    os.dup2(terminal, 0)
    os.close(terminal)
    return stream
