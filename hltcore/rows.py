"""Rows: whether a module of somebody else's is a row of linear layers, read off its own computation.

``torch.fx`` follows one symbolic x through ``forward`` and notes every operation on it. A model is a row when these are
linear layers, each followed by at most one activation function, and nothing else; and when its parameters are those of
these layers, in their order. Code that depends on numbers cannot be followed so, and such a model is no row.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

from hltcore._torch import torch
from hltcore.nets import Layer

__all__ = ["row_of"]

_MODULES: dict[type[torch.nn.Module], str] = {
    torch.nn.Identity: "identity",
    torch.nn.ReLU: "relu",
    torch.nn.Sigmoid: "sigmoid",
    torch.nn.Tanh: "tanh",
}
_FUNCTIONS: dict[Callable[..., Any], str] = {
    torch.relu: "relu",
    torch.nn.functional.relu: "relu",
    torch.sigmoid: "sigmoid",
    torch.nn.functional.sigmoid: "sigmoid",
    torch.tanh: "tanh",
    torch.nn.functional.tanh: "tanh",
    torch.clamp: "clamp",
}
_METHODS = {"relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "clamp": "clamp"}


def row_of(model: torch.nn.Module) -> tuple[Layer, ...] | None:
    """The layers in the order in which x passes them; None for a model that is not a row, or not known to be one."""
    nodes = _followed(model)
    if nodes is None:
        return None
    layers: list[Layer] = []
    before, activated = nodes[0], True
    for node in nodes[1:-1]:
        if node.args[:1] != (before,) or len(before.users) != 1:  # something else than the last value enters
            return None
        before = node
        module = model.get_submodule(str(node.target)) if node.op == "call_module" else None
        if type(module) is torch.nn.Linear and len(node.args) == 1 and not node.kwargs:
            layers.append(Layer(str(node.target), module, "identity"))
            activated = False
            continue
        function = _function(node, module)
        if function is None or (activated and function != "identity"):
            return None
        if function != "identity":
            layers[-1] = layers[-1]._replace(activation=function)
            activated = True
    if not layers or nodes[-1].args != (before,) or not _own_everything(model, layers):
        return None
    return tuple(layers)


def _followed(model: torch.nn.Module) -> list[torch.fx.Node] | None:
    """What a copy of the model does to one x, from x itself to the output."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nodes = list(torch.fx.symbolic_trace(copy.deepcopy(model)).graph.nodes)
    except Exception:  # anybody's code, run on what is no tensor
        return None
    ends = [node.op for node in nodes if node.op in ("placeholder", "output", "get_attr")]
    return nodes if ends == ["placeholder", "output"] else None


def _function(node: torch.fx.Node, module: torch.nn.Module | None) -> str | None:
    """The activation function that an operation is, or None."""
    if module is not None:
        return _MODULES.get(type(module))
    tables: dict[str, dict[Any, str]] = {"call_function": _FUNCTIONS, "call_method": _METHODS}
    name = tables.get(node.op, {}).get(node.target)
    if name == "clamp":  # from below, at 0, and nowhere else
        limits = {**dict(zip(("min", "max"), node.args[1:])), **node.kwargs}
        given = {key: value for key, value in limits.items() if value is not None}
        return "clamp" if given == {"min": 0} else None
    plain = len(node.args) == 1 and set(node.kwargs) <= {"inplace"}
    return name if plain else None


def _own_everything(model: torch.nn.Module, layers: list[Layer]) -> bool:
    """Whether the model's parameters are the layers' and no others, each once, in the order of the layers."""
    names = [f"{layer.name}.{part}" for layer in layers for part, _ in layer.module.named_parameters()]
    return [name for name, _ in model.named_parameters()] == names
