"""What a long run's history weighs, and how soon any of its steps is reached again."""

from __future__ import annotations

import gc
import random
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure, Part, Progress, middle_half, percentile, plain
from hltcore import Trainer

__all__ = ["PART"]

SEEKS = 500
SEEK_MS = 50.0
MEMORY_MB = 64.0


def resident() -> tuple[float, str]:
    """Megabytes of this process, and how they were counted."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024, "resident memory after it less before it"
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return peak / 2**20, "growth of the process's peak resident memory"


def _figures(quick: bool, progress: Progress) -> Iterator[Figure]:
    steps = 100_000 if quick else 1_000_000
    goals = random.Random(0).sample(range(1, steps + 1), SEEKS)
    seen = dict.fromkeys(goals, b"")
    trainer = Trainer("two-layer", "xor")
    for _ in trainer.run(steps=1000):
        pass
    trainer.reset()
    gc.collect()
    before, how = resident()
    start = perf_counter()
    for event in trainer.run(steps=steps):
        done = event.step + 1
        if done in seen:
            seen[done] = event._updated
        if done % (steps // 20) == 0:
            progress(f"history: {done:,} of {steps:,} steps")
    seconds = perf_counter() - start
    gc.collect()
    memory = resident()[0] - before

    times = []
    for goal in goals:
        start = perf_counter()
        trainer.seek(goal)
        times.append((perf_counter() - start) * 1000)
        event = trainer.last_event
        assert event is not None
        assert event._updated == seen[goal], f"step {goal} is not what it was"
    late = percentile(times, 0.99)
    what = f"`seek()` to any of {steps:,} steps of two-layer/xor"
    yield Figure(f"{what}, p99 of {SEEKS}", late, "ms", *middle_half(times), limit=SEEK_MS)
    yield plain(f"{what}, p50", times, "ms")
    yield Figure(f"memory of that history ({how})", memory, "MB", memory, memory, limit=MEMORY_MB)
    yield Figure("time to run it", seconds, "s", seconds, seconds)


PART = Part("A long history", _figures)
