"""A layer's passes forward and backward for all seeds at once, written down in the orders of its sums."""

from __future__ import annotations

from dataclasses import dataclass

from hltcore._torch import torch
from hltcore.sweeps.program import Program, Scratch, Term
from hltcore.sweeps.sums import LayerSums, Sums, emit, prune

__all__ = ["Entering", "Weights", "emit_backward", "emit_forward"]

Tensor = torch.Tensor

_AT_ONCE = 1 << 16
"""Products up to which all of a layer's are kept at once, which takes fewer operations than one after the other."""


@dataclass(frozen=True)
class Weights:
    """A layer's numbers, or their gradients, for all seeds.

    Attributes:
        weight: Of shape (units, inputs, seeds), whichever way the layer's own lies.
        bias: Of shape (units, seeds); None where there is none.
    """

    weight: Tensor
    bias: Tensor | None


@dataclass(frozen=True)
class Entering:
    """What enters a layer.

    Attributes:
        values: Of shape (rows, inputs, seeds), or (rows, inputs, 1) where all seeds have the same.
        zeros: Inputs that are 0 for all rows and seeds and may be left out of sums.
        ones: Inputs that are 1 for all rows and seeds.
    """

    values: Tensor
    zeros: frozenset[int] = frozenset()
    ones: frozenset[int] = frozenset()


def emit_forward(
    program: Program, sums: Sums, entering: Entering, weights: Weights, out: Tensor, scratch: Scratch
) -> None:
    """Write down z = W·x + b for each row, of shape (rows, units, seeds)."""
    left = prune(sums, entering.zeros) if entering.zeros else sums
    if left is None:  # nothing enters a table
        program.add(out.zero_)
        return
    x, weight, bias = entering.values, weights.weight, weights.bias
    inputs = weight.shape[1]
    few = out.shape[0] * out.shape[1] * inputs * out.shape[2] <= _AT_ONCE
    products = None
    if few and not sums.fused and not entering.zeros and not entering.ones:
        products = scratch("products", (out.shape[0], out.shape[1], inputs, out.shape[2]))
        program.add(torch.mul, weight, x[:, None], out=products)

    def term(number: int, rows: slice, columns: slice) -> Term:
        if number == inputs:
            assert bias is not None
            return (bias[None, columns],)
        if products is not None:
            return (products[rows, columns, number],)
        if number in entering.ones:
            return (weight[None, columns, number],)
        return weight[columns, number], x[rows, number, None]

    emit(program, left, term, out, scratch)


def emit_backward(
    program: Program,
    sums: LayerSums,
    entering: Entering,
    weights: Weights,
    gradient: Tensor,
    into: Weights,
    reached: Tensor | None,
    scratch: Scratch,
) -> None:
    """Write down the gradients of a layer.

    Args:
        program: Where to.
        sums: The orders.
        entering: What enters.
        weights: Its numbers.
        gradient: That of z, of shape (rows, units, seeds).
        into: Where the gradients of its numbers go; the bias's may be ``gradient`` itself.
        reached: Where the gradient of what enters goes, of shape (rows, inputs, seeds); None where nobody asks.
        scratch: Memory to use.
    """
    x, weight = entering.values, weights.weight
    if reached is not None:
        assert sums.entering is not None
        emit(
            program,
            sums.entering,
            lambda unit, rows, columns: (weight[unit, columns], gradient[rows, unit, None]),
            reached,
            scratch,
        )
    if sums.weight is None:
        program.add(torch.mul, gradient[0][:, None], x[0][None], out=into.weight)
    else:
        emit(
            program,
            sums.weight,
            lambda row, units, inputs: (gradient[row, units, None], x[row, None, inputs]),
            into.weight,
            scratch,
        )
    if into.bias is None:
        return
    if sums.bias is not None:
        emit(program, sums.bias, lambda row, _, units: (gradient[row, None, units],), into.bias[None], scratch)
    elif into.bias.data_ptr() != gradient.data_ptr():
        program.add(into.bias.copy_, gradient[0])
