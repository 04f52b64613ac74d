"""Penalty: what L1 and L2 regularisation add to the loss of a step, so that weights are drawn to 0."""

from __future__ import annotations

from collections.abc import Callable

from hltcore._torch import torch

__all__ = ["Penalty", "make_penalty"]

Penalty = Callable[[], tuple[torch.Tensor, ...]]
"""Gives the summands under the present parameters; none without regularisation."""


def make_penalty(l1: float, l2: float, model: torch.nn.Module) -> Penalty:
    """The penalty on a model's weights: the parameters of two or more dimensions, and so no bias.

    Args:
        l1: Strength of l1·Σ|w|; at 0 it is not computed.
        l2: Strength of (l2/2)·Σw²; at 0 it is not computed.
        model: The model.
    """
    weights = [parameter for parameter in model.parameters() if parameter.dim() > 1]

    def absolute() -> torch.Tensor:
        return l1 * sum((w.abs().sum() for w in weights), torch.zeros(()))

    def squared() -> torch.Tensor:
        return l2 / 2 * sum(((w * w).sum() for w in weights), torch.zeros(()))

    terms = [term for strength, term in ((l1, absolute), (l2, squared)) if strength and weights]
    return (lambda: tuple(term() for term in terms)) if terms else tuple
