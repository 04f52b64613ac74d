"""Log ends: what the first and the last lines of an event log tell, so that opening one waits for no other line."""

from __future__ import annotations

from typing import NamedTuple

from hltcore.errors import LogError, RecordingError, quoted
from hltcore.log_lines import Brief, brief, read_line
from hltcore.log_search import last_lines, lines
from hltcore.log_source import Source
from hltcore.logged import LogEnd, LogStarted

__all__ = ["Tail", "first_step", "head", "tail"]

_FEW = 3
"""Lines at the end among which is the run's last."""
_LOOKED_AT = 1000
"""Lines at either end among which a step is looked for."""


class Tail(NamedTuple):
    """The end of a log.

    Attributes:
        step: The last step that is complete, and the byte at which its line begins; None where there is none near.
        ended: The run's last line; None where it goes on or was killed.
    """

    step: tuple[Brief, int] | None
    ended: LogEnd | None


def head(source: Source, end: int) -> LogStarted | None:
    """How the run began, as the first line says it; None where that is another line of a log.

    Args:
        source: The log's bytes.
        end: Where its complete lines end.

    Raises:
        LogError: It is no line of a log that can be read.
    """
    _, line = next(lines(source, 0, end), (0, b""))
    try:
        fact = read_line(line) if line.strip() else None
    except RecordingError as error:
        raise LogError(f"{quoted(source.name)} is no event log of a run. {error}") from None
    return fact if isinstance(fact, LogStarted) else None


def first_step(source: Source, end: int) -> tuple[Brief, int] | None:
    """The first step, and the byte at which its line begins; None where there is none near the beginning."""
    for count, (start, line) in enumerate(lines(source, 0, end)):
        told = brief(line)
        if told is not None:
            return told, start
        if count > _LOOKED_AT:
            break
    return None


def tail(source: Source, end: int) -> Tail:
    """The last step, and the run's last line."""
    ended: LogEnd | None = None
    for count, (start, line) in enumerate(last_lines(source, end)):
        told = brief(line) if line.strip() else None
        if told is not None:
            return Tail((told, start), ended)
        if line.strip() and count < _FEW:
            ended = _end_in(line) or ended
        if count > _LOOKED_AT:
            break
    return Tail(None, ended)


def _end_in(line: bytes) -> LogEnd | None:
    try:
        fact = read_line(line)
    except RecordingError:
        return None
    return fact if isinstance(fact, LogEnd) else None
