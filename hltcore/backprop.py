"""Backprop: forward and backward through a row of linear layers, written out, without autograd's book-keeping.

What is done is what autograd does, operation by operation, in memory that stays from step to step. How PyTorch computes
a linear layer differs from version to version: only where ``exactness`` finds autograd's very bits is this used.
"""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

from hltcore import losses
from hltcore._torch import torch
from hltcore.models import Output
from hltcore.packing import TensorLayout, pack
from hltcore.parameters import aligned, starts_of
from hltcore.passes import Objective
from hltcore.slopes import ACTIVATIONS, CRITERIA, Operation

__all__ = ["Backprop", "Kind", "Pair", "pairs"]

Tensor = torch.Tensor
Pair = tuple[Tensor, Tensor]
"""A layer's weight and bias, or their gradients."""

_MOST = 1 << 14
"""Numbers of a forward pass up to which autograd's book-keeping is a good part of a step."""


class Kind(NamedTuple):
    """All that the operations of a step depend on, but for numbers.

    Attributes:
        widths: How many numbers enter, and how many each layer gives.
        functions: The name of each layer's activation function.
        loss: The loss's name.
        output: The model's kind of output.
        rows: How many examples.
    """

    widths: tuple[int, ...]
    functions: tuple[str, ...]
    loss: str
    output: Output
    rows: int

    @property
    def is_worth_it(self) -> bool:
        """Whether the slopes of all its parts are written out, and that is worth while."""
        known = all(function in ACTIVATIONS or function == "identity" for function in self.functions)
        return known and (self.loss, self.output) in CRITERIA and self.rows * sum(self.widths) <= _MOST

    @property
    def targets(self) -> tuple[int, ...]:
        """The shape of the targets, and of the predictions."""
        return (1,) if self.rows == 1 else (self.rows, 1)

    @property
    def layout(self) -> TensorLayout:
        """Each layer's weight and bias, in the order of the model's parameters."""
        sizes = list(zip(self.widths, self.widths[1:]))
        names = tuple(f"{number}.{part}" for number in range(len(sizes)) for part in ("weight", "bias"))
        return TensorLayout(names, tuple(shape for size in sizes for shape in ((size[1], size[0]), (size[1],))))


def pairs(kind: Kind, flat: Tensor) -> list[Pair]:
    """Each layer's weight and bias in a flat tensor that lies as ``ParameterBuffer.values``."""
    layout = kind.layout
    views = [
        flat[start : start + math.prod(shape)].view(shape) for start, shape in zip(starts_of(layout)[0], layout.shapes)
    ]
    return list(zip(views[::2], views[1::2]))


class Backprop:
    """The passes of one kind of step. They share their memory: a prediction stands until the next one.

    Args:
        kind: The kind.
        values: All parameters.
        gradients: All gradients, to which ``backward`` adds; None to have them in ``found`` alone.

    Attributes:
        found: The gradients of the last pass.
    """

    def __init__(self, kind: Kind, values: Tensor, gradients: Tensor | None) -> None:
        self._shape = (kind.rows, kind.widths[0])
        self._gradients = gradients
        self.found = torch.full_like(values, -0.0)
        # A sum over rows begins at 0, so that of -0 is 0; and -0 + g has the bits of g for every g.
        self._sums = torch.full_like(values, -0.0)
        for _, bias in pairs(kind, self._sums):
            bias.fill_(0.0)
        shapes = [(kind.rows, width) for width in kind.widths[1:]]
        active = [number for number, function in enumerate(kind.functions) if function != "identity"]
        self._bytes, tensors = aligned([*shapes, *(shapes[number] for number in active)])
        self._zs, activated = tensors[: len(shapes)], dict(zip(active, tensors[len(shapes) :]))
        self._outputs = [activated.get(number, z) for number, z in enumerate(self._zs)]
        self._prediction = self._outputs[-1].view(kind.targets)
        loss = losses.registry.get(kind.loss).factory(kind.output)
        self._criterion = CRITERIA[kind.loss, kind.output](loss, kind.targets)
        self._plan_forward(kind, pairs(kind, values))
        self._plan_backward(kind, values)

    def _plan_forward(self, kind: Kind, parameters: list[Pair]) -> None:
        weight, bias = parameters[0]
        self._enter = partial(torch.addmm, bias, mat2=weight.t(), out=self._zs[0])
        self._forward: list[Operation] = []
        for number, (weight, bias) in enumerate(parameters):
            z = self._zs[number]
            if number:
                self._forward.append(partial(torch.addmm, bias, self._outputs[number - 1], weight.t(), out=z))
            if kind.functions[number] in ACTIVATIONS:
                self._forward.append(ACTIVATIONS[kind.functions[number]].forward(z, self._outputs[number]))

    def _plan_backward(self, kind: Kind, values: Tensor) -> None:
        parameters, into = pairs(kind, values), pairs(kind, self.found)
        # Of one row, the gradient of z is that of the bias.
        shapes = [tuple(z.shape) for z in self._zs]
        of_z = [
            bias.view(1, -1) if kind.rows == 1 else values.new_empty(shape) for (_, bias), shape in zip(into, shapes)
        ]
        of_a = [values.new_empty(z.shape) if f in ACTIVATIONS else z for f, z in zip(kind.functions, of_z)]
        self._of_prediction = of_a[-1].view(kind.targets)
        self._backward: list[Operation] = []
        for number in reversed(range(len(into))):
            gradient, (weight, bias) = of_z[number], into[number]
            if kind.functions[number] in ACTIVATIONS:
                backward = ACTIVATIONS[kind.functions[number]].backward
                self._backward += backward(of_a[number], self._zs[number], self._outputs[number], gradient)
            if kind.rows > 1:
                self._backward.append(partial(torch.sum, gradient, 0, True, out=bias.view(1, -1)))
            if number:
                self._backward.append(partial(torch.mm, gradient.t(), self._outputs[number - 1], out=weight))
                self._backward.append(partial(torch.mm, gradient, parameters[number][0], out=of_a[number - 1]))
            else:
                self._leave = partial(torch.mm, gradient.t(), out=weight)

    def forward(self, x: Tensor) -> tuple[Tensor, bytes]:
        """The prediction; and all values on the way to it, in the order of the layout, packed."""
        self._x = x = x.view(self._shape)
        self._enter(mat1=x)
        for operation in self._forward:
            operation()
        return self._prediction, b"".join(self._bytes)

    def loss(self, prediction: Tensor, target: Tensor) -> Objective:
        """The loss of the prediction that came last."""
        value = self._criterion.value(prediction, target).item()
        return Objective(pack((value,)), partial(self._add_gradients, prediction, target))

    def _add_gradients(self, prediction: Tensor, target: Tensor) -> None:
        self._criterion.backward(prediction, target, self._of_prediction)
        for operation in self._backward:
            operation()
        self._leave(mat2=self._x)
        self.found.add_(self._sums)
        if self._gradients is not None:
            self._gradients.add_(self.found)
