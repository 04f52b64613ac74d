"""An exploding gradient: it grows from look to look, and the loss with it.

Condition: at each of the last four looks, the gradient of the mean loss over all examples was at least twice as long as
at the look before, and the mean loss further from 0 (Pascanu, Mikolov and Bengio, "On the difficulty of training
recurrent neural networks", 2013).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding

__all__ = ["check"]

_TIMES = 4


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Compare the gradient's length with those before."""
    norms, levels = facts.norms[-_TIMES - 1 :], tuple(map(abs, facts.levels[-_TIMES - 1 :]))
    if len(norms) <= _TIMES:
        return
    doubled = all(b >= 2 * a > 0 for a, b in pairwise(norms))
    if doubled and all(a < b for a, b in pairwise(levels)):
        told = (
            f"The gradient over all examples at least doubled {_TIMES} times running, from {norms[0]:.4g} to "
            f"{norms[-1]:.4g} in length, and the mean loss went to {facts.levels[-1]:.4g}."
        )
        advice = f"Go back, and try a smaller learning rate than {facts.event.lr:g}, or a loss that has a lowest value."
        yield Finding("exploding-gradient", facts.step, facts.step, "", told, advice)
