"""Scout: replays a line of history on parts of its own, to find out what a number was; the run stays where it is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hltcore.conditions import differs
from hltcore.errors import ShapeError
from hltcore.history import Branch
from hltcore.records import Checkpoint
from hltcore.run import Run

__all__ = ["Path", "next_change", "previous_change"]

Index = tuple[int, ...]

EXACT = 512
"""Steps up to which a path has every value; beyond them it has at most so many more, those at checkpoints."""


def _value(run: Run, name: str, index: Index) -> float:
    buffer = run.engine.buffer
    try:
        return float(buffer.values[buffer.place(name, index)].item())
    except ShapeError:
        return math.nan


def _changes(run: Run, start: Checkpoint, stop: int, name: str, index: Index, sign: bool) -> Iterator[int | None]:
    """From a checkpoint to a step: for each step the step itself where it changed a number, otherwise None."""
    run.stand_at(start)
    before = _value(run, name, index)
    while run.steps < stop:
        run.step()
        value = _value(run, name, index)
        yield run.steps if differs(before, value, sign=sign) else None
        before = value


def next_change(branch: Branch, name: str, index: Index, here: int, *, sign: bool) -> Iterator[int | None]:
    """Look for the first step after ``here`` that changed a number, or its sign.

    Returns:
        An item for each step looked at: None, and at last the step, if there is one.
    """
    for step in _changes(Run.along(branch), branch.last_before(here), branch.steps, name, index, sign):
        if step is not None and step > here:
            yield step
            return
        yield None


def previous_change(branch: Branch, name: str, index: Index, here: int, *, sign: bool) -> Iterator[int | None]:
    """Look for the last step before ``here`` that changed a number, or its sign; items as from ``next_change``."""
    run, stop = Run.along(branch), here - 1
    while stop > 0:
        start = branch.last_before(stop - 1)
        found = None
        for step in _changes(run, start, stop, name, index, sign):
            found = step or found
            yield None
        if found is not None:
            yield found
            return
        stop = start.step


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
        self._known: dict[int, float] = {}
        self._scout: Run | None = None

    def points(self) -> tuple[tuple[int, float], ...]:
        """Steps with the number's value after each: all of the first ``EXACT``, beyond them some with a checkpoint.

        Where the model has no such number, the value is NaN.

        Raises:
            SeekError: The run has left this line.
        """
        self.branch.check_current()
        self._forget_what_was_edited()
        last = min(self.branch.steps, EXACT)
        while len(self._exact) <= last:
            self._exact.append(_value(self._stand_after(len(self._exact)), self.name, self.index))
        return (*enumerate(self._exact), *self._coarse())

    def _stand_after(self, step: int) -> Run:
        """A scout that has done so many steps; the one that did one less goes on."""
        if self._scout is None:
            self._scout = Run.along(self.branch)
        if self._scout.steps == step - 1:
            self._scout.step()
        else:
            self._scout.seek(step)
        return self._scout

    def _forget_what_was_edited(self) -> None:
        """An edit is part of the step after which it was made, and may come when that step is known already."""
        entries = self.branch.entries
        if len(entries) > self._edits:
            edited = entries[self._edits].step
            del self._exact[edited:]
            self._known = {step: value for step, value in self._known.items() if step < edited}
            self._edits = len(entries)
            self._scout = None

    def _coarse(self) -> Iterator[tuple[int, float]]:
        checkpoints = self.branch.checkpoints_after(EXACT)
        stride = 1
        while len(checkpoints) > stride * EXACT:
            stride *= 2
        for checkpoint in checkpoints[::stride]:
            if checkpoint.step not in self._known:
                run = self._scout = self._scout or Run.along(self.branch)
                run.stand_at(checkpoint)
                self._known[checkpoint.step] = _value(run, self.name, self.index)
            yield checkpoint.step, self._known[checkpoint.step]
