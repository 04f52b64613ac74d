"""A dead unit: no example opens it, so that no gradient reaches its weights.

Condition: a unit with clamp or relu has f′(z) = 0 on every example of the data, at the ends of two epochs. It can come
back only when its own weights or those below it still move: Lu, Shin, Su and Karniadakis, "Dying ReLU and
Initialization" (2019).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding
from hltcore.units import is_dead

__all__ = ["check"]


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Look at every unit on every example."""
    for depth, layer in enumerate(facts.layers):
        for unit, zs in enumerate(layer.pre_activations):
            if is_dead(layer.function, zs) and not any(map(math.isnan, zs)):
                yield _finding(facts, depth, unit, zs)


def _finding(facts: EpochFacts, depth: int, unit: int, zs: tuple[float, ...]) -> Finding:
    name, highest = facts.layers[depth].name, max(zs)
    where, place = f"{name}[{unit}]", (f"{name}.weight", (unit, 0))
    told = (
        f"No example opens {where}: of its z on {len(zs)} examples the highest is {highest:.4g}, on "
        f"{facts.dataset.labels[zs.index(highest)]}; {_future(facts, depth, unit)}."
    )
    advice = "Try another seed or init=kaiming, a smaller learning rate, more hidden units, or set its bias above 0."
    return Finding("dead-unit", facts.step, facts.step, where, told, advice, place)


def _future(facts: EpochFacts, depth: int, unit: int) -> str:
    """Whether it can recover."""
    name, units = facts.layers[depth].name, facts.layers[depth].units
    known = facts.event.layout.parameters.names
    for part in (f"{name}.weight", f"{name}.bias"):
        slopes = facts.gradient(part)
        width = len(slopes) // units
        if part in known and (facts.event.moved(part, unit) or any(slopes[unit * width : (unit + 1) * width])):
            return "its own weights still move, so it may open again"
    for layer in facts.layers[:depth]:
        if any(facts.gradient(f"{layer.name}.weight")) or any(facts.gradient(f"{layer.name}.bias")):
            return f"{layer.name} below it still moves, so it may open again"
    return "nothing at or below it moves any more, so it cannot open again by itself"
