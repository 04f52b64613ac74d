"""Footage: a training loop of somebody else at one moment, as far as it was recorded, as frozen facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hltcore.logged import LogStarted, LogStep, Tensor
from tui.moment import Kind, Moment

__all__ = ["Footage"]


@dataclass(frozen=True, eq=False)
class Footage(Moment):
    """A recorded training loop.

    Attributes:
        started: How the run began; None where that is not in the log.
        step: The step that led here; None at the beginning, and where it is missing.
        held: The last step until here whose tensors were recorded; None where there is none.
        tensors: By name, the parameters after that step, or before the first one; empty where none were recorded.
        tells_epochs: Whether its steps say in which epoch they were done.
    """

    started: LogStarted | None = None
    step: LogStep | None = None
    held: LogStep | None = None
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    tells_epochs: bool = False

    @property
    def kind(self) -> Kind:
        """A training loop of somebody's own."""
        return "watched"

    @property
    def lacks(self) -> frozenset[str]:
        """Ids of keys that would do nothing: it may be without epochs, activations, or single numbers."""
        lacks = super().lacks
        if not self.tells_epochs:
            lacks |= {"epoch", "back-epoch"}
        if self.started is None or not self.started.layers:
            lacks |= {"network"}
        if not self.parameters:
            lacks |= {"next-change", "previous-change", "next-sign", "previous-sign"}
        return lacks

    @property
    def epochs(self) -> int:
        """Completed epochs, as far as that is known."""
        return int(self.step.epoch) if self.step is not None and self.step.epoch is not None else 0

    @property
    def is_held_here(self) -> bool:
        """Whether the tensors are those of this very point, and not of an earlier one."""
        return self.held is None or self.held.step == self.steps - 1

    @cached_property
    def before(self) -> dict[str, Any]:
        """By name, the parameters before the last recorded step, as far as they are whole."""
        return _numbers(self.held.parameters) if self.held is not None else {}

    @cached_property
    def gradients(self) -> dict[str, Any]:
        """By name, its gradients, as far as they are whole."""
        return _numbers(self.held.gradients) if self.held is not None else {}

    @property
    def frozen(self) -> str:
        """What asks for no gradient."""
        names = self.started.frozen if self.started is not None else ()
        return "+".join(name for name in names if name in self.tensors)


def _numbers(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    return {name: tensor.whole.values for name, tensor in tensors.items() if tensor.whole is not None}
