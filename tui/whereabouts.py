"""Whereabouts: whether a run already stands where a spec leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hltcore.edits import Position
from hltcore.spec import RunSpec

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["stands_at"]


def stands_at(trainer: Trainer, spec: RunSpec) -> bool:
    """Whether to open a spec would give this very state again.

    What lies ahead on a line is not yet there on a new one, so that it makes a difference too.
    """
    history = trainer.history
    if history.steps > trainer.steps or spec.start != trainer.spec.start:
        return False
    edits = [mark for mark in spec.marks if mark.edit is not None]
    entries = history.entries_until(trainer.steps)
    if [mark.edit for mark in edits] != [entry.mark.edit for entry in entries]:
        return False
    if not all(_same(mark.position, e.mark.position, e.step) for mark, e in zip(edits, entries)):
        return False
    if spec.marks and spec.marks[-1].edit is not None:  # it may have begun a new epoch, and so moved the point
        return trainer.steps == entries[-1].step and trainer.position.phase is None
    return _same(spec.position, trainer.position, trainer.steps)


def _same(point: Position, here: Position, steps: int) -> bool:
    """Whether a point as a spec writes it, from the start or by epochs, is this one."""
    if point.phase is not here.phase:
        return False
    return point.step == steps if point.epoch is None else (point.epoch, point.step) == (here.epoch, here.step)
