"""Sums: those that a layer's passes forward and backward make, each in the order that this machine adds in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from hltcore._torch import torch
from hltcore.sweeps.program import Program, Scratch, Term, add_up
from hltcore.sweeps.summation import Fused, Order, number_of

__all__ = ["LayerSums", "Part", "Sums", "emit", "prune", "stacked"]

Tensor = torch.Tensor


class Part(NamedTuple):
    """Some rows and columns of a matrix whose numbers are sums of one order."""

    order: Order
    rows: slice
    columns: slice


@dataclass(frozen=True)
class Sums:
    """A matrix of sums that one operation computes.

    Attributes:
        orders: The order of each, row by row.
        columns: The number of columns.
    """

    orders: tuple[Order, ...]
    columns: int

    @cached_property
    def fused(self) -> bool:
        """Whether some product and the addition of it are rounded once."""
        return any(_is_fused(order) for order in set(self.orders))

    def parts(self) -> list[Part]:
        """The matrix cut into rectangles of one order."""
        width = self.columns
        rows = [self.orders[start : start + width] for start in range(0, len(self.orders), width)]
        parts: list[Part] = []
        top = 0
        while top < len(rows):
            bottom = top + 1
            while bottom < len(rows) and rows[bottom] == rows[top]:
                bottom += 1
            left = 0
            while left < width:
                right = left + 1
                while right < width and rows[top][right] == rows[top][left]:
                    right += 1
                parts.append(Part(rows[top][left], slice(top, bottom), slice(left, right)))
                left = right
            top = bottom
        return parts


class LayerSums(NamedTuple):
    """All sums of one layer, for batches of one shape.

    Attributes:
        forward: z, rows × units; the terms are the products with each input, then the bias where there is one.
        entering: The gradient that reaches what enters, rows × inputs; the terms are the products with each unit.
            None for a first layer, where nobody asks.
        weight: The weight's gradient, as the weight lies; a term for each row. None where there is only one.
        bias: The bias's gradient, 1 × units; a term for each row. None where there is one row, or no bias.
    """

    forward: Sums
    entering: Sums | None
    weight: Sums | None
    bias: Sums | None


def stacked(one_row_each: Sequence[Sums]) -> Sums:
    """The sums of several examples, each computed by itself, as one matrix with a row for each."""
    return Sums(tuple(order for sums in one_row_each for order in sums.orders), one_row_each[0].columns)


def emit(
    program: Program, sums: Sums, term: Callable[[int, slice, slice], Term], out: Tensor, scratch: Scratch
) -> None:
    """Write down a matrix of sums.

    Args:
        program: Where to.
        sums: Their orders.
        term: Gives a term, of shape (rows, columns, seeds) or what broadcasts to it, for some rows and columns.
        out: Where they go, of shape (rows, columns, seeds).
        scratch: Memory to use.
    """
    for order, rows, columns in sums.parts():
        add_up(
            program,
            order,
            lambda number, rows=rows, columns=columns: term(number, rows, columns),  # type: ignore[misc]
            out[rows, columns],
            scratch,
        )


def prune(sums: Sums, gone: frozenset[int]) -> Sums | None:
    """The same sums without some terms, which are 0; None where none is left."""
    known: dict[Order, Order | None] = {}
    orders = tuple(
        known[order] if order in known else known.setdefault(order, _without(order, gone)) for order in sums.orders
    )
    kept = tuple(order for order in orders if order is not None)
    return Sums(kept, sums.columns) if len(kept) == len(orders) else None


def _without(order: Order, gone: frozenset[int]) -> Order | None:
    if not isinstance(order, tuple):
        return None if number_of(order) in gone else order
    left, right = _without(order[0], gone), _without(order[1], gone)
    if left is not None and right is not None:
        return left, right
    kept = right if left is None else left
    return number_of(kept) if isinstance(kept, Fused) else kept  # added to 0 it is rounded by itself


def _is_fused(order: Order) -> bool:
    return any(map(_is_fused, order)) if isinstance(order, tuple) else isinstance(order, Fused)
