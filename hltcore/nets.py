"""The models themselves: ordinary ``torch.nn.Module`` classes, from simple to involved.

Each is a row of linear layers, and each linear layer is followed by an activation function. Saying it in that form
lets a trainer run the same computation while it keeps every intermediate value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hltcore._torch import torch

__all__ = ["ACTIVATIONS", "MLP", "EightLayerNet", "FeedForward", "Layer", "LogisticRegression", "TwoLayerNet"]

Tensor = torch.Tensor


def _clamp(z: Tensor) -> Tensor:
    # Not relu: at z = 0 the gradient of clamp is 1 and that of relu is 0, and the lecture's nets clamp.
    return z.clamp(min=0)


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor] | None] = {
    "identity": None,
    "clamp": _clamp,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


class Layer(NamedTuple):
    """One linear layer and what follows it.

    Attributes:
        name: The attribute of the module that holds the ``torch.nn.Linear``.
        linear: That module; its weight has shape (outputs, inputs), its bias (outputs,).
        activation: A key of ``ACTIVATIONS``.
    """

    name: str
    linear: torch.nn.Linear
    activation: str


class FeedForward(torch.nn.Module):
    """Linear layers in a row, each with its activation function.

    Args:
        sizes: The width of the input and of each layer's output.
        names: A name for each layer.
        activations: For each layer, a key of ``ACTIVATIONS``.
    """

    def __init__(self, sizes: tuple[int, ...], names: tuple[str, ...], activations: tuple[str, ...]) -> None:
        super().__init__()
        for name, inputs, outputs in zip(names, sizes, sizes[1:]):
            self.add_module(name, torch.nn.Linear(inputs, outputs))
        self._plan = tuple(zip(names, activations))

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers in the order in which x passes them."""
        return tuple(Layer(name, self.get_submodule(name), activation) for name, activation in self._plan)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Map x of shape ``(inputs,)`` or ``(batch, inputs)`` to predictions of shape ``(1,)`` or ``(batch, 1)``."""
        for layer in self.layers:
            x = layer.linear(x)
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
