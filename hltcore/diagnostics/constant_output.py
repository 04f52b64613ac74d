"""A constant output: the model says the same for every example.

Condition: at the ends of two epochs the predictions of all examples lie within 0.001, though their targets differ and
some prediction is wrong. Whatever x is, it does not reach the output: dead or zero units, or weights near 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding

__all__ = ["WITHIN", "check"]

WITHIN = 0.001
"""How near to each other predictions are that count as one."""


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Compare the highest prediction with the lowest."""
    low, high = min(facts.predictions), max(facts.predictions)
    if high - low < WITHIN and facts.wrong and len(set(facts.dataset.targets)) > 1:
        told = (
            f"All {len(facts.predictions)} predictions lie between {low:.4g} and {high:.4g}, less than {WITHIN:g} "
            f"apart, though their targets differ: x does not reach the output."
        )
        advice = "Look for dead units, and try another seed or init=xavier."
        yield Finding("constant-output", facts.step, facts.step, "", told, advice)
