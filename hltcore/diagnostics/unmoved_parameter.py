"""A parameter that does not move though it has a gradient.

Condition: at the ends of two epochs, the last step left every number of a parameter as it was, one of its gradients is
above 0.001 in size, no freezing asked for it, and some example is wrong. Then the optimizer does not update it, or by
less than float32 can tell: ``lr`` is 0 or next to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore import places
from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding
from hltcore.diagnostics.numbers import flat

__all__ = ["check"]

_GRADIENT = 0.001


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Compare each parameter after the step with itself before."""
    if facts.settings.updates or not facts.wrong:
        return
    unmoved = facts.event.unmoved
    frozen = {place.name for place in places.read(facts.settings.frozen)} if unmoved else set()
    for name in unmoved:
        largest = max(map(abs, flat(facts.event.gradients[name])))
        if largest > _GRADIENT and name not in frozen:
            yield _finding(facts, name, largest)


def _finding(facts: EpochFacts, name: str, largest: float) -> Finding:
    told = (
        f"{name} has a gradient of up to {largest:.4g}, and yet the step changed none of its numbers; the learning "
        f"rate is {facts.event.lr:g}."
    )
    advice = "Set a learning rate above 0, such as lr=0.1, and see that the optimizer was given this parameter."
    index = (0,) * (2 if name.endswith(".weight") else 1)
    return Finding("unmoved-parameter", facts.step, facts.step, name, told, advice, (name, index))
