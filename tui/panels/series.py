"""Series: the curves of the loss plot, and what its legend says of each."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hltcore.events import EpochEvent, Score
from tui.curve import CurveView
from tui.formatting import number
from tui.snapshot import Snapshot

__all__ = ["Series", "decides", "holds_out", "loss_series", "points", "right_series"]


@dataclass(frozen=True)
class Series:
    """One curve.

    Attributes:
        name: What the title calls it.
        view: Its values.
        second: Whether it is the one that the first is compared with.
        here: Its value at the end of the last epoch before this point, as text; empty where that is not told.
    """

    name: str
    view: CurveView
    second: bool = False
    here: str = ""

    @property
    def legend(self) -> str:
        """Its name, with the value."""
        return f"{self.name} {self.here}".strip()


def holds_out(snapshot: Snapshot) -> bool:
    """Whether the data in use have held-out examples, and an epoch is over."""
    return snapshot.dataset.held_out is not None and snapshot.held_out_losses.count > 0


def loss_series(snapshot: Snapshot, by_epoch: bool) -> tuple[Series, ...]:
    """The run's own losses first; beside them those of held-out rows, or of a twin."""
    twin = snapshot.twin
    if twin is not None:
        pair = (snapshot.epoch_losses, twin.epoch_losses) if by_epoch else (snapshot.losses, twin.losses)
        return (Series("A", pair[0]), Series("B", pair[1], second=True))
    if by_epoch and holds_out(snapshot):
        ended = snapshot.epoch_ended
        return (
            Series("trained on", snapshot.training_losses, here=_loss(ended.training) if ended else ""),
            Series("held out", snapshot.held_out_losses, second=True, here=_loss(ended.held_out) if ended else ""),
        )
    return (Series("", snapshot.epoch_losses if by_epoch else snapshot.losses),)


def right_series(snapshot: Snapshot) -> tuple[Series, ...]:
    """The share of examples that are right; of two runs, the share of those held out."""
    twin = snapshot.twin
    if twin is not None:
        return (
            Series("A", snapshot.held_out_right, here=_held_out(snapshot.epoch_ended)),
            Series("B", twin.held_out_right, second=True, here=_held_out(twin.epoch_ended)),
        )
    ended = snapshot.epoch_ended
    return (
        Series("trained on", snapshot.training_right, here=_right(ended.training) if ended else ""),
        Series("held out", snapshot.held_out_right, second=True, here=_held_out(ended)),
    )


def _held_out(ended: EpochEvent | None) -> str:
    return _right(ended.held_out) if ended else ""


def _right(score: Score) -> str:
    return f"{score.right} of {score.count}"


def decides(snapshot: Snapshot) -> bool:
    """Whether predictions can be right, so that there is a share of them to plot."""
    return holds_out(snapshot) and bool(snapshot.dataset.classes)


def _loss(score: Score) -> str:
    return number(score.loss).strip()


def points(view: CurveView, *, positive: bool) -> tuple[list[float], list[float]]:
    """The curve as a line through each stretch's extremes; steps count from 1 on the axis."""
    xs: list[float] = []
    ys: list[float] = []
    for place, (low, high) in enumerate(zip(view.lows, view.highs)):
        x = place * view.stride + (min(view.stride, view.count - place * view.stride) + 1) / 2
        for y in (low,) if low == high else (low, high):
            if math.isfinite(y) and not (positive and y <= 0):
                xs.append(x)
                ys.append(y)
    return xs, ys
