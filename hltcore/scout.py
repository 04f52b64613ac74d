"""Scout: replays a line of history on parts of its own, to find out what a number was; the run stays where it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from hltcore.errors import ShapeError
from hltcore.history import Branch
from hltcore.run import Run

__all__ = ["GoOn", "Path", "always", "next_change", "previous_change"]

Index = tuple[int, ...]
GoOn = Callable[[], bool]
"""Asked again and again during a search; when it says no, the search is given up."""

EXACT = 512
"""Steps up to which a path has every value; beyond, those at checkpoints."""


def always() -> bool:
    """Go on to the end."""
    return True


def _values(
    branch: Branch, name: str, index: Index, start: int, stop: int, go_on: GoOn = always
) -> Iterator[tuple[int, float]]:
    """A number after each of the steps from start to stop, both included; NaN where the model has none such."""
    run = Run.along(branch)
    run.seek(start)
    yield run.steps, _value(run, name, index)
    while run.steps < stop and go_on():
        run.step()
        yield run.steps, _value(run, name, index)


def _value(run: Run, name: str, index: Index) -> float:
    buffer = run.engine.buffer
    try:
        return float(buffer.values[buffer.place(name, index)].item())
    except ShapeError:
        return math.nan


def _differ(before: float, after: float, sign: bool) -> bool:
    if before != before or after != after:
        return False
    return (before < 0) != (after < 0) if sign else before != after


def next_change(branch: Branch, name: str, index: Index, here: int, *, sign: bool, go_on: GoOn = always) -> int | None:
    """The first step after ``here`` that changed a number, or its sign; None when there is none, or it is given up."""
    before = math.nan
    for step, value in _values(branch, name, index, here, branch.steps, go_on):
        if _differ(before, value, sign):
            return step
        before = value
    return None


def previous_change(
    branch: Branch, name: str, index: Index, here: int, *, sign: bool, go_on: GoOn = always
) -> int | None:
    """The last step before ``here`` that changed a number, or its sign; None when there is none, or it is given up."""
    stop = here - 1
    while stop > 0 and go_on():
        start = max(branch.last_before(stop - 1).step, 0)
        found, before = None, math.nan
        for step, value in _values(branch, name, index, start, stop):
            if _differ(before, value, sign):
                found = step
            before = value
        if found is not None:
            return found
        stop = start
    return None


class Path:
    """A number's values along a line of history.

    Args:
        branch: The line, on which the run is.
        name: The parameter.
        index: The number's place there.
    """

    def __init__(self, branch: Branch, name: str, index: Index) -> None:
        self.branch = branch
        self.name = name
        self.index = index
        self._exact: list[float] = []
        self._edits = 0

    def points(self) -> tuple[tuple[int, float], ...]:
        """Steps with the number's value after each: all of the first ``EXACT``, beyond them those with a checkpoint.

        Where the model has no such number, the value is NaN.
        """
        self._forget_what_was_edited()
        last = min(self.branch.steps, EXACT)
        if len(self._exact) <= last:
            start = len(self._exact)
            self._exact += [v for _, v in _values(self.branch, self.name, self.index, start, last)]
        return (*enumerate(self._exact), *self._coarse())

    def _forget_what_was_edited(self) -> None:
        """An edit is part of the step after which it was made, and may come when that step is known already."""
        entries = self.branch.entries
        if len(entries) > self._edits:
            del self._exact[entries[self._edits].step :]
            self._edits = len(entries)

    def _coarse(self) -> Iterator[tuple[int, float]]:
        run = Run.along(self.branch)
        for checkpoint in self.branch.checkpoints_after(EXACT):
            run.stand_at(checkpoint)
            yield checkpoint.step, _value(run, self.name, self.index)
