"""Numbers: what several checks reckon."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import chain
from typing import Any

from hltcore.diagnostics.facts import EpochFacts
from hltcore.events import StepEvent

__all__ = ["LITTLE", "change", "flat", "length", "stalled"]

LITTLE = 0.01
"""The length under which the gradient of the mean loss over all examples is little."""

_EPOCHS = 10
_BETTER = 0.001


def flat(values: Any) -> Iterable[float]:
    """All numbers of nested tuples."""
    if not isinstance(values, tuple):
        return (values,)
    return chain.from_iterable(map(flat, values)) if tuple in map(type, values) else values


def length(values: Any) -> float:
    """The Euclidean length of nested tuples."""
    return math.hypot(*flat(values))


def change(event: StepEvent) -> float:
    """How far a step moved the parameters, as a part of their length."""
    before, after = event.parameters, event.updated
    moved = math.hypot(*(b - a for name in before for a, b in zip(flat(before[name]), flat(after[name]))))
    whole = length(tuple(before.values()))
    return moved / whole if whole else math.inf if moved else 0.0


def stalled(facts: EpochFacts) -> bool:
    """Whether the run does not improve though some example is still wrong.

    Of the last ten epochs none has a mean loss that is 0.1 % lower than the lowest of those before them, and the later
    five of them are not 0.1 % lower in their sum than the earlier five: a run may have met a low loss early, by chance.
    """
    before, last = facts.losses[:-_EPOCHS], facts.losses[-_EPOCHS:]
    if not before or not facts.wrong or min(facts.losses) < 0:
        return False
    half = _EPOCHS // 2
    falls = sum(last[half:]) < sum(last[:half]) * (1 - _BETTER)
    return not falls and min(last) > min(before) * (1 - _BETTER)
