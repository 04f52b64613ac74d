"""A saturated unit: its sigmoid or tanh is flat on every example, so that hardly any gradient passes.

Condition: at the ends of two epochs a hidden unit's f′(z) is below 1 % of its highest value on every example, and some
example is wrong (Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010).
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.chain import SLOPES
from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding

__all__ = ["check"]

_STEEPEST = {"sigmoid": 0.25, "tanh": 1.0}
_FLAT = 0.01


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Look at the slope of every hidden unit on every example."""
    if _STEEPEST.keys().isdisjoint(facts.functions[:-1]) or not facts.wrong:
        return
    for layer in facts.layers[:-1]:
        if layer.function not in _STEEPEST:
            continue
        bound, slope = _FLAT * _STEEPEST[layer.function], SLOPES[layer.function]
        for unit, (zs, values) in enumerate(zip(layer.pre_activations, layer.activations)):
            if slope(zs[0], values[0]) >= bound:  # steep on the first example: most units, told at once
                continue
            steepest = max(map(slope, zs, values))
            if steepest < bound:
                name = f"{layer.name}[{unit}]"
                told = (
                    f"{name} is flat on all {len(zs)} examples: its {layer.function}′(z) is at most {steepest:.2g}, "
                    f"below {bound:g}, with z from {min(zs):.4g} to {max(zs):.4g}."
                )
                advice = "Start from smaller weights (init=xavier), scale the inputs down, or try activation=relu."
                place = (f"{layer.name}.weight", (unit, 0))
                yield Finding("saturated-unit", facts.step, facts.step, name, told, advice, place)
