"""Looking: how this machine's own operations add up what a layer computes, found out by having them do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hltcore._torch import torch
from hltcore.nets import Layer
from hltcore.sweeps.layer import Entering, Weights, emit_backward, emit_forward
from hltcore.sweeps.program import Program, Scratch
from hltcore.sweeps.summation import UnknownOrder, reveal, reveal_rounding
from hltcore.sweeps.sums import LayerSums, Sums

__all__ = ["look"]

Tensor = torch.Tensor

_TRIALS = 48
"""Random layers on which an order is tried."""


_Measure = Callable[[list[float], list[float]], list[float]]
"""Gives sums for two factors of each term."""


class _Done(NamedTuple):
    """What a layer's own operations gave."""

    z: Tensor
    entering: Tensor
    weight: Tensor
    bias: Tensor


class _Real:
    """A layer with its own operations, in memory that lies as a trainer's does.

    Args:
        layer: The layer, whose numbers are overwritten.
        x: What enters a batch, of shape (inputs,) or (rows, inputs); only how it lies counts.
        first: Whether no gradient of what enters is asked for.
    """

    def __init__(self, layer: Layer, x: Tensor, first: bool) -> None:
        self._table = layer.bias is None
        self._weight, self._bias = layer.weight, layer.bias
        storage = torch.zeros(x.untyped_storage().nbytes() // x.element_size())
        self._x = storage.as_strided(x.shape, x.stride(), x.storage_offset())
        self._first = first
        self.rows = x.shape[0] if x.dim() == 2 else 1
        self.inputs, self.units = x.shape[-1], layer.width

    def __call__(self, x: Tensor | float, weight: Tensor | float, bias: Tensor | float, g: Tensor | float) -> _Done:
        """Forward and backward on x (rows, inputs), weight (units, inputs), bias and the gradient g (rows, units)."""
        with torch.no_grad():
            _fill(self._x, x)
            _fill(self._weight.t() if self._table else self._weight, weight)
            if self._bias is not None:
                _fill(self._bias, bias)
        entering = self._x.detach().requires_grad_(not self._first)
        given = _fill(torch.empty((*self._x.shape[:-1], self.units)), g)
        asked = [self._weight, *([] if self._bias is None else [self._bias]), *([] if self._first else [entering])]
        z = entering @ self._weight if self._table else torch.nn.functional.linear(entering, self._weight, self._bias)
        of_weight, *others = torch.autograd.grad((z * given).sum(), asked)
        nothing = torch.empty(0)
        return _Done(
            z.detach().reshape(self.rows, self.units),
            nothing if self._first else others[-1].reshape(self.rows, self.inputs),
            of_weight.t() if self._table else of_weight,
            nothing if self._bias is None else others[0],
        )


def _fill(tensor: Tensor, value: Tensor | float) -> Tensor:
    return tensor.copy_(value.reshape(tensor.shape)) if isinstance(value, Tensor) else tensor.fill_(value)


def look(layer: Layer, x: Tensor, first: bool) -> LayerSums:
    """The orders of a layer's sums.

    Args:
        layer: The layer, whose numbers are overwritten.
        x: What enters, of shape (inputs,) or (rows, inputs), lying in memory as it does in a run.
        first: Whether it is the first layer.

    Raises:
        UnknownOrder: What the machine computes is none of the sums that are known.
    """
    real = _Real(layer, x, first)
    inputs = real.inputs
    biased = layer.bias is not None

    def forward(values: list[float], weights: list[float]) -> list[float]:
        columns = torch.tensor(values[:inputs]).expand(real.rows, inputs)
        weight = torch.tensor(weights[:inputs]).expand(real.units, inputs)
        return _listed(real(columns, weight, values[-1], 1.0).z)

    def entering(values: list[float], weights: list[float]) -> list[float]:
        weight = torch.tensor(weights)[:, None].expand(real.units, inputs)
        return _listed(real(1.0, weight, 0.0, torch.tensor(values).expand(real.rows, real.units)).entering)

    def by_row(values: list[float], others: list[float]) -> _Done:
        columns = torch.tensor(others)[:, None].expand(real.rows, inputs)
        return real(columns, 1.0, 0.0, torch.tensor(values)[:, None].expand(real.rows, real.units))

    def sums(measure: _Measure, products: int, terms: int, columns: int) -> Sums:
        orders = reveal(lambda values: measure(values, [1.0] * terms), terms)
        return Sums(tuple(reveal_rounding(orders, measure, products, terms)), columns)

    rows, several = real.rows, real.rows > 1
    found = LayerSums(
        sums(forward, inputs, inputs + biased, real.units),
        None if first else sums(entering, real.units, real.units, inputs),
        sums(lambda *factors: _listed(by_row(*factors).weight), rows, rows, inputs) if several else None,
        sums(lambda *factors: _listed(by_row(*factors).bias), 0, rows, real.units) if several and biased else None,
    )
    _check(real, found, biased)
    return found


def _listed(tensor: Tensor) -> list[float]:
    return [float(value) for value in tensor.reshape(-1).tolist()]


def _check(real: _Real, sums: LayerSums, biased: bool) -> None:
    """See that they give the bits of the layer's own operations, for many numbers.

    Raises:
        UnknownOrder: They do not.
    """
    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, _TRIALS, generator=generator)

    x, weight = draw(real.rows, real.inputs), draw(real.units, real.inputs)
    bias, gradient = draw(real.units), draw(real.rows, real.units)
    done = [real(x[..., i], weight[..., i], bias[..., i], gradient[..., i]) for i in range(_TRIALS)]
    wanted = _Done(*(torch.stack(values, -1) for values in zip(*done)))
    given = _emulated(sums, x, weight, bias if biased else None, gradient)
    if not all(its is None or torch.equal(got, want) for its, got, want in zip(sums, given, wanted)):
        raise UnknownOrder


def _emulated(sums: LayerSums, x: Tensor, weight: Tensor, bias: Tensor | None, gradient: Tensor) -> _Done:
    program, scratch = Program(), Scratch()
    weights, entering = Weights(weight, bias), Entering(x)
    into = Weights(torch.zeros(weight.shape), None if bias is None else torch.zeros(bias.shape))
    z = torch.zeros(gradient.shape)
    reached = None if sums.entering is None else torch.zeros(x.shape)
    emit_forward(program, sums.forward, entering, weights, z, scratch)
    emit_backward(program, sums, entering, weights, gradient, into, reached, scratch)
    program()
    nothing = torch.empty(0)
    return _Done(z, nothing if reached is None else reached, into.weight, nothing if into.bias is None else into.bias)
