"""What the app uses while nobody does anything: bytes, processor, memory."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median

from benchmarks.figures import Figure, Part, Progress, middle_half, number
from benchmarks.programs import IMPORTS, OURS, SPEC
from benchmarks.terminal import SMALL, Session
from benchmarks.usage import cpu_seconds, proportional_megabytes

__all__ = ["AT_ONCE", "PART", "PERCENT", "floor_of_memory", "memory_of_each"]

PERCENT, TIMES = 0.3, 1.10
AT_ONCE = 20


def _figures(quick: bool, progress: Progress) -> Iterator[Figure]:
    progress("resting")
    seconds = 10.0 if quick else 60.0
    with Session([*OURS, SPEC]) as session:
        session.when("paused")
        session.rest(3)
        written, used = session.written, cpu_seconds(session.process.pid)
        time.sleep(seconds)
        rate = (session.written - written) / seconds
        percent = 100 * (cpu_seconds(session.process.pid) - used) / seconds
    yield Figure("idle, PyTorch loaded", rate, "bytes/s", rate, rate, limit=0)
    yield Figure("idle, PyTorch loaded", percent, "% of a core", percent, percent, limit=PERCENT)
    yield _memory(4 if quick else AT_ONCE, progress)


def floor_of_memory(count: int) -> float:
    """Megabytes, each one's share, of several processes at once that only import torch and Textual."""
    floors = [subprocess.Popen(IMPORTS, stdout=subprocess.PIPE) for _ in range(count)]
    try:
        for process in floors:
            assert process.stdout is not None
            process.stdout.readline()
        return median(proportional_megabytes(process.pid) for process in floors)
    finally:
        for process in floors:
            process.kill()
            process.communicate()


def _memory(count: int, progress: Progress) -> Figure:
    progress(f"memory of {count} at once")
    base = floor_of_memory(count)
    with ExitStack() as stack:
        sessions = [stack.enter_context(Session([*OURS, SPEC], size=SMALL)) for _ in range(count)]
        for session in sessions:
            session.when("paused", timeout=300)
            session.press(" ")
        return memory_of_each([proportional_megabytes(session.process.pid) for session in sessions], base)


def memory_of_each(own: Sequence[float], base: float) -> Figure:
    """Each one's share of what several at once take, by its floor."""
    ratios = [value / base for value in own]
    told = f"{number(median(own))} MB", f"{number(base)} MB, torch and Textual imported"
    what = f"memory of a session (PSS), {len(own)} at once"
    return Figure(what, median(ratios), "x", *middle_half(ratios), *told, TIMES)


PART = Part("Resting", _figures)
