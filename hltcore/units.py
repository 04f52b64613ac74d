"""Units: the forward pass in plain Python, for what is to be known of hidden units without torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hltcore.chain import SLOPES
from hltcore.layers import EMBEDDING, by_unit, entering

__all__ = ["FUNCTIONS", "RECTIFIERS", "LayerValues", "dead_units", "forward", "is_dead", "layer_names", "outputs"]

FUNCTIONS: dict[str, Callable[[float], float]] = {
    EMBEDDING: lambda z: z,
    "identity": lambda z: z,
    "clamp": lambda z: max(z, 0.0) if z == z else z,
    "relu": lambda z: max(z, 0.0) if z == z else z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-max(z, -700.0))),
    "tanh": math.tanh,
}
"""Each activation function f: the activation from the pre-activation z."""

RECTIFIERS = ("clamp", "relu")
"""The functions that can close a unit: below 0 they give 0, and let no gradient pass."""


class LayerValues(NamedTuple):
    """One layer on one input.

    Attributes:
        name: The layer.
        pre_activations: z, one for each unit.
        activations: f(z).
    """

    name: str
    pre_activations: tuple[float, ...]
    activations: tuple[float, ...]


def layer_names(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The layers of a model whose parameters are weights and biases, in order."""
    return tuple(name.rpartition(".")[0] for name in parameters if name.endswith(".weight"))


def forward(parameters: Mapping[str, Any], functions: Sequence[str], x: Sequence[float]) -> tuple[LayerValues, ...]:
    """The values of a row of layers on one input, computed in float64.

    Args:
        parameters: By name, as ``Trainer.parameters`` gives them.
        functions: Each layer's activation function; where there are fewer than layers, the rest is not computed.
        x: The input.
    """
    layers = []
    values = tuple(x)
    for name, function in zip(layer_names(parameters), functions):
        weights = by_unit(function, parameters[f"{name}.weight"])
        values = entering(function, values)
        biases = parameters.get(f"{name}.bias") or (0.0,) * len(weights)
        zs = tuple(sum(w * a for w, a in zip(row, values)) + bias for row, bias in zip(weights, biases))
        values = tuple(map(FUNCTIONS[function], zs))
        layers.append(LayerValues(name, zs, values))
    return tuple(layers)


def outputs(
    parameters: Mapping[str, Any], functions: Sequence[str], points: Sequence[Sequence[float]], *, skip: int = 0
) -> list[float]:
    """The predictions for many points, computed in float64.

    Args:
        parameters: By name, as ``Trainer.parameters`` gives them.
        functions: Each layer's activation function.
        points: What enters.
        skip: The first layers that are left out: points enter above them.
    """
    columns: list[list[float]] = [list(column) for column in zip(*points)]
    for name, function in list(zip(layer_names(parameters), functions))[skip:]:
        weights = by_unit(function, parameters[f"{name}.weight"])
        biases = parameters.get(f"{name}.bias") or (0.0,) * len(weights)
        units = []
        for row, bias in zip(weights, biases):
            zs = [bias] * len(points)
            for weight, column in zip(row, columns):
                zs = [z + weight * value for z, value in zip(zs, column)]
            units.append(list(map(FUNCTIONS[function], zs)))
        columns = units
    return columns[0]


def is_dead(function: str, pre_activations: Iterable[float]) -> bool:
    """Whether a unit with these pre-activations, one for each example, is closed on all of them."""
    return function in RECTIFIERS and all(SLOPES[function](z, z) == 0 for z in pre_activations)


def dead_units(
    parameters: Mapping[str, Any], functions: Sequence[str], xs: Iterable[Sequence[float]]
) -> frozenset[tuple[str, int]]:
    """The units that no example opens: their activation is 0 everywhere, and no gradient reaches their weights.

    Args:
        parameters: By name, as ``Trainer.parameters`` gives them.
        functions: Each layer's activation function (``Layout.functions``).
        xs: The inputs of the data set.

    Returns:
        The layer's name and the unit's place there, for each.
    """
    depths = [depth for depth, function in enumerate(functions) if function in RECTIFIERS]
    if not depths:
        return frozenset()
    names = layer_names(parameters)
    closed = {(depth, unit) for depth in depths for unit in range(len(parameters[f"{names[depth]}.weight"]))}
    for x in xs:
        if not closed:
            break
        layers = forward(parameters, functions[: max(depth for depth, _ in closed) + 1], x)
        closed = {
            (depth, unit) for depth, unit in closed if is_dead(functions[depth], (layers[depth].pre_activations[unit],))
        }
    return frozenset((names[depth], unit) for depth, unit in closed)
