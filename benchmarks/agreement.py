"""Agreement: whether what the app shows is what the library says of the line that the app gives."""

from __future__ import annotations

import re
import time
from collections import Counter

from benchmarks.hands import ESCAPE
from benchmarks.terminal import Session
from hltcore import Trainer
from tui.formatting import flat, number

__all__ = ["WIDE", "come_to_rest", "differences", "line_of"]

WIDE = (200, 110)
"""Columns and rows that have room for all numbers of most models."""
_PATIENCE = 60.0  # seconds
_STEPS = re.compile(r"([\d,]+)(?: of [\d,]+)? steps?")
_LOSS = re.compile(r"\bloss (\S+)")
_NUMBER = re.compile(r"(?<![\w.])(?:-?\d+\.\d{4}(?!\d)|-?\d\.?\d?e[+-]\d+|-?inf|nan)(?![\w(])")
_ALONE = re.compile(r"─(Parameters|A · [^─]+)─+(\W*Page .*)?$")
"""The title of the parameters, or of a run that has a twin, over the whole screen; perhaps but for a lesson."""
_IN_PART = re.compile(r"\d+-\d+ of \d+|Page \d+ of \d+")
"""What says that a table is not shown whole, or that a lesson has some of the room."""


def come_to_rest(session: Session) -> None:
    """Leave every sheet, end the play, and have the parameters alone on a large terminal.

    Raises:
        TimeoutError: It does not.
    """
    session.skip()
    session.resize(WIDE)
    end = time.perf_counter() + _PATIENCE
    while time.perf_counter() < end:
        for _ in range(3):
            session.write(ESCAPE)
            time.sleep(0.15)
        time.sleep(0.3)
        state = _row(session, 1)
        if state.startswith("▶"):
            session.write("p")
            session.rest(1.5)  # an answer that is late must not be taken for a play that goes on
        elif state.startswith("‖") and _has_parameters_alone(session):
            return
    raise TimeoutError(f"it does not come to rest:\n{session.text}")


def _has_parameters_alone(session: Session) -> bool:
    """Have them so, from all panels."""
    session.write("1")
    session.rest(0.3)
    return bool(_ALONE.match(_row(session, 4)))


def line_of(session: Session) -> str:
    """The line that the app gives of its run, as its key copies it.

    Raises:
        TimeoutError: It gives none.
    """
    before = session.written
    session.write("y")
    end = time.perf_counter() + _PATIENCE
    while time.perf_counter() < end:
        line = session.copied(before)
        if line:
            session.write(ESCAPE)
            time.sleep(0.15)
            session.rest(0.3)
            return line
        time.sleep(0.02)
    raise TimeoutError(f"it gives no line:\n{session.text}")


def differences(session: Session, trainer: Trainer) -> list[str]:
    """What the screen shows of a run at rest that is not what the library says, and the other way round."""
    wrong = []
    steps, event = _STEPS.search(_row(session, 1)), trainer.last_phase or trainer.last_event
    if steps is None or int(steps[1].replace(",", "")) != trainer.steps:
        wrong.append(f"{trainer.steps} steps are done, and it says: {_row(session, 1)}")
    loss = _LOSS.search(_row(session, 2)) if _row(session, 2).startswith("Last step") else None
    if loss and event and event.loss is not None and loss[1] != number(event.loss).strip():
        wrong.append(f"the loss is {number(event.loss)}, and it says: {_row(session, 2)}")
    shown = Counter(_NUMBER.findall("\n".join(session.text.splitlines()[5:])))
    held = _numbers(trainer.parameters)
    known = held + _numbers(event.gradients if event else trainer.parameters)
    in_part = _IN_PART.search(session.text)
    if held - shown and not in_part:
        wrong.append(f"these are not shown: {held - shown}")
    if shown - known and "Page" not in session.text:
        wrong.append(f"these are not the library's: {shown - known}")
    return wrong


def _row(session: Session, place: int) -> str:
    """A line of the screen, without blanks."""
    rows = session.text.splitlines()
    return rows[place].strip() if place < len(rows) else ""


def _numbers(tensors: dict[str, object]) -> Counter[str]:
    return Counter(number(value).strip() for tensor in tensors.values() for value in flat(tensor))
