"""Log search: finds a step's line in an event log by halving the bytes it can be in; steps ascend in a log."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from time import perf_counter
from typing import NamedTuple

from hltcore.log_lines import LONGEST, Brief, brief
from hltcore.log_source import Source

__all__ = ["Anchors", "Place", "complete_size", "last_lines", "lines", "sample", "search", "step_after"]

_CHUNK = 1 << 14
_NEAR = 1 << 15
"""Bytes that are read through rather than halved again."""
_MOST = 4096
_SAMPLE = 256
"""Lines, spread evenly over a log, that are looked at when it is opened."""
_SHORT = 1 << 20
"""The size of a log whose every line is looked at as soon."""
_OPENING = 0.25
"""Seconds that looking at them takes at most."""
_REACH = 1 << 20
"""Bytes in a line that is looked at so."""
_LOOKED_AT = 1000
"""Lines among which a step is looked for."""


class Place(NamedTuple):
    """A step's line.

    Attributes:
        start: Its first byte.
        brief: What it says.
        line: It itself, with its end.
    """

    start: int
    brief: Brief
    line: bytes


class Anchors:
    """Places of some steps, ascending; a bounded number of them."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.starts: list[int] = []

    def add(self, step: int, start: int) -> None:
        """Remember one, unless it does not ascend with those known."""
        k = bisect_right(self.steps, step)
        before = k == 0 or (self.steps[k - 1] < step and self.starts[k - 1] < start)
        if before and (k == len(self.steps) or self.starts[k] > start):
            self.steps.insert(k, step)
            self.starts.insert(k, start)
            if len(self.steps) > _MOST:
                del self.steps[1:-1:2], self.starts[1:-1:2]

    def around(self, step: int, end: int) -> tuple[int, int] | None:
        """The bytes in which the line of a step, or of the nearest before it, begins; None before the first."""
        k = bisect_right(self.steps, step)
        return None if k == 0 else (self.starts[k - 1], self.starts[k] if k < len(self.starts) else end)


def lines(source: Source, start: int, end: int, chunk: int = _CHUNK) -> Iterator[tuple[int, bytes]]:
    """The complete lines that begin in some bytes, each with its place; one that is too long is passed over.

    Args:
        source: The bytes.
        start: Where a line begins.
        end: Where none begins any more.
        chunk: How many bytes to read at a time at first.
    """
    held, at, skipping = b"", start, False
    while at < end:
        data = source.read(at + len(held), chunk)
        if not data:
            return
        held += data
        chunk = min(2 * chunk, 1 << 20)
        if skipping:
            cut = held.find(b"\n") + 1
            at += cut or len(held)
            held = held[cut:] if cut else b""
            skipping = not cut
        done = 0
        while not skipping and at + done < end and (cut := held.find(b"\n", done) + 1):
            yield at + done, held[done:cut]
            done = cut
        at += done
        held = held[done:]
        if len(held) > LONGEST:
            at += len(held)
            held, skipping = b"", True


def step_after(source: Source, place: int, end: int, reach: int = LONGEST) -> Place | None:
    """The first step whose line begins after a byte and before another; None where there is none near.

    Args:
        source: The bytes.
        place: Any byte.
        end: Where no line begins any more.
        reach: Bytes within which a line must end.
    """
    at, chunk, limit = place, _CHUNK, place + reach
    while at < end and at < limit:
        data = source.read(at, chunk)
        if not data:
            return None
        cut = data.find(b"\n")
        if cut >= 0:
            for tried, (start, line) in enumerate(lines(source, at + cut + 1, end)):
                if (found := brief(line)) is not None:
                    return Place(start, found, line)
                if tried > _LOOKED_AT:
                    return None
            return None
        at += len(data)
        chunk = min(2 * chunk, 1 << 20)
    return None


def search(source: Source, anchors: Anchors, step: int, end: int) -> Place | None:
    """The line of a step, or of the nearest before it that is there; None before the first.

    Args:
        source: The bytes.
        anchors: Places that are known; those found on the way are added.
        step: The step's number.
        end: Where complete lines end.
    """
    around = anchors.around(step, end)
    if around is None:
        return None
    low, high = around
    back = _NEAR
    while high - low > _NEAR:
        middle = (low + high) // 2
        found = step_after(source, middle, high)
        if found is None and high - back > middle:  # no line ends near the middle: there may be some near the end
            found = step_after(source, high - back, high)
            back *= 2
        if found is None:
            high = middle
            continue
        anchors.add(found.brief.step, found.start)
        if found.brief.step <= step:
            low = found.start
        else:
            high = found.start if found.start > middle + _NEAR else middle
    best = None
    for start, line in lines(source, low, max(high, low + 1)):
        told = brief(line)
        if told is None:
            continue
        if told.step > step:
            break
        if best is None or told.step > best.brief.step:
            best = Place(start, told, line)
    return best


def sample(source: Source, anchors: Anchors, end: int) -> list[Brief]:
    """What some lines from all over a long log say of their steps, in order; none of a short one.

    Args:
        source: The bytes.
        anchors: Where their places are remembered.
        end: Where complete lines end.
    """
    if end < _SHORT:
        return []
    found = []
    until = perf_counter() + _OPENING
    for part in _spread(_SAMPLE):
        place = step_after(source, int(end * part), end, _REACH)
        if place is not None:
            anchors.add(place.brief.step, place.start)
            found.append(place.brief)
        if perf_counter() > until:
            break
    return sorted(found, key=lambda told: told.step)


def _spread(count: int) -> Iterator[float]:
    """Parts of a whole, evenly spread already when only some of them are taken: a half, the quarters, the eighths."""
    parts = 2
    while parts <= count:
        yield from (part / parts for part in range(1, parts, 2))
        parts *= 2


def complete_size(source: Source, size: int) -> int:
    """Where the last complete line ends: what follows is still being written, or torn."""
    at = size
    while at > 0 and size - at <= 2 * LONGEST:
        start = max(0, at - (1 << 16))
        cut = source.read(start, at - start).rfind(b"\n") + 1
        if cut:
            return start + cut
        at = start
    return 0


def last_lines(source: Source, end: int) -> Iterator[tuple[int, bytes]]:
    """The last complete lines with their places, from the last one back, as far as the longest line reaches."""
    start, held = end, b""
    while start > 0 and end - start < LONGEST:
        before = start
        start = max(0, start - max(1 << 16, min(len(held), 1 << 20)))
        held = source.read(start, before - start) + held
        first = 0 if start == 0 else held.find(b"\n") + 1
        if start and not first:
            continue
        at = start + len(held)
        for line in reversed(held[first:].split(b"\n")):
            at -= len(line)
            yield at, line
            at -= 1
        held = held[:first]
