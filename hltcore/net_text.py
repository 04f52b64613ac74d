"""The models as a script writes them: classes with a line for each layer, and no helper between it and PyTorch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hltcore.layers import is_table
from hltcore.written import Written

__all__ = ["eight_layer", "embedding", "linear_regression", "logistic_regression", "mlp", "two_layer"]

_MEAN = """\
        # The mean of the table's rows, each as often as it counts.
        total = counts.sum(-1, keepdim=True)
        h = counts @ self.embedding.weight / (total + (total == 0))
"""


class _Line(NamedTuple):
    """A layer, by the words that stand for its sizes; and what follows it."""

    name: str
    inputs: str
    outputs: str
    activation: str = "identity"


def _activated(activation: str, z: str) -> str:
    if activation == "identity":
        return z
    return f"{z}.clamp(min=0)" if activation == "clamp" else f"torch.{activation}({z})"


def _written(name: str, sizes: dict[str, int], layers: Iterable[_Line]) -> Written:
    """A class whose sizes are arguments, and the call that gives them."""
    *hidden, last = layers
    made = "".join(_made(layer) for layer in (*hidden, last))
    forward, x = "", "x"
    for layer in hidden:
        if is_table(layer.activation):
            forward += _MEAN
        else:
            forward += f"        h = {_activated(layer.activation, f'self.{layer.name}({x})')}\n"
        x = "h"
    given = "counts" if forward.startswith(_MEAN) else "x"
    define = (
        f"class {name}(torch.nn.Module):\n"
        f"    def __init__(self, {', '.join(sizes)}):\n"
        "        super().__init__()\n"
        f"{made}\n"
        f"    def forward(self, {given}):\n"
        f"{forward}"
        f"        return {_activated(last.activation, f'self.{last.name}({x})')}"
    )
    return Written(f"{name}({', '.join(map(str, sizes.values()))})", define)


def _made(layer: _Line) -> str:
    kind = "Embedding" if is_table(layer.activation) else "Linear"
    return f"        self.{layer.name} = torch.nn.{kind}({layer.inputs}, {layer.outputs})\n"


def logistic_regression(inputs: int) -> Written:
    """One linear layer and a sigmoid."""
    return _written("LogisticRegression", {"D_in": inputs}, [_Line("W", "D_in", "1", "sigmoid")])


def linear_regression(inputs: int) -> Written:
    """One linear layer."""
    return _written("LinearRegression", {"D_in": inputs}, [_Line("W", "D_in", "1")])


def two_layer(inputs: int, hidden: int) -> Written:
    """One hidden layer, clamped."""
    layers = [_Line("linear1", "D_in", "H", "clamp"), _Line("linear2", "H", "D_out")]
    return _written("TwoLayerNet", {"D_in": inputs, "H": hidden, "D_out": 1}, layers)


def eight_layer(inputs: int, hidden: int) -> Written:
    """Eight layers, of which the first is clamped."""
    middle = [_Line(f"linear{number}", "H", "H") for number in range(2, 8)]
    layers = [_Line("linear1", "D_in", "H", "clamp"), *middle, _Line("linear8", "H", "D_out")]
    return _written("EightLayerNet", {"D_in": inputs, "H": hidden, "D_out": 1}, layers)


def mlp(inputs: int, hidden: int, depth: int, activation: str) -> Written:
    """So many hidden layers of one width."""
    layers = [_Line(f"linear{i + 1}", "H" if i else "D_in", "H", activation) for i in range(depth)]
    return _written("MLP", {"D_in": inputs, "H": hidden}, [*layers, _Line(f"linear{depth + 1}", "H", "1")])


def embedding(inputs: int, dim: int) -> Written:
    """A table, the mean of its rows, and a linear layer with a sigmoid."""
    table = _Line("embedding", "D_in", "dim", "embedding")
    return _written("EmbeddingNet", {"D_in": inputs, "dim": dim}, [table, _Line("linear", "dim", "1", "sigmoid")])
