"""Series: the curves of the loss plot, and what its legend says of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.curve import CurveView
from tui.formatting import number
from tui.moment import Moment

if TYPE_CHECKING:
    from hltcore.events import EpochEvent, Score

__all__ = ["Series", "loss_series", "points", "right_series"]


@dataclass(frozen=True)
class Series:
    """One curve.

    Attributes:
        name: What the title calls it.
        view: Its values.
        place: 0 for the run's own, and from 1 on for those that it is compared with.
        here: Its value at the end of the last epoch before this point, as text; empty where that is not told.
        averaged: Whether the means of several steps are drawn in place of each step.
    """

    name: str
    view: CurveView
    place: int = 0
    here: str = ""
    averaged: bool = False

    @property
    def legend(self) -> str:
        """Its name, with the value."""
        return f"{self.name} {self.here}".strip()


def loss_series(snapshot: Moment, by_epoch: bool) -> tuple[Series, ...]:
    """The run's own losses first; beside them those of held-out rows, of a twin, or of other logs."""
    tape = snapshot.tape
    if tape is not None and len(tape.names) > 1:
        order = sorted(range(len(tape.names)), key=lambda place: place != tape.chosen)
        return tuple(
            Series(tape.names[which], tape.curves[which], place=place, averaged=True)
            for place, which in enumerate(order)
        )
    twin = snapshot.twin
    if twin is not None:
        pair = (snapshot.epoch_losses, twin.epoch_losses) if by_epoch else (snapshot.losses, twin.losses)
        return (Series("A", pair[0]), Series("B", pair[1], place=1))
    if by_epoch and snapshot.holds_out:
        ended = snapshot.epoch_ended
        return (
            Series("trained on", snapshot.training_losses, here=_loss(ended.training) if ended else ""),
            Series("held out", snapshot.held_out_losses, place=1, here=_loss(ended.held_out) if ended else ""),
        )
    return (Series("", snapshot.epoch_losses if by_epoch else snapshot.losses),)


def right_series(snapshot: Moment) -> tuple[Series, ...]:
    """The share of examples that are right; of two runs, the share of those held out."""
    twin = snapshot.twin
    if twin is not None:
        return (
            Series("A", snapshot.held_out_right, here=_held_out(snapshot.epoch_ended)),
            Series("B", twin.held_out_right, place=1, here=_held_out(twin.epoch_ended)),
        )
    ended = snapshot.epoch_ended
    return (
        Series("trained on", snapshot.training_right, here=_right(ended.training) if ended else ""),
        Series("held out", snapshot.held_out_right, place=1, here=_held_out(ended)),
    )


def _held_out(ended: EpochEvent | None) -> str:
    return _right(ended.held_out) if ended else ""


def _right(score: Score) -> str:
    return f"{score.right} of {score.count}"


def _loss(score: Score) -> str:
    return number(score.loss).strip()


def points(view: CurveView, *, positive: bool, together: int = 0) -> tuple[list[float], list[float]]:
    """The curve as a line through each stretch's extremes, or the means of so many values; they count from 1.

    Args:
        view: The curve.
        positive: Whether what is 0 or below is left out.
        together: Of how many values the mean is drawn; 0 for none.
    """
    if together:
        pairs = [(x, y) for x, y in zip(*view.means(together)) if not (positive and y <= 0)]
        return [x for x, _ in pairs], [y for _, y in pairs]
    xs: list[float] = []
    ys: list[float] = []
    for place, (low, high) in enumerate(zip(view.lows, view.highs)):
        x = place * view.stride + (min(view.stride, view.count - place * view.stride) + 1) / 2
        for y in (low,) if low == high else (low, high):
            if math.isfinite(y) and not (positive and y <= 0):
                xs.append(x)
                ys.append(y)
    return xs, ys
