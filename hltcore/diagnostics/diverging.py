"""A diverging run: the loss grows.

Condition: the mean loss rose in each of the last three epochs, and is now more than twice the lowest since the last
edit, which is above 0. With too large a step gradient descent leaves a valley by its sides (LeCun, Bottou, Orr and
Müller, "Efficient BackProp", 1998, section 4.6: it diverges beyond twice the optimal learning rate).
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding

__all__ = ["check"]


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Compare the last epochs' mean losses."""
    last = facts.losses[-4:]
    if len(last) < 4 or not last[0] < last[1] < last[2] < last[3]:
        return
    if 0 < 2 * min(facts.losses) < last[-1]:
        told = (
            f"The mean loss rose for three epochs, from {last[0]:.4g} to {last[-1]:.4g}, more than twice the lowest "
            f"before, {min(facts.losses):.4g}."
        )
        advice = f"Go back, and try a smaller learning rate than {facts.event.lr:g}."
        yield Finding("diverging", facts.step, facts.step, "", told, advice)
