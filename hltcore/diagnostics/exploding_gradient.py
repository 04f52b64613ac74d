"""An exploding gradient: it grows and grows, and the loss with it.

Condition: at each of four looks running, at the ends of epochs, the gradient of the mean loss over all examples is
longer than at the look before, more than ten times as long as at the first of the last twenty, and the mean loss
further from 0 (Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013).
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding

__all__ = ["check"]

_TIMES = 10


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Compare the gradient's length with those before."""
    if len(facts.norms) < 2:
        return
    (before, now), (level, last) = facts.norms[-2:], facts.levels[-2:]
    if now > max(before, _TIMES * facts.norms[0]) and abs(last) > abs(level):
        told = (
            f"The gradient over all examples grew from {facts.norms[0]:.4g} to {now:.4g} in length, more than {_TIMES} "
            f"times as long, and still grows; the mean loss went from {facts.levels[0]:.4g} to {last:.4g}."
        )
        advice = f"Go back, and try a smaller learning rate than {facts.event.lr:g}, or a loss that has a lowest value."
        yield Finding("exploding-gradient", facts.step, facts.step, "", told, advice)
