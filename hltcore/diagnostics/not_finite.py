"""A number that is infinite or not a number: where it first appeared.

Condition: the loss is not finite or, after a large step, the sum of the updated parameters. The tensors of this step
and of the one before it are looked through in the order in which a step computes them. IEEE 754: inf and NaN never
become finite again by addition, and float32 overflows at 3.4e38.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from hltcore.diagnostics.facts import StepFacts
from hltcore.diagnostics.finding import Finding
from hltcore.events import StepEvent

__all__ = ["check"]

_ADVICE = "Go to the step before, and try a smaller learning rate there, or another loss."


def check(facts: StepFacts) -> Iterable[Finding]:
    """Find the first tensor that is not finite."""
    return () if facts.finite else _search(facts)


def _search(facts: StepFacts) -> Iterator[Finding]:
    events = [event for event in (facts.before, facts.event) if event is not None]
    for event in events:
        for phase, what, name, values in _tensors(event):
            if (found := _first(values)) is not None:
                index, value = found
                number = f"{what}{name}[{','.join(map(str, index))}]" if index else f"{what}{name}"
                told = f"The first number that is not finite is {number}, {value:g}, {phase}; {_before(facts)}."
                place = (name, index) if name in event.layout.parameters.names else None
                yield Finding("not-finite", facts.step, event.step + 1, name, told, _ADVICE, place)
                return


def _before(facts: StepFacts) -> str:
    rate = f"the learning rate is {facts.event.lr:g}"
    return f"{rate}, and the loss of the step before is {facts.before.loss:.4g}" if facts.before else rate


def _tensors(event: StepEvent) -> Iterator[tuple[str, str, str, Any]]:
    """Phase, description, name and numbers of each, in the order of a step."""
    for name, values in event.parameters.items():
        yield "before the step", "", name, values
    activations = event.activations
    for name, values in event.pre_activations.items():
        yield "in the forward phase", "z of ", name, values
        yield "in the forward phase", "the activation of ", name, activations[name]
    yield "in the loss phase", "the loss", "", event.loss
    for name, values in event.gradients.items():
        yield "in the backward phase", "the gradient of ", name, values
    for name, values in event.updated.items():
        yield "in the update phase", "", name, values


def _first(values: Any) -> tuple[tuple[int, ...], float] | None:
    """The first number that is not finite in nested tuples, with its place."""
    if not isinstance(values, tuple):
        return None if math.isfinite(values) else ((), values)
    for i, part in enumerate(values):
        if (found := _first(part)) is not None:
            return (i, *found[0]), found[1]
    return None
