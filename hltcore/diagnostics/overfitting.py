"""Overfitting: the held-out loss rises while the training loss falls.

Condition: in each of the last five epochs the mean loss over the held-out rows is more than 5 % above its lowest since
the last edit, and that over the rows trained on lies below what it was then: the generalisation loss GL₅ of Prechelt,
"Early Stopping - But When?" (1998).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding

__all__ = ["check"]

_ABOVE = 1.05
_EPOCHS = 5


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Compare the last held-out losses with the lowest."""
    held_out, training = facts.held_out, facts.training
    if len(held_out) <= _EPOCHS or math.isnan(held_out[-1]) or any(map(math.isnan, held_out)):
        return
    best = min(range(len(held_out)), key=held_out.__getitem__)
    risen = held_out[best] > 0 and all(value > _ABOVE * held_out[best] for value in held_out[-_EPOCHS:])
    if risen and training[-1] < training[best]:
        ago = len(held_out) - 1 - best
        told = (
            f"In {ago} epochs the held-out loss rose from {held_out[best]:.4g} to {held_out[-1]:.4g}, by more than "
            f"5 %, while the training loss fell from {training[best]:.4g} to {training[-1]:.4g}."
        )
        advice = f"Stop {ago} epochs earlier, take more examples, fewer hidden units, or l2=0.01."
        yield Finding("overfitting", facts.step, facts.step, "held-out examples", told, advice)
