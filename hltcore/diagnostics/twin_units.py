"""Twin units: hidden units that start alike and stay alike.

Condition: two units of a layer have the same weights and bias, and the next layer weighs them the same. Then they have
the same activation and the same gradient in every step: the layer is as good as one with a single unit (Goodfellow,
Bengio and Courville, Deep Learning, 2016, section 8.4: initialisation must break symmetry).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hltcore.diagnostics.facts import StartFacts
from hltcore.diagnostics.finding import Finding
from hltcore.layers import by_unit, place
from hltcore.units import layer_names

__all__ = ["check"]


def check(facts: StartFacts) -> Iterator[Finding]:
    """Compare the units of each hidden layer."""
    parameters = facts.parameters
    names = layer_names(parameters)
    for (name, function), above in zip(zip(names, facts.functions), names[1:]):
        alike: dict[Any, list[int]] = {}
        columns = zip(*parameters[f"{above}.weight"])
        rows = by_unit(function, parameters[f"{name}.weight"])
        biases = parameters.get(f"{name}.bias") or (0.0,) * len(rows)
        for unit, numbers in enumerate(zip(rows, biases, columns)):
            alike.setdefault(numbers, []).append(unit)
        for units in alike.values():
            if len(units) > 1:
                yield _finding(facts, name, units, place(function, units[0], 0))


def _finding(facts: StartFacts, name: str, units: list[int], index: tuple[int, int]) -> Finding:
    first = f"{name}[{units[0]}]"
    told = (
        f"{len(units)} units of {name} ({', '.join(map(str, units))}) have the same weights into and out of them: they "
        f"get the same gradient in every step, and do the work of one."
    )
    advice = "Start from random numbers: init=pytorch, init=xavier or init=kaiming."
    return Finding("twin-units", facts.step, facts.step, first, told, advice, (f"{name}.weight", index))
