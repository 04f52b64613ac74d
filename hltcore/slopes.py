"""Slopes: activation functions, losses and their derivatives, in the very operations that PyTorch and autograd do.

All put their results into memory that is there already. What they give is believed only where it was compared with
autograd's, bit by bit (``exactness``). Sweeps write the same derivatives for all seeds at once
(``sweeps.functions``, ``sweeps.criteria``), laid out in another way: a new one goes into both.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from hltcore._torch import torch

__all__ = ["ACTIVATIONS", "CRITERIA", "Activation", "Criterion", "Operation"]

Tensor = torch.Tensor
Operation = Callable[[], object]
LossFunction = Callable[[Tensor, Tensor], Tensor]

_aten = torch.ops.aten
_ZERO = torch.tensor(0.0, dtype=torch.float32, device="cpu")
_ONE = torch.tensor(1.0, dtype=torch.float32, device="cpu")


def _room(shape: tuple[int, ...], dtype: torch.dtype = torch.float32) -> Tensor:
    """Memory for results, whatever a script has made PyTorch's default meanwhile."""
    return torch.empty(shape, dtype=dtype, device="cpu")


class Activation(NamedTuple):
    """An activation function.

    Attributes:
        forward: Given z and a, the operation that puts the activations into a.
        backward: Given the gradient of a, and z, a, and where the gradient of z goes, the operations that put it there.
    """

    forward: Callable[[Tensor, Tensor], Operation]
    backward: Callable[[Tensor, Tensor, Tensor, Tensor], list[Operation]]


def _from_zero(z: Tensor, a: Tensor) -> Operation:
    return partial(torch.clamp, z, 0, out=a)


def _clamp_backward(of_a: Tensor, z: Tensor, a: Tensor, of_z: Tensor) -> list[Operation]:
    is_open = _room(tuple(z.shape), torch.bool)
    return [partial(torch.ge, z, _ZERO, out=is_open), partial(torch.where, is_open, of_a, _ZERO, out=of_z)]


def _relu_backward(of_a: Tensor, z: Tensor, a: Tensor, of_z: Tensor) -> list[Operation]:
    return [partial(_aten.threshold_backward.grad_input, of_a, a, 0, grad_input=of_z)]


def _sigmoid_backward(of_a: Tensor, z: Tensor, a: Tensor, of_z: Tensor) -> list[Operation]:
    return [partial(_aten.sigmoid_backward.grad_input, of_a, a, grad_input=of_z)]


def _tanh_backward(of_a: Tensor, z: Tensor, a: Tensor, of_z: Tensor) -> list[Operation]:
    return [partial(_aten.tanh_backward.grad_input, of_a, a, grad_input=of_z)]


ACTIVATIONS: dict[str, Activation] = {
    "clamp": Activation(_from_zero, _clamp_backward),
    "relu": Activation(_from_zero, _relu_backward),  # the same function with another slope at 0
    "sigmoid": Activation(lambda z, a: partial(torch.sigmoid, z, out=a), _sigmoid_backward),
    "tanh": Activation(lambda z, a: partial(torch.tanh, z, out=a), _tanh_backward),
}
"""By name; the identity is none."""


class Criterion(NamedTuple):
    """A loss.

    Attributes:
        value: The sum over a batch, from predictions and targets of one shape.
        backward: Puts the gradient of the predictions into its last argument; the others are those that ``value`` was
            asked for last.
    """

    value: LossFunction
    backward: Callable[[Tensor, Tensor, Tensor], object]


def _difference(function: LossFunction, shape: tuple[int, ...]) -> Criterion:
    return Criterion(function, lambda prediction, target, out: out.fill_(1.0))


def _l1(function: LossFunction, shape: tuple[int, ...]) -> Criterion:
    error, size, alone = _room(shape), _room(shape), shape[0] == 1

    def value(prediction: Tensor, target: Tensor) -> Tensor:
        torch.sub(prediction, target, out=error)
        torch.abs(error, out=size)
        return size if alone else size.sum()

    return Criterion(value, lambda prediction, target, out: torch.sgn(error, out=out))


def _mse(function: LossFunction, shape: tuple[int, ...]) -> Criterion:
    error, square, alone = _room(shape), _room(shape), shape[0] == 1

    def value(prediction: Tensor, target: Tensor) -> Tensor:
        torch.sub(prediction, target, out=error)
        torch.mul(error, error, out=square)
        return square if alone else square.sum()

    return Criterion(value, lambda prediction, target, out: torch.add(error, error, out=out))


def _of_probability(function: LossFunction, shape: tuple[int, ...]) -> Criterion:
    backward, one, summed = _aten.binary_cross_entropy_backward.grad_input, _ONE, 2

    def slope(prediction: Tensor, target: Tensor, out: Tensor) -> None:
        backward(one, prediction, target, None, summed, grad_input=out)

    return Criterion(function, slope)


def _of_logit(function: LossFunction, shape: tuple[int, ...]) -> Criterion:
    def slope(prediction: Tensor, target: Tensor, out: Tensor) -> None:
        torch.sigmoid(prediction, out=out)
        torch.sub(out, target, out=out)

    return Criterion(function, slope)


CRITERIA: dict[tuple[str, str], Callable[[LossFunction, tuple[int, ...]], Criterion]] = {
    ("difference", "real"): _difference,
    ("difference", "probability"): _difference,
    ("l1", "real"): _l1,
    ("l1", "probability"): _l1,
    ("mse", "real"): _mse,
    ("mse", "probability"): _mse,
    ("cross-entropy", "real"): _of_logit,
    ("cross-entropy", "probability"): _of_probability,
}
"""By the loss's name and the model's kind of output; each is made from the loss itself and the shape of the targets."""
