"""The models themselves: ordinary ``torch.nn.Module`` classes, from simple to involved.

Each is a row of layers: linear ones, each followed by an activation function, and perhaps an embedding table before
them. Saying it in that form lets a trainer run the same computation while it keeps every intermediate value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hltcore._torch import torch
from hltcore.layers import EMBEDDING, is_table

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "EightLayerNet",
    "EmbeddingNet",
    "FeedForward",
    "Layer",
    "LinearRegression",
    "LogisticRegression",
    "MeanEmbedding",
    "TwoLayerNet",
]

Tensor = torch.Tensor


def _clamp(z: Tensor) -> Tensor:
    # Not relu: at z = 0 the gradient of clamp is 1 and that of relu is 0, and the lecture's nets clamp.
    return z.clamp(min=0)


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor] | None] = {
    EMBEDDING: None,
    "identity": None,
    "clamp": _clamp,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


def _mean_of_rows(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    total = x.sum(-1, keepdim=True)
    return x @ weight / (total + (total == 0))  # without any count the mean is 0, not 0/0


class MeanEmbedding(torch.nn.Embedding):
    """An embedding table that is looked up with counts: it gives the mean of the rows, each as often as it counts.

    Its parameter ``weight`` has one row for each column of x.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Map counts of shape ``(rows,)`` or ``(batch, rows)`` to means of shape ``(dim,)`` or ``(batch, dim)``."""
        return _mean_of_rows(input, self.weight)


class Layer(NamedTuple):
    """One layer and what follows it.

    Attributes:
        name: The attribute of the module that holds the ``torch.nn.Linear`` or the ``MeanEmbedding``.
        module: That module. A linear layer's weight has shape (outputs, inputs), its bias (outputs,); a table has
            a weight of shape (inputs, outputs) and no bias.
        activation: A key of ``ACTIVATIONS``.
    """

    name: str
    module: torch.nn.Module
    activation: str

    @property
    def sums(self) -> Callable[[Tensor, Tensor, Tensor | None], Tensor]:
        """What the module computes, from x, its weight and its bias."""
        return _mean_of_rows if is_table(self.activation) else torch.nn.functional.linear

    @property
    def weight(self) -> Tensor:
        """The module's weight."""
        return self.module.get_parameter("weight")

    @property
    def bias(self) -> Tensor | None:
        """The module's bias."""
        return None if is_table(self.activation) else self.module.get_parameter("bias")

    @property
    def width(self) -> int:
        """How many outputs it has."""
        return self.weight.shape[1 if is_table(self.activation) else 0]


class FeedForward(torch.nn.Module):
    """Layers in a row, each linear one with its activation function.

    Args:
        sizes: The width of the input and of each layer's output.
        names: A name for each layer.
        activations: For each layer, a key of ``ACTIVATIONS``; ``EMBEDDING`` makes the first an embedding table.

    Attributes:
        sizes: These widths.
    """

    def __init__(self, sizes: tuple[int, ...], names: tuple[str, ...], activations: tuple[str, ...]) -> None:
        super().__init__()
        for name, activation, inputs, outputs in zip(names, activations, sizes, sizes[1:]):
            kind = MeanEmbedding if is_table(activation) else torch.nn.Linear
            self.add_module(name, kind(inputs, outputs))
        self.sizes = sizes
        self._plan = tuple(zip(names, activations))

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers in the order in which x passes them."""
        return tuple(Layer(name, self.get_submodule(name), activation) for name, activation in self._plan)

    def forward(self, x: Tensor) -> Tensor:
        """Map x of shape ``(inputs,)`` or ``(batch, inputs)`` to predictions of shape ``(1,)`` or ``(batch, 1)``."""
        for layer in self.layers:
            x = layer.module(x)
            activate = ACTIVATIONS[layer.activation]
            if activate is not None:
                x = activate(x)
        return x


class LogisticRegression(FeedForward):
    """sigmoid(W x + b).

    Args:
        D_in: The number of input features.
    """

    def __init__(self, D_in: int = 2) -> None:
        super().__init__((D_in, 1), ("W",), ("sigmoid",))


class LinearRegression(FeedForward):
    """W x + b.

    Args:
        D_in: The number of input features.
    """

    def __init__(self, D_in: int = 2) -> None:
        super().__init__((D_in, 1), ("W",), ("identity",))


class EmbeddingNet(FeedForward):
    """sigmoid(linear(the mean of the embeddings)).

    Args:
        D_in: The number of columns of x, each the count of a word or a letter.
        dim: How many numbers stand for each of them.
    """

    def __init__(self, D_in: int = 2, dim: int = 2) -> None:
        super().__init__((D_in, dim, 1), ("embedding", "linear"), (EMBEDDING, "sigmoid"))


class TwoLayerNet(FeedForward):
    """linear2(clamp(linear1(x))): one hidden layer, and an output that may be any real number.

    Args:
        D_in: The number of input features.
        H: The number of hidden units.
        D_out: The number of outputs.
    """

    def __init__(self, D_in: int = 2, H: int = 2, D_out: int = 1) -> None:
        super().__init__((D_in, H, D_out), ("linear1", "linear2"), ("clamp", "identity"))


class EightLayerNet(FeedForward):
    """Eight linear layers, of which only the first one's output is clamped.

    Between the clamp and the output stand seven linear maps, which together are one linear map: the depth adds
    parameters, not functions.

    Args:
        D_in: The number of input features.
        H: The number of units in each hidden layer.
        D_out: The number of outputs.
    """

    def __init__(self, D_in: int = 2, H: int = 4, D_out: int = 1) -> None:
        names = tuple(f"linear{number}" for number in range(1, 9))
        super().__init__((D_in, *(H,) * 7, D_out), names, ("clamp", *("identity",) * 7))


class MLP(FeedForward):
    """A multi-layer perceptron: hidden layers of one width and one activation function, and a linear output.

    Args:
        D_in: The number of input features.
        H: The number of units in each hidden layer.
        depth: The number of hidden layers.
        activation: What follows each hidden layer: a key of ``ACTIVATIONS``.
    """

    def __init__(self, D_in: int = 2, H: int = 4, depth: int = 1, activation: str = "tanh") -> None:
        names = tuple(f"linear{number}" for number in range(1, depth + 2))
        super().__init__((D_in, *(H,) * depth, 1), names, (*(activation,) * depth, "identity"))
