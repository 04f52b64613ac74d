"""Perceptron: a quick proof that two classes can be told apart by a linear function, where they can.

Rosenblatt's rule ends at such a function if there is one (Novikoff, 1962), but how soon depends on how narrow the gap
is: what is not settled in time is not settled.
"""

from __future__ import annotations

import math
from functools import lru_cache

__all__ = ["tells_apart"]

Rows = tuple[tuple[float, ...], ...]
_PRODUCTS = 400_000
"""Products of a weight and a number that are spent, some hundredths of a second."""
_SURE = 1e-9
"""The part of the terms' size from which on a sum's sign is no matter of rounding."""


@lru_cache(maxsize=16)
def tells_apart(rows: Rows, sides: tuple[bool, ...]) -> bool:
    """Whether weights were found whose weighted sum is above 0 for the rows of one side, and below for the others.

    Args:
        rows: The rows; what stands for a bias is one of their columns.
        sides: On which side each row is to be.
    """
    examples = [_signed(row, side) for row, side in zip(rows, sides)]
    weights = [0.0] * len(rows[0])
    for _ in range(max(1, _PRODUCTS // sum(map(len, examples)))):
        if not sum(_correct(weights, example) for example in examples):
            return True
    return False


def _signed(row: tuple[float, ...], side: bool) -> list[tuple[int, float]]:
    """What is not 0 in a row, at length 1, and turned round for one of the sides."""
    size = math.hypot(*row) * (1 if side else -1)
    return [(place, value / size) for place, value in enumerate(row) if value]


def _correct(weights: list[float], example: list[tuple[int, float]]) -> bool:
    """Add an example to the weights if they are wrong on it, or too close to tell; whether they were."""
    terms = [weights[place] * value for place, value in example]
    if sum(terms) > _SURE * sum(map(abs, terms)):
        return False
    for place, value in example:
        weights[place] += value
    return True
