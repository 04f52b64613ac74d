"""A vanishing gradient: the first layer gets next to nothing of what the last one gets.

Condition: at the ends of two epochs the mean size of the first layer's weight gradients over all examples is above 0
but less than 0.001 of the last layer's, and some example is wrong (Hochreiter, 1991; Glorot and Bengio, "Understanding
the difficulty of training deep feedforward neural networks", 2010).

An embedding table is passed over: an example reaches only the rows of its own words, so that a long table gets little
on average from the best of runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding
from hltcore.layers import is_table

__all__ = ["check"]

_RATIO = 1e-3


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Compare the first layer's gradient with the last one's."""
    names = [layer.name for layer in facts.layers if not is_table(layer.function)]
    if len(names) < 2 or not facts.wrong:
        return
    part = f"{names[0]}.weight"
    near, far = facts.gradient(part), facts.gradient(f"{names[-1]}.weight")
    if not near or not far:
        return
    first, last = _mean(near), _mean(far)
    if 0 < first < _RATIO * last:
        told = (
            f"The weight gradients of {names[0]} are {first:.2g} in size on average, those of {names[-1]} {last:.2g}: "
            f"a ratio of {first / last:.2g}, below {_RATIO:g}."
        )
        advice = "Try activation=relu or tanh in place of sigmoid, fewer layers, or init=xavier."
        place = (part, (0, 0))
        yield Finding("vanishing-gradient", facts.step, facts.step, names[0], told, advice, place)


def _mean(numbers: tuple[float, ...]) -> float:
    return sum(map(abs, numbers)) / len(numbers)
