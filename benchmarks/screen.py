"""The program on a terminal, against the smallest program of its kind: start, keys, bytes, play, rest, memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.terminal import Answer, Session, pss

__all__ = ["table"]

SMALLEST = """
from textual.app import App
from textual.widgets import Static

class Smallest(App):
    BINDINGS = [("space", "count", "count"), ("q", "quit", "quit")]
    count = 0

    def compose(self):
        yield Static("ready 0")

    def action_count(self):
        self.count += 1
        self.query_one(Static).update(f"ready {self.count}")

Smallest().run()
"""
SPEC = "two-layer/xor"
OURS = [sys.executable, "-m", "tui"]
TORCH = [sys.executable, "-W", "ignore", "-c", "import torch"]
IDLE = [
    sys.executable,
    "-W",
    "ignore",
    "-c",
    "import torch, textual.app, time; print('there', flush=True); time.sleep(600)",
]
HEADLESS = """
import sys, time
from hltcore import Trainer
trainer = Trainer.from_spec(sys.argv[1])
for _ in trainer.run(steps=500): pass
start = time.perf_counter()
steps = 0
while time.perf_counter() - start < 3:
    for _ in trainer.run(steps=100): pass
    steps += 100
print(steps / (time.perf_counter() - start))
"""
LINE = 125_000  # bytes a second: 1 Mbit
FULL_SPEED = "+" * 8


class Figure(NamedTuple):
    """One figure of the table.

    Attributes:
        what: What is measured.
        measured: It, with its unit.
        floor: What it is measured against; empty where its limit is one by itself.
        value: The ratio to the floor, or what is compared with the limit.
        limit: What it is to be at most, or at least where it is below 0.
    """

    what: str
    measured: str
    floor: str
    value: float
    limit: float

    @property
    def line(self) -> str:
        """A line of Markdown."""
        met = self.value >= -self.limit if self.limit < 0 else self.value <= self.limit
        bound = f"at least {-self.limit:g}" if self.limit < 0 else f"{self.limit:g}"
        cells = [self.what, self.measured, self.floor, f"{self.value:.2f}", bound, "PASS" if met else "over"]
        return f"| {' | '.join(cells)} |"


def table(rounds: int, history: int, progress: Callable[[str], None]) -> Iterator[str]:
    """Every figure as a line of Markdown.

    Args:
        rounds: Programs started for each figure of the start; a few times as many keys are pressed.
        history: Steps of the long run.
        progress: Told what is being measured.
    """
    with tempfile.TemporaryDirectory() as folder:
        smallest = Path(folder) / "smallest.py"
        smallest.write_text(SMALLEST)
        floor = [sys.executable, str(smallest)]
        yield "| on a terminal | measured | floor | ratio | at most | |"
        yield "| --- | ---: | ---: | ---: | ---: | --- |"
        parts: tuple[tuple[str, Callable[[], Iterator[Figure]]], ...] = (
            ("start", lambda: start(floor, rounds)),
            ("keys", lambda: keys(floor, rounds * 8)),
            ("history", lambda: long_history(history, rounds * 8)),
            ("bytes", lambda: size(rounds * 8)),
            ("play", play),
            ("rest", rest),
            ("slow line", slow_line),
            ("memory", lambda: memory(4 if rounds < 10 else 20)),
        )
        for name, figures in parts:
            progress(f"screen: {name}")
            for figure in figures():
                yield figure.line


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def _milliseconds(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (time.perf_counter() - began) * 1000


def start(floor: Sequence[str], rounds: int) -> Iterator[Figure]:
    """The first frame, and when a step can be done, with keys pressed meanwhile."""
    first, smallest, ready, torch, waits = [], [], [], [], []
    for _ in range(rounds):
        with Session(floor) as session:
            smallest.append(session.when())
        torch.append(_milliseconds(TORCH))
        with Session([*OURS, SPEC]) as session:
            first.append(session.when())
            while "PyTorch is loading" in session.text:
                waits.append(session.press("T").first)
            ready.append(session.when("paused"))
    yield Figure(
        "first frame, from exec",
        f"{median(first):.0f} ms",
        f"{median(smallest):.0f} ms, the smallest Textual app",
        median(a / b for a, b in zip(first, smallest)),
        1.5,
    )
    yield Figure(
        "ready to step",
        f"{median(ready):.0f} ms",
        f"{median(torch):.0f} ms, `import torch`",
        median(a / b for a, b in zip(ready, torch)),
        1.35,
    )
    yield Figure("a key meanwhile, p95", f"{_at(waits, 0.95):.0f} ms", "", _at(waits, 0.95), 40)


def keys(floor: Sequence[str], count: int) -> Iterator[Figure]:
    """A key that steps, to a screen that is still, on a large screen with all panels."""
    with Session(floor) as smallest, Session([*OURS, SPEC]) as ours:
        smallest.when("ready")
        ours.when("paused")
        ours.rest()
        pairs = [(ours.press(" "), smallest.press(" ")) for _ in range(count)]
    settled, base = [own.settled for own, _ in pairs], [other.settled for _, other in pairs]
    told = f"{median(base):.1f} ms, the smallest Textual app"
    yield Figure("a key that steps, settled, p50", f"{median(settled):.1f} ms", told, median(settled) / median(base), 5)
    late, told = _at(settled, 0.95), f"{_at(base, 0.95):.1f} ms, the same"
    yield Figure("the same, p95", f"{late:.1f} ms", told, late / _at(base, 0.95), 8)


def long_history(steps: int, count: int) -> Iterator[Figure]:
    """The same late in a long run."""

    def settled(answer: Answer) -> float:
        return answer.settled

    with Session([*OURS, SPEC, "@100"]) as short, Session([*OURS, SPEC, f"@{steps}"]) as long:
        short.when("paused")
        long.when("paused", timeout=900)
        long.rest()
        pairs = [(settled(long.press(" ")), settled(short.press(" "))) for _ in range(count)]
    late, early = median(a for a, _ in pairs), median(b for _, b in pairs)
    yield Figure(f"the same after {steps:,} steps", f"{late:.1f} ms", f"{early:.1f} ms, after 100", late / early, 1.15)


def size(count: int) -> Iterator[Figure]:
    """Bytes for a step on a small screen."""
    with Session([*OURS, SPEC], size=(80, 24)) as session:
        session.when("paused")
        session.rest()
        sizes = [session.press(" ").size for _ in range(count)]
    yield Figure("bytes for a step at 80×24, kB", f"{median(sizes) / 1000:.2f} kB", "", median(sizes) / 1000, 2.5)


def play() -> Iterator[Figure]:
    """Steps a second while it plays as fast as it can, and a key meanwhile."""
    script = [sys.executable, "-W", "ignore", "-c", HEADLESS, SPEC]
    headless = float(subprocess.run(script, check=True, capture_output=True, text=True).stdout)
    with Session([*OURS, SPEC]) as session:
        session.when("paused")
        session.press(FULL_SPEED)
        began = session.seen_after("p", "full speed") and time.perf_counter()
        time.sleep(4)
        waits = []
        for _ in range(5):
            waits.append(session.seen_after("?", "Forward and back"))
            session.seen_after("\x1b", r"linear1.weight \(")
        ended = time.perf_counter()
        session.seen_after("p", "paused")
        session.rest()
        words = session.text.split()
        steps = int(words[words.index("steps") - 1].replace(",", ""))
    rate = steps / (ended - began)
    yield Figure("playing flat out", f"{rate:.0f} steps/s", f"{headless:.0f}, the headless run", rate / headless, -0.7)
    yield Figure("a key meanwhile, p95", f"{_at(waits, 0.95):.0f} ms", "", _at(waits, 0.95), 100)


def rest() -> Iterator[Figure]:
    """What it does while nobody does anything."""
    with Session([*OURS, SPEC]) as session:
        session.when("paused")
        session.rest(3)
        written, used = session.written, session.cpu
        time.sleep(10)
        written, used = session.written - written, session.cpu - used
    yield Figure("bytes a second, idle", f"{written / 10:.0f}", "", written / 10, 0)
    yield Figure("% of a core, idle", f"{10 * used:.1f}", "", 10 * used, 0.3)


def slow_line() -> Iterator[Figure]:
    """From the key that stops a play to a still screen, on a line of 1 Mbit a second."""
    with Session([*OURS, SPEC], rate=LINE) as session:
        session.when("paused")
        session.press(FULL_SPEED)
        session.seen_after("p", "full speed")
        time.sleep(5)
        seconds = session.still_after("p") / 1000
    yield Figure("1 Mbit/s: from the stop key to a still screen, s", f"{seconds:.2f} s", "", seconds, 0.5)


def memory(sessions: int) -> Iterator[Figure]:
    """Memory of several at once, each one's share."""
    floors = [subprocess.Popen(IDLE, stdout=subprocess.PIPE) for _ in range(sessions)]
    try:
        for process in floors:
            assert process.stdout is not None
            process.stdout.readline()
        base = median(pss(process.pid) for process in floors)
    finally:
        for process in floors:
            process.kill()
            process.wait()
    opened = [Session([*OURS, SPEC]) for _ in range(sessions)]
    try:
        for session in opened:
            session.when("paused", timeout=300)
            session.press(" ")
        own = median(session.pss for session in opened)
    finally:
        for session in opened:
            session.__exit__(None, None, None)
    yield Figure(
        f"memory of a session, {sessions} at once",
        f"{own:.0f} MB",
        f"{base:.0f} MB, torch and Textual imported",
        own / base,
        1.1,
    )
