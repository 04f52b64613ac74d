"""A key that steps: until the screen is still, and what goes to the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.figures import Figure, Part, Progress, between, number, percentile, plain
from benchmarks.programs import OURS, SMALLEST, SPEC
from benchmarks.terminal import SMALL, Session

__all__ = ["PART"]

STEP = " "
TIMES, LATE_TIMES, LONG_TIMES, KILOBYTES = 5, 8, 1.15, 2.5
FLOOR = "the smallest Textual app"
BLOCKS = 5
"""Parts of the presses that each have a 95th percentile of their own, for its spread."""


def _figures(quick: bool, progress: Progress) -> Iterator[Figure]:
    count = 50 if quick else 200
    progress("a key that steps")
    with Session(SMALLEST) as smallest, Session([*OURS, SPEC]) as ours:
        smallest.when("ready")
        ours.when("paused")
        ours.rest()
        pairs = [(ours.press(STEP).settled, smallest.press(STEP).settled) for _ in range(count)]
    yield between("a key that steps, to a still screen, 140×40, p50", pairs, "ms", FLOOR, TIMES)
    yield _late(pairs)
    yield _long_history(10_000 if quick else 1_000_000, count, progress)
    progress("bytes of a step")
    with Session([*OURS, SPEC], size=SMALL) as session:
        session.when("paused")
        session.rest()
        sizes = [session.press(STEP).size / 1000 for _ in range(count)]
    yield plain("bytes to the terminal for a step, 80×24", sizes, "kB", KILOBYTES)


def _late(pairs: Sequence[tuple[float, float]]) -> Figure:
    """The 95th percentile by the floor's own."""

    def both(some: Sequence[tuple[float, float]]) -> tuple[float, float]:
        return percentile([own for own, _ in some], 0.95), percentile([other for _, other in some], 0.95)

    own, other = both(pairs)
    blocks = sorted(a / b for a, b in (both(pairs[start::BLOCKS]) for start in range(BLOCKS)))
    told = f"{number(own)} ms", f"{number(other)} ms, {FLOOR}"
    return Figure("the same, p95", own / other, "x", blocks[1], blocks[-2], *told, LATE_TIMES)


def _long_history(steps: int, count: int, progress: Progress) -> Figure:
    """The same late in a long run."""
    progress(f"a key after {steps:,} steps")
    with Session([*OURS, SPEC, "@100"]) as short, Session([*OURS, SPEC, f"@{steps}"]) as long:
        short.when("paused")
        long.when("paused", timeout=900)
        long.rest()
        pairs = [(long.press(STEP).settled, short.press(STEP).settled) for _ in range(count)]
    return between(f"the same after {steps:,} steps of history", pairs, "ms", "after 100", LONG_TIMES)


PART = Part("A key", _figures)
