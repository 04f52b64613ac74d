"""Numbers: what several checks reckon."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import chain
from operator import sub
from typing import Any

from hltcore.diagnostics.facts import EpochFacts
from hltcore.events import StepEvent

__all__ = ["LITTLE", "change", "flat", "stalled"]

LITTLE = 0.01
"""The length under which the gradient of the mean loss over all examples is little."""

_EPOCHS = 10
_BETTER = 0.001


def flat(values: Any) -> Iterable[float]:
    """All numbers of nested tuples."""
    if not isinstance(values, tuple):
        return (values,)
    kinds = set(map(type, values))
    while kinds == {tuple}:  # rows
        values = tuple(chain.from_iterable(values))
        kinds = set(map(type, values))
    return chain.from_iterable(map(flat, values)) if tuple in kinds else values


def change(event: StepEvent) -> float:
    """How far a step moved the parameters, as a part of their length."""
    parameters, updated = event.parameters, event.updated
    before = tuple(chain.from_iterable(map(flat, parameters.values())))
    after = chain.from_iterable(flat(updated[name]) for name in parameters)
    moved, whole = math.hypot(*map(sub, after, before)), math.hypot(*before)
    return moved / whole if whole else math.inf if moved else 0.0


def stalled(facts: EpochFacts) -> bool:
    """Whether the run does not improve though some example is still wrong.

    Of the last ten epochs none has a mean loss that is 0.1 % lower than the lowest of those before them, and the later
    five of them are not 0.1 % lower in their sum than the earlier five: a run may have met a low loss early, by chance.
    """
    losses = facts.losses
    last = losses[-_EPOCHS:]
    if len(losses) <= _EPOCHS or not min(last) > min(losses[:-_EPOCHS]) * (1 - _BETTER):
        return False
    half = _EPOCHS // 2
    falls = sum(last[half:]) < sum(last[:half]) * (1 - _BETTER)
    return not falls and bool(facts.wrong) and not min(losses) < 0
