"""Layers: what kinds there are, and how the numbers of each lie.

Every layer computes z[i] = Σⱼ w(i,j)·a[j] + b[i]. In a linear layer w is its weight, one row for each unit i, and a is
what enters it. An embedding table has no bias and lies the other way round, as in ``torch.nn.Embedding``: one row for
each word j, one column for each unit i. Its a is the share that each word has of the counts that enter, so that z is
the mean of their rows; where one word enters alone, z is its row.

The kind is told by the layer's function (``Layout.functions``): the name of its activation function, or ``EMBEDDING``.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["EMBEDDING", "activates", "by_unit", "entering", "is_table", "place", "unit_and_source"]

EMBEDDING = "embedding"
"""What stands in place of an activation function's name where the layer is an embedding table."""

Matrix = Sequence[Sequence[float]]


def is_table(function: str) -> bool:
    """Whether a layer of that function is an embedding table."""
    return function == EMBEDDING


def activates(function: str) -> bool:
    """Whether an activation function follows a layer's sums, and is not the identity."""
    return function not in ("identity", EMBEDDING)


def by_unit(function: str, weight: Matrix) -> Matrix:
    """A layer's weight with one row for each unit, whichever way it lies."""
    return tuple(zip(*weight)) if is_table(function) else weight


def entering(function: str, values: Sequence[float]) -> tuple[float, ...]:
    """What a layer weighs: what enters it, or for a table each word's share of the counts, all 0 without any."""
    if not is_table(function):
        return tuple(values)
    total = sum(values) or 1.0
    return tuple(value / total for value in values)


def place(function: str, unit: int, source: int) -> tuple[int, int]:
    """Where in a layer's weight the number stands that leads from a source to a unit."""
    return (source, unit) if is_table(function) else (unit, source)


def unit_and_source(function: str, index: Sequence[int]) -> tuple[int, int]:
    """The unit and the source of the number at a place in a layer's weight: ``place`` the other way."""
    row, column = index
    return (column, row) if is_table(function) else (row, column)
