"""Passages: how keys get through a log: to a point, a finding, a change; and the line that leads to where they got."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hltcore.conditions import differs
from hltcore.edits import Mark, Position
from hltcore.errors import ConditionError, SpecError
from hltcore.spec import RunSpec
from tui.cells import Focus, value_at
from tui.reel import Reel
from tui.replayed import spec_at

__all__ = ["changes", "go_to", "go_to_next_finding", "spec_here"]


def go_to(reel: Reel, point: str) -> None:
    """Go to a point.

    Raises:
        SpecError: It is no point, or the log does not go that far.
    """
    position = Position.parse(point)
    goal = position.step
    if position.epoch is not None:
        goal += reel.epoch_begin(position.epoch)
    if not reel.first <= goal <= reel.last:
        raise SpecError(f"The log goes from step {reel.first:,} to step {reel.last:,}: {goal:,} is not in it.")
    reel.go(goal)
    while position.phase is not None and reel.phase is not position.phase:
        reel.phase_on()
        if reel.here != goal:
            raise SpecError(f"The log holds whole steps: it cannot stop at {position}.")


def go_to_next_finding(reel: Reel, check: str) -> None:
    """Go to the next point at which a check, or with an empty name any, has found something.

    Raises:
        ConditionError: There is none.
    """
    steps = [finding.step for finding in reel.checkup.findings if check in ("", finding.check)]
    later = [step for step in steps if step > reel.here]
    if not later:
        raise ConditionError("No check has found that after this step, as far as the log was looked at.")
    reel.go(min(later))


def changes(reel: Reel, focus: Focus, forwards: bool, sign: bool, found: list[bool]) -> Iterator[int]:
    """Points one by one, to the first behind whose step a number is another one."""
    name = focus[0]
    point = reel.here + 1 if forwards else reel.here - (reel.phase is None)
    while reel.first < point <= reel.last:
        step = reel.step_at(point)
        before = step.parameters.get(name) if step is not None else None
        after = step.updated.get(name) if step is not None else None
        if before is not None and after is not None and before.whole is not None and after.whole is not None:
            values = [value_at({name: tensor.values}, focus) for tensor in (before.whole, after.whole)]
            if differs(*values, sign=sign):
                found[0] = True
                yield point
                return
        yield point
        point += 1 if forwards else -1


def spec_here(reel: Reel) -> RunSpec:
    """What leads a run of this library to where one stands."""
    spec = RunSpec.parse(spec_at(reel, reel.here))
    return replace(spec, marks=(*spec.marks, Mark(Position(reel.here, phase=reel.phase))))
