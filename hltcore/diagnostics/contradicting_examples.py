"""Examples that contradict each other: the same x with different targets.

Condition: two rows of the data have equal inputs and unequal targets. A model is a function of x, so that it is wrong
on one of them whatever its parameters (the irreducible error of Hastie, Tibshirani and Friedman, 2009, section 2.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import StartFacts
from hltcore.diagnostics.finding import Finding
from hltcore.errors import UncheckedError

__all__ = ["check"]

_MOST = 100_000


def check(facts: StartFacts) -> Iterator[Finding]:
    """Compare each row with the first of the same x."""
    data = facts.dataset
    if len(data) > _MOST:
        raise UncheckedError(f"The data have {len(data):,} rows: each is compared with all others up to {_MOST:,}.")
    first: dict[tuple[float, ...], int] = {}
    for row, x in enumerate(data.xs):
        other = first.setdefault(x, row)
        if data.targets[row] != data.targets[other]:
            numbers = ", ".join(f"{value:g}" for value in x)
            told = (
                f"{data.labels[other]} and {data.labels[row]} have the same x ({numbers}) but the targets "
                f"{data.targets[other]:g} and {data.targets[row]:g}: no model can be right on both."
            )
            advice = "Add a feature that tells them apart, or correct a target."
            yield Finding("contradicting-examples", facts.step, facts.step, data.labels[row], told, advice)
            return
