"""What a long run's history weighs, and how soon any of its steps is reached again."""

from __future__ import annotations

import gc
import random
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from hltcore import Trainer

__all__ = ["table"]

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


def table(steps: int, progress: Callable[[str], None]) -> Iterator[str]:
    """Memory and seek times as lines of Markdown."""
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
    times.sort()
    late = times[int(0.99 * len(times))]

    yield f"| a run of {steps:,} steps, two-layer/xor | measured | target | |"
    yield "| --- | ---: | ---: | --- |"
    yield f"| `seek()` to any step, p99 of {SEEKS} | {late:.1f} ms | {SEEK_MS:.0f} ms | {_verdict(late, SEEK_MS)} |"
    yield f"| p50 | {median(times):.1f} ms | | |"
    yield f"| slowest | {times[-1]:.1f} ms | | |"
    yield f"| its memory in all ({how}) | {memory:.1f} MB | {MEMORY_MB:.0f} MB | {_verdict(memory, MEMORY_MB)} |"
    yield f"| time to run it | {seconds:.0f} s ({seconds / steps * 1e6:.0f} µs a step) | | |"


def _verdict(value: float, target: float) -> str:
    return "PASS" if value <= target else "over"
