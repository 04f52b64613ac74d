"""Looking: how this machine's own operations add up what a layer computes, found out by having them do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hltcore._torch import torch
from hltcore.nets import Layer
from hltcore.sweeps.layer import Entering, Weights, emit_backward, emit_forward
from hltcore.sweeps.program import Program, Scratch
from hltcore.sweeps.summation import UnknownOrder, reveal
from hltcore.sweeps.sums import LayerSums, Sums

__all__ = ["look"]

Tensor = torch.Tensor

_TRIALS = 48
"""Random layers on which an order is tried."""


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

    def forward(values: list[float]) -> list[float]:
        columns = torch.tensor(values[:inputs]).expand(real.rows, inputs)
        return _listed(real(columns, 1.0, values[-1], 1.0).z)

    def entering(values: list[float]) -> list[float]:
        return _listed(real(1.0, 1.0, 0.0, torch.tensor(values).expand(real.rows, real.units)).entering)

    def by_row(values: list[float]) -> _Done:
        return real(1.0, 1.0, 0.0, torch.tensor(values)[:, None].expand(real.rows, real.units))

    several = real.rows > 1
    of_z = Sums(tuple(reveal(forward, inputs + biased)), real.units)
    of_entering = None if first else Sums(tuple(reveal(entering, real.units)), inputs)
    of_weight = Sums(tuple(reveal(lambda v: _listed(by_row(v).weight), real.rows)), inputs) if several else None
    of_bias = (
        Sums(tuple(reveal(lambda v: _listed(by_row(v).bias), real.rows)), real.units) if several and biased else None
    )
    return _with_rounding(real, LayerSums(of_z, of_entering, of_weight, of_bias), biased)


def _listed(tensor: Tensor) -> list[float]:
    return [float(value) for value in tensor.reshape(-1).tolist()]


def _with_rounding(real: _Real, sums: LayerSums, biased: bool) -> LayerSums:
    """The same orders, with whether products are rounded before they are added."""
    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, _TRIALS, generator=generator)

    x, weight = draw(real.rows, real.inputs), draw(real.units, real.inputs)
    bias, gradient = draw(real.units), draw(real.rows, real.units)
    done = [real(x[..., i], weight[..., i], bias[..., i], gradient[..., i]) for i in range(_TRIALS)]
    wanted = _Done(*(torch.stack(values, -1) for values in zip(*done)))
    fused, plain = (_emulated(sums, fuse, x, weight, bias if biased else None, gradient) for fuse in (True, False))

    def chosen(sums: Sums | None, value: Callable[[_Done], Tensor]) -> Sums | None:
        if sums is None:
            return None
        for fuse, result in ((False, plain), (True, fused)):
            if torch.equal(value(result), value(wanted)):
                return Sums(sums.orders, sums.columns, fuse)
        raise UnknownOrder

    forward = chosen(sums.forward, lambda done: done.z)
    assert forward is not None
    return LayerSums(
        forward,
        chosen(sums.entering, lambda done: done.entering),
        chosen(sums.weight, lambda done: done.weight),
        chosen(sums.bias, lambda done: done.bias),
    )


def _emulated(sums: LayerSums, fuse: bool, x: Tensor, weight: Tensor, bias: Tensor | None, gradient: Tensor) -> _Done:
    program, scratch = Program(), Scratch()
    tried = LayerSums(*(kind and Sums(kind.orders, kind.columns, fuse) for kind in sums))  # type: ignore[arg-type]
    weights, entering = Weights(weight, bias), Entering(x)
    into = Weights(torch.zeros(weight.shape), None if bias is None else torch.zeros(bias.shape))
    z = torch.zeros(gradient.shape)
    reached = None if sums.entering is None else torch.zeros(x.shape)
    emit_forward(program, tried.forward, entering, weights, z, scratch)
    emit_backward(program, tried, entering, weights, gradient, into, reached, scratch)
    program()
    nothing = torch.empty(0)
    return _Done(z, nothing if reached is None else reached, into.weight, nothing if into.bias is None else into.bias)
