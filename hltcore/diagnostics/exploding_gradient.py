"""An exploding gradient: it doubles again and again, and the loss grows with it.

Condition: at each of four looks running, at the ends of epochs, the gradient of the mean loss over all examples was at
least twice as long as at the look before, and the mean loss further from 0 (Pascanu, Mikolov and Bengio, "On the
difficulty of training recurrent neural networks", 2013).
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding

__all__ = ["check"]


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Compare the gradient's length with those before."""
    if len(facts.norms) < 2:
        return
    (before, now), (level, last) = facts.norms[-2:], facts.levels[-2:]
    if now >= 2 * before > 0 and abs(last) > abs(level):
        told = (
            f"The gradient over all examples at least doubled again and again, now from {before:.4g} to {now:.4g} in "
            f"length, and the mean loss went from {level:.4g} to {last:.4g}."
        )
        advice = f"Go back, and try a smaller learning rate than {facts.event.lr:g}, or a loss that has a lowest value."
        yield Finding("exploding-gradient", facts.step, facts.step, "", told, advice)
