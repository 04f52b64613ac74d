"""Sides: the two sides of a prediction, as colours and marks have them: two classes, or low and high numbers."""

from __future__ import annotations

import math
from functools import lru_cache

from hltcore.dataset import Dataset
from tui.formatting import cut, feature
from tui.widgets.picture import evenly

__all__ = ["edges", "is_upper", "middle", "side_names"]


def middle(threshold: float | None, data: Dataset) -> float:
    """The prediction from which on the upper side begins: of numbers, half-way between the targets' ends."""
    if threshold is not None:
        return threshold
    low, high = data.target_range
    return (low + high) / 2


def is_upper(target: float, data: Dataset) -> bool:
    """Whether a target is on the upper side."""
    return target >= (0.5 if data.classes else middle(None, data))


def side_names(data: Dataset, most: int) -> tuple[str, str]:
    """What the two sides are called, in at most so many columns each."""
    if not data.classes:
        low, high = data.target_range
        return f"y {feature(low)}", feature(high)
    no, yes = (cut(name, most) for name in data.classes)
    return no, yes


def edges(threshold: float | None, data: Dataset) -> tuple[float, ...]:
    """The predictions at which the colour changes: evenly by the share of class 1, which of a logit is its sigmoid.

    Of numbers evenly from the lowest target to the highest.
    """
    return _edges(threshold, *(data.target_range if threshold is None else (0.0, 1.0)))


@lru_cache(maxsize=8)
def _edges(threshold: float | None, low: float, high: float) -> tuple[float, ...]:
    shares = evenly()
    if threshold is None:
        return tuple(low + share * (high - low) for share in shares)
    if threshold == 0:
        return tuple(math.log(share / (1 - share)) for share in shares)
    return tuple(share - 0.5 + threshold for share in shares)
