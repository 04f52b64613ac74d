"""A soak: minutes of random keys and sizes; whether memory stays flat, nothing breaks, and every number is right."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from statistics import mean
from typing import NamedTuple

from benchmarks.agreement import come_to_rest, differences, line_of
from benchmarks.figures import Figure, Part, Progress, number
from benchmarks.hands import Move, moves
from benchmarks.programs import OURS, SPEC
from benchmarks.terminal import SMALL, Session
from benchmarks.usage import anonymous_megabytes
from hltcore import Trainer

__all__ = ["line_through", "part"]

MINUTES, QUICK_MINUTES = 10.0, 1.0
ROUND = 8.0
"""Seconds of random moves, after which the app is brought to rest and looked at."""
WARM = 0.6
"""Share of the time in which caches fill and modules are imported; the slope is of the rest."""
FLAT = 2.0
"""Megabytes a minute, in which a slope that is 0 may be told from one that is not, and a history may grow."""
TRIALS = 3
"""Looks after which a difference is one: a key that was still on its way is not."""
TOLD = 40  # moves, when something is wrong


class Look(NamedTuple):
    """What was seen of the app at rest.

    Attributes:
        minutes: When.
        megabytes: Its memory.
    """

    minutes: float
    megabytes: float


class _Soak:
    """One app, and what was seen of it.

    Args:
        seed: What the moves are drawn from.
        minutes: How long.
    """

    def __init__(self, seed: int, minutes: float) -> None:
        self._seed = seed
        self._minutes = minutes
        self._lately: deque[Move] = deque(maxlen=TOLD)
        self.looks: list[Look] = []
        self.keys = 0
        self.wrong: list[str] = []
        self.compared = 0

    def run(self, progress: Progress) -> None:
        """Do it; the first thing that is wrong ends it."""
        with Session([*OURS, SPEC], size=SMALL) as session:
            session.when("paused")
            try:
                self._go_on(session, progress)
                self._leave(session)
            except (TimeoutError, OSError) as error:
                self.wrong.append(str(error))
            if self.wrong:
                self._tell(session)

    def _go_on(self, session: Session, progress: Progress) -> None:
        began = time.monotonic()
        hands = moves(self._seed)
        while not self.wrong and time.monotonic() - began < 60 * self._minutes:
            progress(f"soak, seed {self._seed}: minute {(time.monotonic() - began) / 60:.1f} of {self._minutes:g}")
            end = time.monotonic() + ROUND
            while time.monotonic() < end and session.process.poll() is None:
                self._do(session, next(hands))
            if session.process.poll() is not None:
                self.wrong.append(f"it ended by itself, with status {session.process.returncode}")
                return
            self.wrong += self._look(session)
            self.looks.append(Look((time.monotonic() - began) / 60, anonymous_megabytes(session.process.pid)))
            self.compared += 1

    def _look(self, session: Session) -> list[str]:
        """What is wrong with the app at rest, and stays so."""
        wrong: list[str] = []
        for _ in range(TRIALS):
            come_to_rest(session)
            line = line_of(session)
            wrong = [f"{told} ({line})" for told in differences(session, Trainer.from_spec(line))]
            if not wrong:
                break
        return wrong

    def _do(self, session: Session, move: Move) -> None:
        self._lately.append(move)
        if move.size:
            session.skip()
            session.resize(move.size)
        for keys, seconds in move.strokes:
            session.write(keys)
            self.keys += 1
            time.sleep(seconds)

    def _leave(self, session: Session) -> None:
        session.write("q")
        try:
            status = session.process.wait(10)
        except subprocess.TimeoutExpired:
            raise TimeoutError("it does not end") from None
        session.rest(0.3)
        if status:
            self.wrong.append(f"it ended with status {status}")
        self.wrong += [f"{name} is not as it was before" for name in session.unrestored]

    def _tell(self, session: Session) -> None:
        print(f"\nsoak, --seed {self._seed}:", *self.wrong, session.text, "The last moves:", sep="\n", file=sys.stderr)
        print(*self._lately, sep="\n", file=sys.stderr)


def line_through(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The slope of the line of least squares, and its standard error."""
    middle, level = mean(x for x, _ in points), mean(y for _, y in points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    slope = sum((x - middle) * (y - level) for x, y in points) / spread
    rest = sum((y - level - slope * (x - middle)) ** 2 for x, y in points)
    return slope, math.sqrt(rest / (len(points) - 2) / spread) if len(points) > 2 else math.inf


def part(seed: int) -> Part:
    """The part of the bench.

    Args:
        seed: What the moves are drawn from.
    """

    def figures(quick: bool, progress: Progress) -> Iterator[Figure]:
        soak = _Soak(seed, QUICK_MINUTES if quick else MINUTES)
        soak.run(progress)
        wrong = len(soak.wrong)
        what = f"{soak.keys:,} random keys (--seed {seed}), {soak.compared} looks at every number"
        yield Figure(what, wrong, "wrong", wrong, wrong, limit=0)
        if soak.looks:
            yield Figure("its memory at the end", (last := soak.looks[-1].megabytes), "MB", last, last)
        warm = [look for look in soak.looks if look.minutes > WARM * soak.looks[-1].minutes]
        if not quick and len(warm) > 2:
            slope, error = line_through(warm)
            told = f"{number(slope)} ± {number(error)} MB a minute"
            most = slope + 2 * error
            what = f"its memory after minute {WARM * MINUTES:g}: the steepest slope that is likely"
            yield Figure(what, most, "MB/min", slope - 2 * error, most, told, limit=FLAT)

    return Part("A soak", figures)
