"""A step too small: there is a gradient, but the parameters hardly move.

Condition: the run does not improve over ten epochs (`numbers.stalled`), some example is wrong, the
gradient of the mean loss over all examples is at least 0.01 long, and the last step moved the parameters by less than
0.0001 of their length; about 0.001 is usual (Karpathy, CS231n, "Ratio of weights:updates").
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding
from hltcore.diagnostics.numbers import LITTLE, change, stalled

__all__ = ["SMALL", "check"]

SMALL = 1e-4
"""The part of the parameters' length under which a change is small."""


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Look at gradient and change of a run that does not improve."""
    if facts.settings.updates or not stalled(facts) or facts.norms[-1] < LITTLE:
        return
    moved = change(facts.event)
    if 0 < moved < SMALL:
        told = (
            f"The gradient over all examples is {facts.norms[-1]:.4g} long, but the last step moved the parameters by "
            f"{moved:.2g} of their length, less than {SMALL:g}, and the mean loss stays at {facts.losses[-1]:.4g}."
        )
        advice = f"Try a larger learning rate than {facts.event.lr:g}."
        yield Finding("step-too-small", facts.step, facts.step, "", told, advice)
