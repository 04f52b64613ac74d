"""A step too large: there is a gradient and the parameters move, but the loss does not fall.

Condition: the run does not improve over ten epochs (`numbers.stalled`), some example is wrong, the
gradient of the mean loss over all examples is at least 0.01 long, and the last step moved the parameters by at least
0.0001 of their length. Then the steps undo each other (LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998,
section 4.6).
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding
from hltcore.diagnostics.numbers import LITTLE, change, stalled
from hltcore.diagnostics.step_too_small import SMALL

__all__ = ["check"]


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Look at gradient and change of a run that does not improve."""
    if stalled(facts) and facts.norms[-1] >= LITTLE and (moved := change(facts.event)) >= SMALL:
        last = facts.losses[-10:]
        told = (
            f"In the last ten epochs the mean loss went between {min(last):.4g} and {max(last):.4g}, though the "
            f"gradient over all examples is {facts.norms[-1]:.4g} long and the last step moved the parameters by "
            f"{moved:.2%} of their length: steps undo each other."
        )
        advice = f"Try a smaller learning rate than {facts.event.lr:g}, or more examples in a batch."
        yield Finding("step-too-large", facts.step, facts.step, "", told, advice)
