"""Freezing: an optimizer kept from changing some numbers of the parameters."""

from __future__ import annotations

from collections.abc import Sequence

from hltcore._torch import torch
from hltcore.parameters import ParameterBuffer
from hltcore.updaters import Updater

__all__ = ["FrozenUpdater"]


class FrozenUpdater:
    """Another updater, some numbers of whose parameters stay as they are.

    The optimizer does not know of it: it updates them with the others, and goes on keeping what it keeps of their
    gradients, but their values are put back after every step, bit for bit.

    Args:
        updater: The optimizer.
        buffer: The parameters.
        numbers: Where the frozen ones stand in the flat buffer.
    """

    def __init__(self, updater: Updater, buffer: ParameterBuffer, numbers: Sequence[int]) -> None:
        self.lr = updater.lr
        self.ownership = updater.ownership
        self.zero_grad = updater.zero_grad
        self.save = updater.save
        self.restore = updater.restore
        self.state = updater.state
        self._updater = updater
        self._values = buffer.values
        self._numbers = torch.tensor(numbers)

    def step(self) -> None:
        """Update the parameters by their gradients, all but the frozen numbers."""
        kept = self._values[self._numbers]
        self._updater.step()
        self._values[self._numbers] = kept
