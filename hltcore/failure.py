"""Failure: why a step could not be computed, in one sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable

from hltcore.errors import HltError, StepError, reason
from hltcore.models import Output
from hltcore.phase import Phase

__all__ = ["defined", "failure"]

_WORKING = {
    None: "The model cannot be computed",
    Phase.FORWARD: "The loss cannot be computed",
    Phase.LOSS: "The gradients cannot be emptied",
    Phase.ZERO_GRAD: "The gradients cannot be computed",
    Phase.BACKWARD: "The optimizer cannot update the parameters",
}
"""What was at work after each phase."""
_NAMED = 3  # predictions of a batch


def defined(predictions: Iterable[float], output: Output) -> bool:
    """Whether a loss can be asked for these predictions: they are finite, and probabilities where they should be."""
    return all(math.isfinite(p) and (output == "real" or 0 <= p <= 1) for p in predictions)


def failure(
    error: Exception, done: Phase | None, predictions: tuple[float, ...] = (), output: Output = "real"
) -> HltError:
    """The error to raise in place of one that a model, a loss or an optimizer raised.

    Args:
        error: What was raised.
        done: The last phase that was done.
        predictions: The predictions, as far as there are any.
        output: The model's kind of output.
    """
    if isinstance(error, HltError):
        return error
    what = _WORKING.get(done, "The step cannot be kept")
    if done is Phase.FORWARD and isinstance(error, RuntimeError) and not defined(predictions, output):
        values = [f"{value:g}" for value in predictions if not defined((value,), output)]
        more = f" and {len(values) - _NAMED} more" if len(values) > _NAMED else ""
        return StepError(f"{what}: it is not defined for the prediction {', '.join(values[:_NAMED])}{more}.")
    return StepError(f"{what} ({reason(error)}).")
