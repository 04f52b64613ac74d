"""The checks of this library, in the order in which they look."""

from __future__ import annotations

from hltcore.diagnostics import dead_unit, loss_below_zero, not_finite
from hltcore.diagnostics.check import register

__all__ = ["CHECKS"]

CHECKS = (
    register("not-finite", not_finite.check, when="step", summary="a number is infinite or NaN"),
    register("loss-below-zero", loss_below_zero.check, when="step", summary="the loss rewards being wrong"),
    register("dead-unit", dead_unit.check, lasting=True, layers=True, summary="a unit that no example opens"),
)
"""Each of them; ``registry`` has those that others added, too."""
