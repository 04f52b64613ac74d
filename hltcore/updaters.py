"""Updaters: the optimizer of a run, with its state as packed bytes that can be put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from hltcore._torch import torch
from hltcore.errors import OptionError, quoted
from hltcore.optimizers import OptimizerEntry
from hltcore.options import Value
from hltcore.packing import nest, pack
from hltcore.parameters import ParameterBuffer

__all__ = ["Ownership", "State", "Updater", "make_updater"]


class Ownership(NamedTuple):
    """What an optimizer was given, beside what a model has; tensors are compared by identity.

    Attributes:
        missing: The model's parameters that it does not hold, by name.
        foreign: Numbers that it holds and that are not the model's.
    """

    missing: tuple[str, ...] = ()
    foreign: int = 0


class State(NamedTuple):
    """An optimizer's state between two steps.

    Attributes:
        keys: For each stored tensor of float32, its parameter's place, its key in the optimizer's state, its shape.
        numbers: All of them, packed.
        others: Parameter's place, key and value of what is not float32: copies of tensors, plain numbers.
    """

    keys: tuple[tuple[int, str, tuple[int, ...]], ...] = ()
    numbers: bytes = b""
    others: tuple[tuple[int, str, Any], ...] = ()


class Updater(Protocol):
    """What a step asks of an optimizer."""

    lr: float
    ownership: Ownership

    def zero_grad(self) -> None:
        """Empty the gradients of the parameters it holds."""

    @property
    def step(self) -> Callable[[], object]:
        """Update the parameters it holds by their gradients."""

    def save(self) -> State:
        """Its state."""

    def restore(self, state: State) -> None:
        """Put a state back."""

    def state(self) -> dict[str, dict[str, Any]]:
        """Its state by parameter name and PyTorch's name for the value, as floats and nested tuples."""


def make_updater(
    entry: OptimizerEntry, lr: float, options: dict[str, Value], model: torch.nn.Module, buffer: ParameterBuffer
) -> Updater:
    """The updater for an optimizer."""
    parameters = list(model.parameters())
    # A frozen parameter has a zero gradient in the buffer and none in PyTorch, where optimizers then pass it by; the
    # whole buffer's update does not, and would make a frozen -0.0 a 0.0.
    free = [parameter for parameter in parameters if parameter.requires_grad]
    if entry.plain is not None and options == dict(entry.plain) and len(free) == len(parameters):
        return _PlainSGD(lr, buffer)
    names = {parameter: name for name, parameter in model.named_parameters()}
    return _Torch(entry.factory(free, lr, **options), buffer, names, free)


class _PlainSGD:
    """θ − lr·g over the whole buffer at once: what ``torch.optim.SGD`` computes, bit for bit."""

    ownership = Ownership()

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

    def state(self) -> dict[str, dict[str, Any]]:
        return {}


class StaleUpdater:
    """An optimizer that holds another model's parameters.

    Those never get a gradient, so it has nothing to update; and this model's gradients, which it does not hold, are
    never zeroed and add up.

    Args:
        lr: The learning rate.
        names: This model's parameters.
    """

    def __init__(self, lr: float, names: tuple[str, ...]) -> None:
        self.lr = lr
        self.ownership = Ownership(names)

    def zero_grad(self) -> None:
        """This model's gradients are not among those it empties."""

    def step(self) -> None:
        """None of its parameters has a gradient."""

    def save(self) -> State:
        return State()

    def restore(self, state: State) -> None:
        """Its state never changes."""

    def state(self) -> dict[str, dict[str, Any]]:
        return {}


class _Torch:
    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        buffer: ParameterBuffer,
        names: Mapping[torch.nn.Parameter, str],
        free: Sequence[torch.nn.Parameter],
    ) -> None:
        self._optimizer = optimizer
        self._names = names
        self._parameters = [p for group in optimizer.param_groups for p in group["params"]]
        self._keys: tuple[tuple[int, str, tuple[int, ...]], ...] = ()
        held = set(self._parameters)  # a tensor's hash is its identity
        foreign = sum(parameter.numel() for parameter in held - names.keys())
        self.ownership = Ownership(tuple(names[parameter] for parameter in free if parameter not in held), foreign)
        # Not the optimizer's own zero_grad: that would replace the buffer's views by None.
        self.zero_grad = self._zero_held if self.ownership.missing else buffer.zero_gradients
        self.step: Callable[[], object] = self._first_step

    def _zero_held(self) -> None:
        """Empty the gradients of what it holds alone, as its own zero_grad would; -0.0 as in the buffer."""
        for parameter in self._parameters:
            if parameter.grad is not None:
                parameter.grad.fill_(-0.0)

    def _first_step(self) -> None:
        """A step that finds out at once whether the state can be kept, not at some later checkpoint."""
        self._optimizer.step()
        self.save()
        self.step = self._optimizer.step

    @property
    def lr(self) -> float:
        return float(self._optimizer.param_groups[0]["lr"])

    @lr.setter
    def lr(self, lr: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = lr

    def save(self) -> State:
        found: list[tuple[int, str, torch.Tensor]] = []
        others: list[tuple[int, str, Any]] = []
        for place, parameter in enumerate(self._parameters):
            for key, value in self._optimizer.state.get(parameter, {}).items():
                if isinstance(value, torch.Tensor) and value.dtype == torch.float32:
                    found.append((place, key, value))
                else:
                    others.append((place, key, self._copied(key, value)))
        keys = tuple((place, key, tuple(value.shape)) for place, key, value in found)
        if keys != self._keys:
            self._keys = keys  # one tuple for all checkpoints
        numbers = torch.cat([value.reshape(-1) for _, _, value in found]).tolist() if found else []
        return State(self._keys, pack(numbers), tuple(others))

    def _copied(self, key: str, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return value.detach().clone()
        if value is None or isinstance(value, bool | int | float | str):
            return value
        raise OptionError(
            f"The optimizer {quoted(type(self._optimizer).__name__)} keeps {quoted(key)} as "
            f"{quoted(type(value).__name__)}: only tensors and plain numbers can be kept and put back."
        )

    def restore(self, state: State) -> None:
        self._optimizer.state.clear()
        numbers = torch.frombuffer(bytearray(state.numbers), dtype=torch.float32) if state.keys else None
        start = 0
        for place, key, shape in state.keys:
            value: Any = torch.empty(shape)
            value.copy_(numbers[start : start + value.numel()].view(shape))  # type: ignore[index]
            self._optimizer.state[self._parameters[place]][key] = value
            start += value.numel()
        for place, key, value in state.others:
            self._optimizer.state[self._parameters[place]][key] = self._copied(key, value)

    def state(self) -> dict[str, dict[str, Any]]:
        told = {}
        for parameter in self._parameters:
            kept = self._optimizer.state.get(parameter, {})
            values = {key: _plain(value) for key, value in kept.items() if value is not None}
            if values:
                told[self._names[parameter]] = values
        return told


def _plain(value: Any) -> Any:
    """A tensor as a float or nested tuples; a number as it is."""
    if isinstance(value, torch.Tensor):
        return nest(value.reshape(-1).tolist(), tuple(value.shape))
    return value
