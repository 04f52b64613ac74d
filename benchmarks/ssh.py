"""The app on another host: a real sshd, and a line that takes 100 ms each way."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.agreement import come_to_rest, differences, line_of
from benchmarks.figures import Figure, Part, Progress, middle_half, percentile
from benchmarks.programs import OURS, SPEC
from benchmarks.sshd import SILENCE, Server, missing
from benchmarks.terminal import SMALL, Session
from benchmarks.usage import children
from hltcore import Trainer, optimizers

__all__ = ["PART"]

DELAY = 0.1
"""Seconds that the line takes each way."""
BURST, AHEAD = 50, 7
ANSWER, END = 40, 5  # milliseconds, seconds
_UTF8 = {"LC_ALL": "C.UTF-8"}
_POOR = {"LC_ALL": "C", "LANG": "C"}
_FIRST_FRAME = "PyTorch is loading"
_STEPS = re.compile(r"([\d,]+)(?: of [\d,]+)? steps?")


def _figures(quick: bool, progress: Progress) -> Iterator[Figure]:
    lacking = missing()
    if lacking:
        yield Figure(lacking, 0, "", 0, 0)
        return
    with Server() as server:
        progress("over ssh: keys typed ahead")
        for what, shown in (("while PyTorch loads", _FIRST_FRAME), ("before the first frame", "")):
            wrong = _typed_ahead(server, shown)
            yield _count(f"keys typed ahead {what}: what came of them and should not have, or did not", wrong)
        progress("over ssh: a burst, and single keys")
        yield _count(f"a burst of {BURST} steps: steps too few or too many", _burst(server, _UTF8, "xterm-256color"))
        yield _count("the same with TERM=screen and LANG=C", _burst(server, _POOR, "screen"))
        yield _answers(server, 20 if quick else 100)
        for what, drop in (("ssh is killed", _kill), ("the line goes silent", _silence)):
            progress(f"over ssh: {what}")
            yield from _dropped(server, what, drop)


def _count(what: str, wrong: int) -> Figure:
    return Figure(what, wrong, "wrong", wrong, wrong, limit=0)


def _open(
    server: Server, *arguments: str, environment: dict[str, str] = _UTF8, term: str = "xterm-256color"
) -> Session:
    command = server.command([*OURS, *arguments], DELAY, environment)
    return Session(command, size=SMALL, environment={"TERM": term})


def _typed_ahead(server: Server, shown: str) -> int:
    """Steps, another optimizer and steps, in this order, typed when the first frame is there or before it."""
    expected = Trainer.from_spec(SPEC)
    names = [entry.name for entry in optimizers.registry]
    with _open(server, SPEC) as session:
        if shown:
            session.when(shown)
        else:
            _wait_for(lambda: server.has_begun)
        session.write(" " * AHEAD + "o" + " " * 2)
        session.when("paused")
        session.rest()
        line, text = line_of(session), session.text
    for _ in expected.run(steps=AHEAD):
        pass
    expected.switch(optimizer=names[(names.index(expected.settings.optimizer) + 1) % len(names)])
    for _ in expected.run(steps=2):
        pass
    assert _FIRST_FRAME not in text
    return int(line != str(expected.spec))


def _burst(server: Server, environment: dict[str, str], term: str) -> int:
    with _open(server, SPEC, environment=environment, term=term) as session:
        session.when("paused")
        session.rest()
        session.write(" " * BURST)
        session.rest()
        return abs(_steps(session) - BURST)


def _answers(server: Server, count: int) -> Figure:
    """From a key to the first that comes of it, less what the line takes."""
    with _open(server, SPEC) as session:
        session.when("paused")
        session.rest()
        waits = [session.press(" ").first - 2 * DELAY * 1000 for _ in range(count)]
    late = percentile(waits, 0.95)
    return Figure("a key to its answer, less the line's 200 ms, p95", late, "ms", *middle_half(waits), limit=ANSWER)
