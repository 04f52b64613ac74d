"""Passes: a step's way forward to the loss and back to the gradients, as a step asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from hltcore._torch import torch
from hltcore.packing import pack
from hltcore.penalty import Penalty
from hltcore.tracing import Traced

__all__ = ["Autograd", "LossFunction", "Objective", "Passes", "packed"]

Tensor = torch.Tensor
LossFunction = Callable[[Tensor, Tensor], Tensor]


class Objective(NamedTuple):
    """What a step makes smaller: the loss, and the penalty where there is regularisation.

    Attributes:
        packed: Its value; with a penalty, that follows.
        backward: Adds the gradients to those that the parameters have.
    """

    packed: bytes
    backward: Callable[[], object]


class Passes(Protocol):
    """What a step asks of a model and a loss."""

    def forward(self, x: Tensor) -> tuple[Tensor, bytes]:
        """The prediction; and all values on the way to it, in the order of the layout, packed."""

    def loss(self, prediction: Tensor, target: Tensor) -> Objective:
        """The objective of the prediction that came last."""


class Autograd:
    """The passes of any model and any loss: what ``backward`` does is PyTorch's.

    Args:
        model: The forward pass.
        loss_function: The loss, from predictions and targets.
        penalty: What is added to it.
    """

    def __init__(self, model: Traced, loss_function: LossFunction, penalty: Penalty) -> None:
        self._model = model
        self._loss_function = loss_function
        self._penalty = penalty

    def forward(self, x: Tensor) -> tuple[Tensor, bytes]:
        """The prediction; and all values on the way to it, in the order of the layout, packed."""
        prediction, watched = self._model(x)
        return prediction, packed(watched)

    def loss(self, prediction: Tensor, target: Tensor) -> Objective:
        """The objective of the prediction that came last."""
        loss = self._loss_function(prediction, target)
        penalties = self._penalty()  # none without regularisation
        objective = sum(penalties, loss)
        return Objective(_told(objective, penalties), objective.backward)


def _told(objective: Tensor, penalties: tuple[Tensor, ...]) -> bytes:
    numbers = [objective.item()]
    if penalties:
        numbers.append(sum(penalty.item() for penalty in penalties))
    return pack(numbers)


def packed(tensors: list[Tensor]) -> bytes:
    """All numbers of some tensors, one tensor after the other."""
    numbers: list[float] = []
    for tensor in tensors:
        numbers += tensor.tolist() if tensor.dim() == 1 else tensor.reshape(-1).tolist()
    return pack(numbers)
