"""The app on another host: a real sshd, and a line that takes 100 ms each way."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from benchmarks.agreement import come_to_rest, differences, line_of
from benchmarks.figures import Figure, Part, Progress, middle_half, percentile
from benchmarks.programs import OURS, SPEC
from benchmarks.sshd import SILENCE, Server, missing
from benchmarks.terminal import SMALL, Session
from benchmarks.usage import children, has_ended
from hltcore import Trainer, optimizers
from tui.session import newest, read

__all__ = ["PART"]

DELAY = 0.1
"""Seconds that the line takes each way."""
BURST, AHEAD = 50, 7
ANSWER, END = 40, 5  # milliseconds, seconds
_UTF8 = {"LC_ALL": "C.UTF-8"}
_POOR = {"LC_ALL": "C", "LANG": "C"}
_PATIENCE = 30.0  # seconds
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
        for what, drop in (("ssh killed while it plays", _kill), ("the line silent after a play", _silence)):
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


def _kill(session: Session) -> None:
    """The user's own end is gone at once."""
    session.process.kill()


def _silence(session: Session) -> None:
    """Nothing comes through any more, and nobody says so. At rest: as long as it has output, sshd does not ask."""
    session.still_after("p")
    for relay in children(session.process.pid):
        os.kill(relay, signal.SIGSTOP)


def _dropped(server: Server, what: str, drop: Callable[[Session], None]) -> Iterator[Figure]:
    """A connection that is lost while the run plays as fast as it can, and a new one."""
    with _open(server, SPEC) as session:
        session.when("paused")
        session.press("+" * 8)
        session.seen_after("p", "full speed|playing")
        time.sleep(1)
        program, relays = server.begun, children(session.process.pid)
        seen = _steps(session)
        drop(session)
        lost = time.monotonic()
        try:
            _wait_for(lambda: has_ended(program))
        finally:
            for relay in relays:
                with suppress(ProcessLookupError):
                    os.kill(relay, signal.SIGKILL)
        seconds = time.monotonic() - lost
    limit = END + (SILENCE + 1 if drop is _silence else 0)
    yield Figure(f"{what}: until the app has ended", seconds, "s", seconds, seconds, limit=limit)
    saved = newest(server.state / "hlt-tui" / "sessions")
    here = int(read(saved).here)
    with _open(server, "--resume") as session:
        session.when("paused")
        session.rest()
        come_to_rest(session)
        resumed, told = _steps(session), differences(session, Trainer.from_spec(line_of(session)))
    wrong = abs(resumed - here) + max(seen - resumed, 0) + len(told)
    yield _count("and --resume: steps or numbers that are not as they were", wrong)


def _steps(session: Session) -> int:
    found = _STEPS.search(session.text.splitlines()[1])
    assert found, session.text
    return int(found[1].replace(",", ""))


def _wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("it did not come true")
        time.sleep(0.02)


PART = Part("Over ssh, on a line of 100 ms each way", _figures)
