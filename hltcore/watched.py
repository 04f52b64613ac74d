"""Watched: a model's parameters, with their optimizer, as they are put into the lines of an event log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from hltcore._torch import torch
from hltcore.errors import LogError, ShapeError, quoted
from hltcore.log_lines import LONGEST
from hltcore.tensor_lines import Named, TensorLine, size_of

__all__ = ["NOTHING", "Optimizer", "Watched", "default_interval"]

_INTERVALS = ((1_000, 1), (20_000, 20), (1_000_000, 100))
"""Up to how many numbers in the parameters tensors are recorded at each how manieth step."""
_LARGEST = 200
_LIMITS = (4096, 1024, 256)
"""Up to how many numbers a tensor is whole: the first with which a line is no longer than ``_LINE``."""
_LINE = 1 << 20
_TABLES = (torch.nn.Embedding, torch.nn.EmbeddingBag)
"""Modules whose gradients can be sparse."""
NOTHING = (None, None, None)
"""A batch of which nothing was given."""
_LAYOUTS = 16
"""Different sets of shapes whose buffers are kept."""


class Optimizer(Protocol):
    """What a watch reads of an optimizer."""

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """Its parameters and settings."""


def default_interval(size: int) -> int:
    """At each how manieth step tensors are recorded when nobody says, so that the training stays about as fast.

    Args:
        size: How many numbers all parameters have.
    """
    return next((every for most, every in _INTERVALS if size <= most), _LARGEST)


class Watched:
    """What is recorded of a model.

    Args:
        model: The model.
        optimizer: Its optimizer; None where there is none.
        limit: Tensors of at most that many numbers are whole; None for as many as make lines of a fair length.

    Attributes:
        model: The model's class.
        names: Its parameters' names, without those that are no real numbers or empty.
        limit: Tensors of at most that many numbers are whole.
        size: How many numbers all parameters have.

    Raises:
        LogError: It has no parameters, or none with shapes yet, or a step would be too long for a line.
    """

    def __init__(self, model: torch.nn.Module, optimizer: Optimizer | None, limit: int | None) -> None:
        named = _parameters(model)
        self.model = type(model).__name__
        owners = {name.rpartition(".")[0] for name, _ in named}
        self._kinds = {name: type(module).__name__ for name, module in model.named_modules() if name in owners}
        self.names = [name for name, _ in named]
        self._parameters = [parameter for _, parameter in named]
        self._optimizer = optimizer
        self.limit = _limit(named) if limit is None else limit
        self.size = sum(p.numel() for p in self._parameters)
        self._lines: dict[tuple[Named, ...], TensorLine] = {}
        self._plain: TensorLine | None = None  # of parameters and gradients alone, where all are whole
        self._pointers: list[int] = []
        self._views: list[torch.Tensor] = []
        self._sparse = any(isinstance(m, _TABLES) and m.sparse for m in model.modules())
        expected = _length(named, self.limit)
        if expected > LONGEST // 2:
            raise LogError(
                f"A step would take about {expected >> 20} MB, more than half of what a line of an event log may have: "
                f"set a limit below {self.limit}, or watch a part of the model."
            )

    def head(self) -> dict[str, Any]:
        """What the first line of a log tells of the model and its optimizer."""
        optimizer = self._optimizer
        return {
            "model": self.model,
            "optimizer": "" if optimizer is None else type(optimizer).__name__,
            "limit": self.limit,
            "kinds": self._kinds,
            "shapes": {name: list(p.shape) for name, p in zip(self.names, self._parameters)},
            **_ownership(self.names, self._parameters, optimizer),
        }

    def rate(self) -> Any:
        """The learning rate of the optimizer's first group; None where there is none."""
        groups = () if self._optimizer is None else self._optimizer.param_groups
        return groups[0].get("lr") if groups else None

    def _flat(self) -> list[torch.Tensor]:
        """The parameters in one dimension each, made anew where they were moved."""
        pointers = [p.data_ptr() for p in self._parameters]
        if pointers != self._pointers:
            self._pointers = pointers
            self._views = [p.detach().reshape(-1) for p in self._parameters]
            if any(not p.is_contiguous() for p in self._parameters):
                self._pointers = []  # these are copies
        return self._views

    def values(self, field: str) -> bytes:
        """The parameters as they are, as a field of a line."""
        shapes = [tuple(p.shape) for p in self._parameters]
        line = TensorLine([Named(field, *pair) for pair in zip(self.names, shapes)], self.limit)
        return line.fill(self._parameters)

    def step(self, batch: tuple[Any, Any, Any], seen: list[tuple[str, str | None, torch.Tensor]]) -> bytes:
        """A step's tensors, as fields of a line.

        Args:
            batch: Input, target and prediction, each None or a tensor or numbers.
            seen: Field, name and tensor of each activation.

        Raises:
            LogError: One of the batch is neither.
        """
        if self._plain is not None and not seen and batch is NOTHING:
            # at once, unless a gradient is missing, is part of a graph, or a shape is another than before
            with suppress(AttributeError, RuntimeError, ShapeError):
                given = [p.grad if p.ndim == 1 else p.grad.reshape(-1) for p in self._parameters]  # type: ignore[union-attr]
                return self._plain.fill_flat([*given, *self._flat()])  # type: ignore[list-item]
        gradients = [p.grad for p in self._parameters]
        if self._sparse:
            gradients = [None if g is None else g.to_dense() for g in gradients]
        fields: list[tuple[str, str | None, torch.Tensor]] = []
        for field, value in zip(("x", "target", "prediction"), batch):
            if value is not None:
                fields.append((field, None, _tensor(field, value)))
        plain = not fields and not seen and all(g is not None for g in gradients)
        fields += seen
        fields += [("gradients", n, g) for n, g in zip(self.names, gradients) if g is not None]
        fields += [("updated", name, p) for name, p in zip(self.names, self._parameters)]
        places = tuple(Named(field, name, tuple(tensor.shape)) for field, name, tensor in fields)
        line = self._lines.get(places)
        if line is None:
            if len(self._lines) == _LAYOUTS:
                self._lines.clear()
            line = self._lines[places] = TensorLine(places, self.limit)
        if plain and line.whole and not self._sparse:
            self._plain = line
        return line.fill([tensor for _, _, tensor in fields])


def _parameters(model: torch.nn.Module) -> list[tuple[str, torch.nn.Parameter]]:
    named = list(model.named_parameters())
    for name, parameter in named:
        if torch.nn.parameter.is_lazy(parameter):
            raise LogError(f"{quoted(name)} has no shape yet: send an example through the model before it is watched.")
    kept = [(name, p) for name, p in named if p.is_floating_point() and p.numel()]
    if not kept:
        raise LogError(f"The model {quoted(type(model).__name__)} has no parameters to watch.")
    return kept


def _length(named: Iterable[tuple[str, torch.nn.Parameter]], limit: int) -> int:
    """About how many bytes a step's line has."""
    return sum(2 * (size_of(tuple(p.shape), limit) + len(name)) for name, p in named)


def _limit(named: Sequence[tuple[str, torch.nn.Parameter]]) -> int:
    return next((limit for limit in _LIMITS if _length(named, limit) <= _LINE), _LIMITS[-1])


def _ownership(
    names: Sequence[str], parameters: Sequence[torch.nn.Parameter], optimizer: Optimizer | None
) -> dict[str, Any]:
    """What the optimizer holds of the model, and the other way about: by identity, as it steps tensors."""
    pairs = list(zip(names, parameters))
    frozen = [name for name, p in pairs if not p.requires_grad]
    if optimizer is None:
        return {"frozen": frozen, "unowned": [], "strangers": 0}
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    unowned = [name for name, p in pairs if p.requires_grad and id(p) not in held]
    return {"frozen": frozen, "unowned": unowned, "strangers": len(held - set(map(id, parameters)))}


def _tensor(field: str, value: Any) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        tensor = value.detach()
        return tensor if tensor.is_floating_point() else tensor.float()
    try:
        return torch.tensor(value, dtype=torch.float32, device="cpu")
    except (TypeError, ValueError, RuntimeError):
        raise LogError(f"{field} must be a tensor or numbers, and is {quoted(type(value).__name__)}.") from None
