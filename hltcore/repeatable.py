"""Repeatable: whether a model gives the same output for the same input, so that its steps can be replayed."""

from __future__ import annotations

from collections.abc import Iterable

from hltcore._torch import torch
from hltcore.errors import ShapeError, quoted
from hltcore.tracing import Traced

__all__ = ["check_repeatable"]


def check_repeatable(model: torch.nn.Module, traced: Traced, inputs: Iterable[torch.Tensor]) -> None:
    """Refuse a model that draws random numbers, or changes a buffer, or is otherwise another one the second time.

    Args:
        model: The model.
        traced: Its forward pass.
        inputs: What to try it on: the first of these that it can take. Of one that takes none, something else tells.

    Raises:
        ShapeError: It is one of these; the message says which, and what to do.
    """
    for x in inputs:
        try:
            why = _unlike(model, traced, x)
        except Exception:
            continue
        if why:
            raise ShapeError(f"The model {quoted(type(model).__name__)} {why}.")
        return


def _unlike(model: torch.nn.Module, traced: Traced, x: torch.Tensor) -> str:
    """What two forward passes on the same input do that could not be replayed; empty where it is nothing."""
    before = {key: buffer.clone() for key, buffer in model.named_buffers()}
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        random = torch.get_rng_state()
        first = traced(x)[0].clone()
        drawn = not torch.equal(random, torch.get_rng_state())
        second = traced(x)[0]
    changed = [key for key, buffer in model.named_buffers() if not _same(buffer, before[key])]
    if changed:
        return (
            f"changes {', '.join(changed)} as it computes, so that no step could be replayed: call its eval(), or "
            "leave out what does"
        )
    if drawn:
        return (
            "draws random numbers as it computes (as dropout does), so that no step could be replayed: call its "
            "eval(), or leave out what does"
        )
    if not _same(first, second):
        return "gives another output for the same input the second time, so that no step could be replayed"
    return ""


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors are the same, not-a-number being the same as itself."""
    return one.shape == other.shape and bool(((one == other) | ((one != one) & (other != other))).all())
