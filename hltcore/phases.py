"""Phases: a complete step as it was after one of its phases, for a run that was recorded by whole steps."""

from __future__ import annotations

from hltcore.events import PhaseEvent, StepEvent
from hltcore.packing import pack
from hltcore.phase import Phase

__all__ = ["phased"]


def phased(step: StepEvent, phase: Phase, last: StepEvent | None, *, kept: bool = False) -> PhaseEvent:
    """A step paused after a phase.

    Args:
        step: The complete step.
        phase: The phase; after the last one the step is complete, too.
        last: The step before it, whose gradients it found; None where there is none, or of another model.
        kept: Whether its optimizer held no parameter of the model, so that zero-grad left the gradients as they were.
    """
    emptied = pack([-0.0] * step.layout.parameters.size)
    fits = last is not None and last.layout.parameters == step.layout.parameters
    found = last._gradients if last is not None and fits else emptied
    gradients = {
        Phase.FORWARD: found,
        Phase.LOSS: found,
        Phase.ZERO_GRAD: found if kept else emptied,
    }.get(phase, step._gradients)
    return PhaseEvent(
        step.step,
        step.epoch,
        step.lr,
        step.batch,
        step.layout,
        step._before,
        step._forward,
        gradients,
        phase,
        None if phase is Phase.FORWARD else step._loss,
        None if phase.number < Phase.ZERO_GRAD.number else found,
        step._updated if phase is Phase.UPDATE else None,
    )
