"""Lecture: a run printed as the lecture's loop prints it under PyTorch 1.9, to lay the two side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hltcore import models
from hltcore._torch import torch
from hltcore.events import Event, StepEvent
from hltcore.nets import FeedForward
from hltcore.trainer import Trainer

__all__ = ["lines"]

# Gradient functions by the names that PyTorch 1.9 prints. Later releases number them all, and build some losses and
# the linear layer otherwise, so that these cannot be asked of the tensors at hand.
_LOSSES = {
    "l1": "L1LossBackward",
    "mse": "MseLossBackward",
    "cross-entropy": "BinaryCrossEntropyWithLogitsBackward",
}


def lines(trainer: Trainer, events: Iterable[Event]) -> Iterator[str]:
    """What the loop prints for each step, as the events come; it prints nothing for other events.

    A model or loss that is not the lecture's is printed without a gradient function.
    """
    for event in events:
        if isinstance(event, StepEvent):
            yield from _step(trainer, event)


def _step(trainer: Trainer, event: StepEvent) -> Iterator[str]:
    single = len(event.batch.rows) == 1
    column = (-1,) if single else (-1, 1)
    name = trainer.settings.loss
    signed = single and name == "difference"  # the loop prints it before anything is summed
    loss = torch.tensor([event.loss] if signed else event.loss)
    yield f"x: {torch.tensor(event.x)}"
    yield f"predicted_output: {_computed(torch.tensor(event.predictions).reshape(column), _output(trainer, single))}"
    yield f"output: {torch.tensor(event.batch.targets).reshape(column)}"
    yield str([torch.nn.Parameter(torch.tensor(values)) for values in event.parameters.values()])
    yield f"loss: {_computed(loss, _loss(trainer, single))} \n\n"


def _computed(tensor: torch.Tensor, function: str) -> str:
    text = repr(tensor)
    return f"{text[:-1]}, grad_fn=<{function}>)" if function else text


def _output(trainer: Trainer, single: bool) -> str:
    model = trainer.model
    if not isinstance(model, FeedForward):
        return ""
    linear = "AddBackward0" if single else "AddmmBackward"
    return {"sigmoid": "SigmoidBackward", "identity": linear}.get(model.layers[-1].activation, "")


def _loss(trainer: Trainer, single: bool) -> str:
    name = trainer.settings.loss
    if trainer.settings.l1 or trainer.settings.l2:
        return "AddBackward0"
    if name == "difference":
        return "SubBackward0" if single else "SumBackward0"
    if name == "cross-entropy" and models.registry.get(trainer.settings.model).output == "probability":
        return "BinaryCrossEntropyBackward"
    return _LOSSES.get(name, "")
