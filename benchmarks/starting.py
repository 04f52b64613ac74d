"""How long a new process takes before it is of use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import cycle

from benchmarks.figures import Figure, Part, Progress, between, middle_half, percentile
from benchmarks.programs import OURS, SMALLEST, SPEC, TORCH, milliseconds
from benchmarks.terminal import Session

__all__ = ["PART"]

LOADING = "PyTorch is loading"
FIRST, READY, ANSWER = 1.5, 1.35, 40  # times, times, milliseconds
PASS = (sys.executable, "-c", "pass")
COMMANDS = {
    'python -c "import hltcore"': (sys.executable, "-c", "import hltcore"),
    "python -m hltcore list": (sys.executable, "-m", "hltcore", "list"),
    "hlt-tui --help": (*OURS, "--help"),
}


def _figures(quick: bool, progress: Progress) -> Iterator[Figure]:
    rounds = 5 if quick else 15
    first, ready = [], []
    for program in (SMALLEST, (*OURS, SPEC)):  # a first time, not measured: Python compiles what was not compiled yet
        with Session(program) as session:
            session.when("ready|paused")
    for turn in range(rounds):
        progress(f"first frame, {turn + 1} of {rounds}")
        with Session(SMALLEST) as session:
            smallest = session.when()
        torch = milliseconds(TORCH)
        with Session([*OURS, SPEC]) as session:
            first.append((session.when(), smallest))
            ready.append((session.when("paused"), torch))
    yield between("first frame, from exec", first, "ms", "the smallest Textual app", FIRST)
    yield between("ready to step (PyTorch loaded), from exec", ready, "ms", "`import torch`", READY)
    yield from _answers(rounds, progress)
    for name, command in COMMANDS.items():
        progress(name)
        milliseconds(command)
        pairs = [(milliseconds(command), milliseconds(PASS)) for _ in range(rounds)]
        yield between(f"`{name}`, to its end", pairs, "ms", '`python -c "pass"`')


def _answers(rounds: int, progress: Progress) -> Iterator[Figure]:
    """Keys while PyTorch loads: a panel alone and all again; and the theme, which styles and paints everything anew."""
    for what, keys, limit in (("a key", "4477", ANSWER), ("a change of theme", "T", None)):
        waits = []
        for turn in range(rounds):
            progress(f"{what} while PyTorch loads, {turn + 1} of {rounds}")
            with Session([*OURS, SPEC]) as session:
                session.when(LOADING)
                turns = cycle(keys)
                while LOADING in session.text:
                    waits.append(session.press(next(turns)).first)
        told = f"{what} while PyTorch loads, p95 of {len(waits)}"
        yield Figure(told, percentile(waits, 0.95), "ms", *middle_half(waits), limit=limit)


PART = Part("Starting", _figures)
