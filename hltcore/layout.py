"""Layout: how the numbers of a step lie in packed strings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from hltcore.packing import TensorLayout

__all__ = ["Layout"]


@dataclass(frozen=True)
class Layout:
    """The names and shapes of a step's tensors, shared by all events of a run.

    Attributes:
        parameters: The model's parameters, in ``model.parameters()`` order.
        pre_activations: Each layer's output before its activation function; for a batch, one row an example.
        activations: Each layer's output after it, only of layers whose function is not the identity.
        functions: The name of each layer's activation function, or ``layers.EMBEDDING`` for an embedding table; empty
            for a model that is not a row of layers.
    """

    parameters: TensorLayout
    pre_activations: TensorLayout
    activations: TensorLayout
    functions: tuple[str, ...] = ()

    @cached_property
    def layers(self) -> tuple[tuple[str, str, int, slice, slice], ...]:
        """Each layer's name, function and units, and where its z and f(z) are among the unpacked values."""
        before = dict(zip(self.pre_activations.names, self.pre_activations.slices(0)))
        after = {**before, **dict(zip(self.activations.names, self.activations.slices(self.pre_activations.size)))}
        every = zip(before, self.pre_activations.shapes, self.functions)
        return tuple((name, function, shape[-1], before[name], after[name]) for name, shape, function in every)

    @cached_property
    def prediction(self) -> slice:
        """Where the predictions, the last layer's output, are among the packed values, in bytes."""
        further = 4 * self.activations.size if self.pre_activations.names[-1] in self.activations.names else 0
        return slice(self.last.start + further, self.last.stop + further)

    @cached_property
    def last(self) -> slice:
        """Where the last layer's output before its activation function is among the packed values, in bytes."""
        end = self.pre_activations.size
        return slice(4 * (end - math.prod(self.pre_activations.shapes[-1])), 4 * end)
