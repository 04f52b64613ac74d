"""Updaters: the optimizer of a run, with its state as packed bytes that can be put back."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from hltcore._torch import torch
from hltcore.optimizers import OptimizerEntry
from hltcore.options import Value
from hltcore.packing import pack
from hltcore.parameters import ParameterBuffer

__all__ = ["State", "Updater", "make_updater"]


class State(NamedTuple):
    """An optimizer's state between two steps.

    Attributes:
        keys: For each stored tensor, its parameter's place, its key in the optimizer's state, and its shape.
        numbers: All of them, packed.
    """

    keys: tuple[tuple[int, str, tuple[int, ...]], ...] = ()
    numbers: bytes = b""


class Updater(Protocol):
    """What a step asks of an optimizer."""

    lr: float

    def zero_grad(self) -> None:
        """Empty the gradients of the parameters it holds."""

    def step(self) -> None:
        """Update the parameters it holds by their gradients."""

    def save(self) -> State:
        """Its state."""

    def restore(self, state: State) -> None:
        """Put a state back."""


def make_updater(
    entry: OptimizerEntry, lr: float, options: dict[str, Value], model: torch.nn.Module, buffer: ParameterBuffer
) -> Updater:
    """The updater for an optimizer."""
    if entry.plain is not None and options == dict(entry.plain):
        return _PlainSGD(lr, buffer)
    # A frozen parameter has a zero gradient in the buffer and none in PyTorch, where optimizers then pass it by.
    free = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return _Torch(entry.factory(free, lr, **options), buffer)


class _PlainSGD:
    """θ − lr·g over the whole buffer at once: what ``torch.optim.SGD`` computes, bit for bit."""

    def __init__(self, lr: float, buffer: ParameterBuffer) -> None:
        self.lr = lr
        self._values = buffer.values
        self._gradients = buffer.gradients
        self.zero_grad = buffer.zero_gradients

    def step(self) -> None:
        self._values.add_(self._gradients, alpha=-self.lr)

    def save(self) -> State:
        return State()

    def restore(self, state: State) -> None:
        """It has no state."""


class StaleUpdater:
    """An optimizer that holds another model's parameters.

    Those never get a gradient, so it has nothing to update; and this model's gradients, which it does not hold, are
    never zeroed and add up.
    """

    def __init__(self, lr: float) -> None:
        self.lr = lr

    def zero_grad(self) -> None:
        """This model's gradients are not among those it empties."""

    def step(self) -> None:
        """None of its parameters has a gradient."""

    def save(self) -> State:
        return State()

    def restore(self, state: State) -> None:
        """Its state never changes."""


class _Torch:
    def __init__(self, optimizer: torch.optim.Optimizer, buffer: ParameterBuffer) -> None:
        self._optimizer = optimizer
        self._parameters = [p for group in optimizer.param_groups for p in group["params"]]
        self._keys: tuple[tuple[int, str, tuple[int, ...]], ...] = ()
        # Not the optimizer's own zero_grad: that would replace the buffer's views by None.
        self.zero_grad = buffer.zero_gradients
        self.step = optimizer.step

    @property
    def lr(self) -> float:
        return float(self._optimizer.param_groups[0]["lr"])

    @lr.setter
    def lr(self, lr: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = lr

    def save(self) -> State:
        found = [
            (place, key, value)
            for place, parameter in enumerate(self._parameters)
            for key, value in self._optimizer.state.get(parameter, {}).items()
            if isinstance(value, torch.Tensor)
        ]
        keys = tuple((place, key, tuple(value.shape)) for place, key, value in found)
        if keys != self._keys:
            self._keys = keys  # one tuple for all checkpoints
        numbers = torch.cat([value.reshape(-1) for _, _, value in found]).tolist() if found else []
        return State(self._keys, pack(numbers))

    def restore(self, state: State) -> None:
        self._optimizer.state.clear()
        numbers = torch.frombuffer(bytearray(state.numbers), dtype=torch.float32) if state.keys else None
        start = 0
        for place, key, shape in state.keys:
            value: Any = torch.empty(shape)
            value.copy_(numbers[start : start + value.numel()].view(shape))  # type: ignore[index]
            self._optimizer.state[self._parameters[place]][key] = value
            start += value.numel()
