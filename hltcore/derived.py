"""Derived: what a forward and backward pass beside the run's own gives, packed."""

from __future__ import annotations

import math
from typing import NamedTuple

from hltcore._torch import torch
from hltcore.backprop import Backprop
from hltcore.feed import Examples
from hltcore.packing import TensorLayout, unpack
from hltcore.parameters import starts_of
from hltcore.passes import packed

__all__ = ["Beside", "Derived", "by_autograd"]

Tensor = torch.Tensor


class Derived(NamedTuple):
    """One forward and backward pass.

    Attributes:
        forward: All values on the way to the predictions, in the order of the layout, packed.
        loss: The sum of the losses.
        layout: The names and shapes of the gradients.
        gradients: All gradients, one flat tensor without gaps; they stay until the next pass.
    """

    forward: bytes
    loss: float
    layout: TensorLayout
    gradients: Tensor


class Beside:
    """Passes that add to no gradients, so that those of the run stay as they are.

    Args:
        backprop: The passes.
        layout: The parameters' names and shapes.
    """

    def __init__(self, backprop: Backprop, layout: TensorLayout) -> None:
        self._backprop = backprop
        self._layout = layout
        starts, size = starts_of(layout)
        sizes = list(map(math.prod, layout.shapes))
        self._pieces = [backprop.found[start : start + count] for start, count in zip(starts, sizes)]
        self._gaps = size > sum(sizes)

    def __call__(self, examples: Examples) -> Derived:
        """One pass on as many examples as the passes are made for."""
        prediction, forward = self._backprop.forward(examples.x)
        told, backward = self._backprop.loss(prediction, examples.target)
        backward()
        flat = torch.cat(self._pieces) if self._gaps else self._backprop.found
        return Derived(forward, unpack(told)[0], self._layout, flat)


def by_autograd(watched: list[Tensor], _prediction: Tensor, loss: float, slopes: dict[str, Tensor]) -> Derived:
    """The same of what ``Engine.differentiate`` gives."""
    layout = TensorLayout(tuple(slopes), tuple(tuple(slope.shape) for slope in slopes.values()))
    return Derived(packed(watched), loss, layout, torch.cat([slope.reshape(-1) for slope in slopes.values()]))
