"""Twenty of the app at once on this machine, as on a host that a class shares."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from benchmarks.figures import Figure, Part, Progress, middle_half, percentile
from benchmarks.programs import OURS, SPEC
from benchmarks.resting import AT_ONCE, PERCENT, floor_of_memory, memory_of_each
from benchmarks.terminal import SMALL, Session
from benchmarks.usage import cpu_seconds, proportional_megabytes

__all__ = ["PART"]

ANSWER = 100
"""Milliseconds in which a key is answered."""
SLOWER = "-"  # from ten steps a second to five


def _figures(quick: bool, progress: Progress) -> Iterator[Figure]:
    seconds = 5.0 if quick else 30.0
    progress("the floor of memory")
    floor = floor_of_memory(AT_ONCE)
    with ExitStack() as stack:
        progress(f"{AT_ONCE} begin at once")
        began = time.perf_counter()
        sessions = [stack.enter_context(Session([*OURS, SPEC], size=SMALL)) for _ in range(AT_ONCE)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            # Each has its key while the others still begin.
            list(pool.map(lambda session: (session.when("paused", 300), session.seen_after(" ", "1 step")), sessions))
        ready = time.perf_counter() - began
        yield Figure(f"{AT_ONCE} begin at once: until all have done a step", ready, "s", ready, ready)
        for session in sessions:
            session.rest()
        own = [proportional_megabytes(session.process.pid) for session in sessions]
        yield memory_of_each(own, floor)
        yield Figure("memory of all together", sum(own), "MB", sum(own), sum(own))
        progress("all at rest")
        before = sum(cpu_seconds(session.process.pid) for session in sessions)
        time.sleep(seconds)
        used = sum(cpu_seconds(session.process.pid) for session in sessions) - before
        percent = 100 * used / seconds
        what = f"all {AT_ONCE} at rest, together"
        yield Figure(what, percent, "% of a core", percent, percent, limit=AT_ONCE * PERCENT)
        yield _answers("a key, all others at rest", [s.press(" ").first for _ in range(3) for s in sessions])
        progress("all play slowly")
        yield _meanwhile(sessions, seconds)


def _meanwhile(sessions: Sequence[Session], seconds: float) -> Figure:
    """A key of one that does not play, while nineteen do, by turns."""
    quiet, *others = sessions
    for session in others:
        session.write(SLOWER + "p")
    time.sleep(2)
    waits = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        waits.append(quiet.press(" ").first)
        time.sleep(0.2)
    for session in others:
        session.write("p")
    return _answers(f"a key of one while {len(others)} play 5 steps a second", waits)


def _answers(what: str, waits: Sequence[float]) -> Figure:
    return Figure(f"{what}, p95", percentile(waits, 0.95), "ms", *middle_half(waits), limit=ANSWER)


PART = Part(f"{AT_ONCE} at once", _figures)
