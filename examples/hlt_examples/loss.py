"""A loss: ln cosh(ŷ − y), which is e²/2 for a small error e and |e| − ln 2 for a large one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hltcore import losses
from hltcore.losses import Form

__all__ = ["entry"]


def _log_cosh(output: str) -> Callable[[Any, Any], Any]:
    from torch.nn.functional import softplus

    def loss(prediction: Any, target: Any) -> Any:
        error = prediction - target
        return (error + softplus(-2 * error) - math.log(2)).sum()  # the same as ln cosh, and never infinite

    return loss


def _value(prediction: float, target: float) -> float:
    error = abs(prediction - target)
    return error + math.log1p(math.exp(-2 * error)) - math.log(2)


entry = losses.register(
    "log-cosh",
    _log_cosh,
    real=Form("ln cosh(ŷ − y)", _value, lambda p, y: math.tanh(p - y), "tanh(ŷ − y)"),
    summary="squared where the error is small, absolute where it is large",
)
