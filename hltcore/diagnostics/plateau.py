"""A plateau: the loss does not improve because the gradient is next to nothing.

Condition: the run does not improve over ten epochs (`numbers.stalled`), some example is wrong, and the
gradient of the mean loss over all examples is shorter than 0.01. The run stands at a minimum, a saddle or on flat
ground (Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding
from hltcore.diagnostics.numbers import LITTLE, stalled

__all__ = ["check"]


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Look at the gradient of a run that does not improve."""
    if stalled(facts) and facts.norms[-1] < LITTLE:
        told = (
            f"Ten epochs brought the mean loss from {facts.losses[-11]:.4g} to {facts.losses[-1]:.4g}, with "
            f"{facts.wrong_told}: the gradient over all of them is "
            f"{facts.norms[-1]:.4g} long, below {LITTLE:g}."
        )
        advice = "Try another seed, more hidden units, or a model that can tell these examples apart."
        yield Finding("plateau", facts.step, facts.step, "", told, advice)
