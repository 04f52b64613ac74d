"""Exactness: whether the passes that are written out have the bits of autograd's on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from hltcore import losses
from hltcore._torch import torch
from hltcore.backprop import Backprop, Kind, Pair, pairs
from hltcore.nets import ACTIVATIONS
from hltcore.parameters import starts_of

__all__ = ["exact"]

Tensor = torch.Tensor


@cache
def exact(kind: Kind) -> bool:
    """Whether a kind of step has autograd's bits, as tried on numbers of all sorts."""
    with torch.inference_mode(False), torch.enable_grad():
        return all(_agree(kind, *trial) for trial in _trials(kind))


def _trials(kind: Kind) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Parameters, inputs and targets: drawn ones, some of the inputs 0; and zeros of either sign."""
    made: dict[str, Any] = {"dtype": torch.float32, "device": "cpu"}  # whatever is a script's default meanwhile
    generator = torch.Generator("cpu").manual_seed(0)
    normal, uniform = (partial(draw, generator=generator, **made) for draw in (torch.randn, torch.rand))
    size = starts_of(kind.layout)[1]
    x_shape = (kind.widths[0],) if kind.rows == 1 else (kind.rows, kind.widths[0])
    for share in (1.0, 1.0, 0.5):
        x = normal(x_shape) * (uniform(x_shape) < share)
        target = (uniform(kind.targets) < 0.5).float()
        yield normal((size,)), x, target
    yield torch.full((size,), -0.0, **made), torch.ones(x_shape, **made), torch.zeros(kind.targets, **made)


def _agree(kind: Kind, values: Tensor, x: Tensor, target: Tensor) -> bool:
    gradients = torch.full_like(values, -0.0)
    backprop = Backprop(kind, values, gradients)
    prediction, packed = backprop.forward(x)
    told = backprop.loss(prediction, target)
    told.backward()
    found = [gradient for pair in pairs(kind, gradients) for gradient in pair]

    leaves = [
        (weight.detach().requires_grad_(), bias.detach().requires_grad_()) for weight, bias in pairs(kind, values)
    ]
    watched, loss = _by_autograd(kind, leaves, x, target)
    loss.backward()  # type: ignore[no-untyped-call]
    wanted = [-0.0 + leaf.grad for pair in leaves for leaf in pair if leaf.grad is not None]

    same = torch.equal(torch.frombuffer(bytearray(packed + told.packed), dtype=torch.int32), _bits([*watched, loss]))
    return same and torch.equal(_bits(found), _bits(wanted))


def _by_autograd(kind: Kind, layers: list[Pair], x: Tensor, target: Tensor) -> tuple[list[Tensor], Tensor]:
    """All values on the way to the prediction, and the loss."""
    before, after = [], []
    for (weight, bias), function in zip(layers, kind.functions):
        x = torch.nn.functional.linear(x, weight, bias)
        before.append(x)
        activate = ACTIVATIONS[function]
        if activate is not None:
            x = activate(x)
            after.append(x)
    return before + after, losses.registry.get(kind.loss).factory(kind.output)(x, target)


def _bits(tensors: list[Tensor]) -> Tensor:
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors]).view(torch.int32)
