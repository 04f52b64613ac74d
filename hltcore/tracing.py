"""Tracing: a model's forward pass with every intermediate value kept.

For the models of this library the layers are run here, with the weights at hand, which spares the calls through
``torch.nn.Module``; any other module runs as it is, and hooks on its innermost parts collect their outputs. Where such
a module is a row of layers (``rows``), too, its numbers are told layer by layer as theirs are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from hltcore._torch import torch
from hltcore.errors import ShapeError, quoted, reason
from hltcore.events import Layout
from hltcore.layers import activates
from hltcore.nets import ACTIVATIONS, FeedForward, Layer
from hltcore.packing import TensorLayout
from hltcore.rows import row_of

__all__ = ["Traced", "trace"]

Tensor = torch.Tensor


class Traced(Protocol):
    """A forward pass that can be watched.

    Attributes:
        foreign: Whether it is somebody else's code, of which nothing is known.
    """

    foreign: bool

    def __call__(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The prediction, and all watched values: pre-activations, then activations; the prediction among them."""

    def layout(self, x: Tensor, parameters: TensorLayout) -> Layout:
        """Names and shapes of all numbers of a step on an input like x."""


def trace(model: torch.nn.Module) -> Traced:
    """The way to watch this model."""
    return _Layers(model) if isinstance(model, FeedForward) else _Hooks(model)


class _Layers:
    foreign = False

    def __init__(self, model: FeedForward) -> None:
        self._layers = [(layer.sums, layer.weight, layer.bias, ACTIVATIONS[layer.activation]) for layer in model.layers]
        self._row = model.layers

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
        return _row_layout(self._row, x, parameters)


def _row_layout(row: Sequence[Layer], x: Tensor, parameters: TensorLayout) -> Layout:
    """The layout of a row of layers on an input like x."""
    every = [(layer.name, activates(layer.activation), (*x.shape[:-1], layer.width)) for layer in row]
    active = [(name, shape) for name, activated, shape in every if activated]
    before = TensorLayout(tuple(name for name, _, _ in every), tuple(shape for _, _, shape in every))
    after = TensorLayout(tuple(name for name, _ in active), tuple(shape for _, shape in active))
    return Layout(parameters, before, after, tuple(layer.activation for layer in row))


class _Hooks:
    """Any module, as it is.

    Most people write ``forward`` for a batch of rows. Where it cannot take one example as a row alone, it gets a batch
    of one, and the numbers that come out lose that dimension again.
    """

    foreign = True

    def __init__(self, model: torch.nn.Module) -> None:
        self._model = model
        self._seen: dict[str, Tensor] = {}
        self._as_batch = False
        self._row = row_of(model)
        self._decided = False
        for name, part in model.named_modules():
            if not any(True for _ in part.children()):
                part.register_forward_hook(self._keep(name or type(model).__name__))

    def _keep(self, name: str) -> Callable[[torch.nn.Module, object, Tensor], None]:
        def hook(module: torch.nn.Module, inputs: object, output: Tensor) -> None:
            self._seen.pop(name, None)  # what comes last stands last
            if isinstance(output, Tensor):  # a part may give several tensors; those are not shown
                self._seen[name] = output.detach().clone()  # what follows may change it in place

        return hook

    def __call__(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        prediction = self._run(x)
        if self._row is not None:
            return prediction, self._in_row()
        # Always an entry of its own: whether the last part's output was changed after it cannot be told for sure.
        self._seen["output"] = prediction
        return prediction, list(self._seen.values())

    def _run(self, x: Tensor) -> Tensor:
        self._seen.clear()
        alone = self._as_batch and x.dim() == 1
        prediction: Tensor = self._model(x.unsqueeze(0) if alone else x)
        if alone and isinstance(prediction, Tensor):
            prediction = prediction.squeeze(0)
            self._seen = {name: value.squeeze(0) for name, value in self._seen.items()}
        return prediction

    def _in_row(self) -> list[Tensor]:
        """The numbers of the layers: what each linear one gave, and what its function makes of that."""
        assert self._row is not None
        before = [self._seen[layer.name] for layer in self._row]
        pairs = [(z, ACTIVATIONS[layer.activation]) for z, layer in zip(before, self._row)]
        with torch.no_grad():
            after = [activate(z) for z, activate in pairs if activate is not None]
        return [*before, *after]

    def _shape(self, x: Tensor) -> tuple[int, ...]:
        try:
            prediction: object = self._run(x)
        except Exception as error:
            raise ShapeError(
                f"The model {quoted(type(self._model).__name__)} cannot take x of shape {tuple(x.shape)}: "
                f"{reason(error)}"
            ) from error
        if not isinstance(prediction, Tensor):
            raise ShapeError(
                f"The model {quoted(type(self._model).__name__)} must give a tensor, with one number an example; it "
                f"gave {quoted(type(prediction).__name__)}."
            )
        return tuple(prediction.shape)

    def layout(self, x: Tensor, parameters: TensorLayout) -> Layout:
        wanted = (*x.shape[:-1], 1)
        with torch.no_grad():
            if x.dim() == 1 and not self._as_batch:
                self._try_as_batch(x, wanted)
            shape = self._shape(x)
            if shape != wanted:
                raise ShapeError(
                    f"The model {quoted(type(self._model).__name__)} must give one number an example; for x of shape "
                    f"{tuple(x.shape)} it gave {shape}."
                )
            if not self._decided:
                self._decided = True  # for good: all steps of a run are told in one way
                self._row = self._row if self._row is not None and self._is_row(x) else None
            if self._row is not None:
                return _row_layout(self._row, x, parameters)
            self(x)
        seen = TensorLayout(tuple(self._seen), tuple(tuple(value.shape) for value in self._seen.values()))
        return Layout(parameters, seen, TensorLayout((), ()), ())

    def _try_as_batch(self, x: Tensor, wanted: tuple[int, ...]) -> None:
        """Give a single example as a batch of one, if it cannot be given alone and can be given so."""
        with suppress(ShapeError):
            if self._shape(x) == wanted:
                return
        self._as_batch = True
        with suppress(ShapeError):
            if self._shape(x) == wanted:
                return
        self._as_batch = False

    def _is_row(self, x: Tensor) -> bool:
        """Whether the layers, computed one by one, give the very bits of the model."""
        assert self._row is not None
        value = prediction = self._run(x)
        value = x.unsqueeze(0) if self._as_batch and x.dim() == 1 else x
        for layer in self._row:
            value = layer.module(value)
            activate = ACTIVATIONS[layer.activation]
            value = value if activate is None else activate(value)
        return torch.equal(value.reshape(-1).nan_to_num(), prediction.reshape(-1).nan_to_num())
