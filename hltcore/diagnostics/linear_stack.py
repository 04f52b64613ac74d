"""A linear stack: linear layers with nothing between them, which together are one linear layer.

Condition: a layer other than the last has the identity as its activation function. W₂(W₁x + b₁) + b₂ is
(W₂W₁)x + (W₂b₁ + b₂): depth without a function in between adds parameters, not functions (Goodfellow, Bengio and
Courville, Deep Learning, 2016, section 6.1).

An embedding table in front does not count as one of them: it adds no functions either, as a linear layer on its mean
is a linear function of the words' shares; but it is there for its rows, a place for each word, and may be narrower
than x.
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import StartFacts
from hltcore.diagnostics.finding import Finding
from hltcore.diagnostics.numbers import flat
from hltcore.units import layer_names

__all__ = ["check"]


def check(facts: StartFacts) -> Iterator[Finding]:
    """Find the layers that follow each other directly."""
    start = 0
    for depth, function in enumerate(facts.functions):
        if function != "identity" or depth == len(facts.functions) - 1:
            if depth > start:
                yield _finding(facts, layer_names(facts.parameters)[start : depth + 1])
            start = depth + 1


def _finding(facts: StartFacts, names: tuple[str, ...]) -> Finding:
    parameters = facts.parameters
    parts = [f"{name}.{part}" for name in names for part in ("weight", "bias")]
    count = sum(1 for part in parts for _ in flat(parameters.get(part, ())))
    outputs, inputs = len(parameters[f"{names[-1]}.weight"]), len(parameters[f"{names[0]}.weight"][0])
    told = (
        f"{names[0]} to {names[-1]} are {len(names)} linear layers with nothing between them, so that one computes the "
        f"same: their {count} parameters do the work of {outputs * (inputs + 1)}."
    )
    advice = "Put an activation function between them (model=mlp activation=relu), or leave all but one out."
    place = (f"{names[0]}.weight", (0, 0))
    return Finding("linear-stack", facts.step, facts.step, f"{names[0]} to {names[-1]}", told, advice, place)
