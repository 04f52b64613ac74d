"""Own parts: a model or data that a script passes as an object, in the place of a name."""

from __future__ import annotations

import copy
from typing import Any

from hltcore._torch import torch
from hltcore.dataset import Dataset
from hltcore.datasets import DatasetEntry
from hltcore.errors import OptionError, ShapeError, quoted, reason
from hltcore.models import ModelEntry
from hltcore.registry import Own

__all__ = ["named"]


def named(changes: dict[str, Any], *, seed: int, like: tuple[str, ...] = ()) -> dict[str, Any]:
    """Settings in which each object has become a name that brings it along.

    Args:
        changes: Settings by name, such as ``{"model": Mine(), "lr": 0.1}``.
        seed: The seed at which a model has the very numbers that it came with.
        like: The parts in force: an object that is one of them keeps its name.

    Raises:
        OptionError: An object stands where only a name can.
        ShapeError: A model cannot be copied.
    """
    known = {id(part.source): part for part in like if isinstance(part, Own)}
    result = dict(changes)
    for kind, value in changes.items():
        if id(value) in known:
            result[kind] = known[id(value)]
        elif kind == "model" and isinstance(value, torch.nn.Module):
            result[kind] = _model(value, seed)
        elif kind == "dataset" and isinstance(value, Dataset):
            result[kind] = _data(value)
        elif kind in _HOW and not isinstance(value, str):
            raise OptionError(f"{kind}={quoted(value)} is not allowed: {_HOW[kind]}.")
    return result


_HOW = {
    "model": "give the name of a model, or a torch.nn.Module (not its class)",
    "dataset": "give the name of a data set, or a hltcore.Dataset",
    "loss": "give a name; hltcore.losses.register gives a loss of your own one",
    "optimizer": "give a name; hltcore.optimizers.register gives an optimizer of your own one",
    "init": "give a name; hltcore.initialisations.register gives an initialisation of your own one",
}


def _data(data: Dataset) -> Own:
    return Own(data.name, data, lambda name: DatasetEntry(name, lambda: data, "passed by the script"))


def _model(model: torch.nn.Module, seed: int) -> Own:
    """A run trains copies: it needs several at once, to go back, to fork, and to start again."""
    kind = type(model).__name__
    if any(torch.nn.parameter.is_lazy(parameter) for parameter in model.parameters()):
        raise ShapeError(f"The model {quoted(kind)} has parameters without a shape yet: call it once on some x.")
    first = _copied(model)

    def make(inputs: int) -> torch.nn.Module:
        made = _copied(first)
        # The engine has seeded torch's generator: for another seed than the first the numbers are drawn anew.
        if torch.initial_seed() != seed:
            _draw_anew(made, seed)
        return made

    return Own(kind, model, lambda name: ModelEntry(name, make, f"{kind}, passed by the script"))


def _copied(model: torch.nn.Module) -> torch.nn.Module:
    try:
        return copy.deepcopy(model).cpu()
    except Exception as error:
        raise ShapeError(
            f"The model {quoted(type(model).__name__)} cannot be copied, and a run needs copies of it: {reason(error)}"
        ) from error


def _draw_anew(model: torch.nn.Module, seed: int) -> None:
    """Have every part draw its parameters as PyTorch's own do when they are made, and in that order.

    Raises:
        OptionError: A parameter belongs to no part that can.
    """
    drawn: set[int] = set()

    def draw(part: torch.nn.Module) -> None:
        reset = getattr(part, "reset_parameters", None)  # PyTorch's custom; no class says that it has it
        if callable(reset):
            reset()
            drawn.update(map(id, part.parameters()))

    model.apply(draw)
    missing = [name for name, parameter in model.named_parameters() if id(parameter) not in drawn]
    if missing:
        raise OptionError(
            f"seed={torch.initial_seed()} cannot draw {', '.join(missing)} anew: no part of "
            f"{quoted(type(model).__name__)} has a reset_parameters() for it; seed={seed} is as the model came."
        )
