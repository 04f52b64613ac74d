"""A run that plays as fast as it can: its steps, its keys, and what a slow line makes of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from benchmarks.figures import Figure, Part, Progress, between, middle_half, percentile, plain
from benchmarks.programs import OURS, SPEC, headless
from benchmarks.terminal import LARGE, SMALL, Session

__all__ = ["PART"]

LINE = 125_000
"""Bytes a second: a line of 1 Mbit/s."""
FASTER = "+" * 8
PLAYS = "▶ full speed"
BEHIND = r"bias \(2\)"
"""What help hides while it is open."""
LOOK = 0.3  # seconds
STEPS = re.compile(r"([\d,]+) steps? done")
SHARE, ANSWER, STILL = 0.7, 100, 0.5  # of the headless run's steps, milliseconds, seconds


def _figures(quick: bool, progress: Progress) -> Iterator[Figure]:
    rounds, seconds = (3, 3.0) if quick else (7, 6.0)
    pairs: list[tuple[float, float]] = []
    waits: list[float] = []
    for turn in range(rounds):
        progress(f"playing, {turn + 1} of {rounds}")
        alone = headless(SPEC, seconds)
        with Session([*OURS, SPEC]) as session:
            pairs.append((_rate(session, seconds), alone))
            waits += _answers(session)
    yield between("playing flat out, 140×40", pairs, "steps/s", "the headless run", SHARE, least=True)
    what = f"a key meanwhile (help, and back), p95 of {len(waits)}"
    yield Figure(what, percentile(waits, 0.95), "ms", *middle_half(waits), limit=ANSWER)
    for size in (SMALL, LARGE):
        stops = []
        for turn in range(rounds):
            progress(f"a slow line, {turn + 1} of {rounds}")
            stops.append(_stop(size, seconds))
        shape = "×".join(map(str, size))
        yield plain(f"on a line of 1 Mbit/s, {shape}: from the key that stops to a still screen", stops, "s", STILL)


def _start(session: Session) -> float:
    session.when("paused")
    session.press(FASTER)
    session.seen_after("p", PLAYS)
    return time.perf_counter()


def _steps(session: Session) -> int:
    """The steps that are done, as the screen says."""
    found = STEPS.search(session.text)
    assert found, session.text
    return int(found[1].replace(",", ""))


def _rate(session: Session, seconds: float) -> float:
    began = _start(session)
    time.sleep(seconds)
    stopped = session.write("p")
    session.rest()
    return _steps(session) / (stopped - began)


def _answers(session: Session) -> list[float]:
    """How long help takes to come and to go while it plays.

    It goes by the key that it came by: after an escape a terminal's program waits for a tenth of a second, as that is
    how the code of any arrow begins, too. Between two of them somebody looks.
    """
    session.seen_after("p", PLAYS)
    waits = []
    for _ in range(5):
        for shown in ("Forward and back", BEHIND):
            waits.append(session.seen_after("?", shown))
            time.sleep(LOOK)
    return waits


def _stop(size: tuple[int, int], seconds: float) -> float:
    with Session([*OURS, SPEC], size=size, rate=LINE) as session:
        _start(session)
        time.sleep(seconds)
        return session.still_after("p") / 1000


PART = Part("Playing", _figures)
