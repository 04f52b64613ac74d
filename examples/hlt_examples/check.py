"""A check: a weight that has grown larger than 3, as a sign that nothing holds the weights back."""

from __future__ import annotations

from collections.abc import Iterator

from hltcore import diagnostics
from hltcore.diagnostics import EpochFacts, Finding

__all__ = ["entry"]


def _large_weights(facts: EpochFacts) -> Iterator[Finding]:
    for name, rows in facts.parameters.items():
        if name.endswith(".weight"):
            largest = max(abs(weight) for row in rows for weight in row)
            if largest > 3:
                told = f"A weight of {name} is {largest:.4g} in size, above 3."
                yield Finding("large-weights", facts.step, facts.step, name, told, "Try l2=0.01.")


entry = diagnostics.register("large-weights", _large_weights, summary="a weight above 3 in size")
