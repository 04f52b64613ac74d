"""Tracing: a model's forward pass with every intermediate value kept.

For the models of this library the layers are run here, with the weights at hand, which spares the calls through
``torch.nn.Module``; any other module runs as it is, and hooks on its innermost parts collect their outputs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from hltcore._torch import torch
from hltcore.errors import ShapeError, quoted
from hltcore.events import Layout
from hltcore.layers import activates
from hltcore.nets import ACTIVATIONS, FeedForward
from hltcore.packing import TensorLayout

__all__ = ["Traced", "trace"]

Tensor = torch.Tensor


class Traced(Protocol):
    """A forward pass that can be watched."""

    def __call__(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The prediction, and all watched values: pre-activations, then activations; the prediction among them."""

    def layout(self, x: Tensor, parameters: TensorLayout) -> Layout:
        """Names and shapes of all numbers of a step on an input like x."""


def trace(model: torch.nn.Module) -> Traced:
    """The way to watch this model."""
    return _Layers(model) if isinstance(model, FeedForward) else _Hooks(model)


class _Layers:
    def __init__(self, model: FeedForward) -> None:
        self._layers = [(layer.sums, layer.weight, layer.bias, ACTIVATIONS[layer.activation]) for layer in model.layers]
        self._names = [(layer.name, activates(layer.activation)) for layer in model.layers]
        self._functions = tuple(layer.activation for layer in model.layers)
        self._widths = [layer.width for layer in model.layers]

    def __call__(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        before, after = [], []
        for sums, weight, bias, activate in self._layers:
            x = sums(x, weight, bias)
            before.append(x)
            if activate is not None:
                x = activate(x)
                after.append(x)
        return x, before + after

    def layout(self, x: Tensor, parameters: TensorLayout) -> Layout:
        shapes = [(*x.shape[:-1], width) for width in self._widths]
        every = list(zip(self._names, shapes))
        active = [(name, shape) for (name, activated), shape in every if activated]
        before = TensorLayout(tuple(name for (name, _), _ in every), tuple(shapes))
        after = TensorLayout(tuple(name for name, _ in active), tuple(shape for _, shape in active))
        return Layout(parameters, before, after, self._functions)


class _Hooks:
    def __init__(self, model: torch.nn.Module) -> None:
        self._model = model
        self._seen: dict[str, Tensor] = {}
        for name, part in model.named_modules():
            if not any(True for _ in part.children()):
                part.register_forward_hook(self._keep(name or type(model).__name__))

    def _keep(self, name: str) -> Callable[[torch.nn.Module, object, Tensor], None]:
        def hook(module: torch.nn.Module, inputs: object, output: Tensor) -> None:
            self._seen.pop(name, None)  # what comes last stands last
            self._seen[name] = output.detach().clone()  # what follows may change it in place

        return hook

    def __call__(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        self._seen.clear()
        prediction = self._model(x)
        # Always an entry of its own: whether the last part's output was changed after it cannot be told for sure.
        self._seen["output"] = prediction
        return prediction, list(self._seen.values())

    def layout(self, x: Tensor, parameters: TensorLayout) -> Layout:
        with torch.no_grad():
            prediction, _ = self(x)
        if prediction.shape != (*x.shape[:-1], 1):
            raise ShapeError(
                f"The model {quoted(type(self._model).__name__)} must give one number an example; for x of shape "
                f"{tuple(x.shape)} it gave {tuple(prediction.shape)}."
            )
        seen = TensorLayout(tuple(self._seen), tuple(tuple(value.shape) for value in self._seen.values()))
        return Layout(parameters, seen, TensorLayout((), ()), ())
