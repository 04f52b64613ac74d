"""Plot: the loss of a run as a picture, by step and by epoch, held-out examples beside; drawn by matplotlib."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hltcore.errors import MissingError

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["check_drawable", "picture"]

_COLUMNS = 1000
"""Places from left to right: a longer series is drawn by the smallest and the largest number of each."""

_BLUE, _ORANGE, _GREY = "#0057b8", "#c25500", "#808080"


def check_drawable() -> None:
    """Refuse, before a long run, what could not be drawn after it.

    Raises:
        MissingError: matplotlib is not installed.
    """
    _matplotlib()


def _matplotlib() -> Any:
    try:
        import matplotlib.figure
    except ImportError:
        raise MissingError("A plot", "matplotlib", "plots") from None
    return matplotlib


def picture(trainer: Trainer, format: str) -> bytes:
    """The plot of the losses so far.

    Args:
        trainer: The run.
        format: "png" or "svg"; the same run gives the same bytes.

    Raises:
        MissingError: matplotlib is not installed.
    """
    matplotlib = _matplotlib()
    history = trainer.history
    settings = {"svg.hashsalt": "hltcore", "svg.fonttype": "none", "text.usetex": False, "text.parse_math": False}
    out = io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a user's own style would make other bytes
        matplotlib.rcParams.update(settings)
        figure = matplotlib.figure.Figure(figsize=(9, 6.5), layout="constrained")
        above, below = figure.subplots(2, 1)
        figure.suptitle(_cut(str(trainer.settings)), fontsize=10)
        above.plot(*_thinned(range(1, len(history.losses) + 1), history.losses), color=_BLUE, linewidth=1)
        _label(above, "step", "loss of each step")
        for entry in history.entries:
            if entry.step:
                above.axvline(entry.step + 0.5, color=_GREY, linewidth=0.8, linestyle=":")
        for series, color, style, told in _by_epoch(trainer):
            epochs = range(1, len(series) + 1)
            below.plot(*_thinned(epochs, series), color=color, linestyle=style, linewidth=1.5, label=told)
        _label(below, "epoch", "mean loss")
        if below.get_lines():
            below.legend(frameon=False)
        figure.savefig(out, format=format, dpi=120, metadata={"Date": None} if format == "svg" else {"Software": None})
    return out.getvalue()


def _by_epoch(trainer: Trainer) -> list[tuple[Sequence[float], str, str, str]]:
    """The series by epoch, with colour, line and name."""
    history = trainer.history
    starts = history.epoch_starts
    if trainer.dataset.held_out is not None and len(history.held_out):
        return [
            (history.training, _BLUE, "-", "trained on, at the end of the epoch"),
            (history.held_out, _ORANGE, "--", "held out, at the end of the epoch"),
        ]
    means = [math.fsum(history.losses[a:b]) / (b - a) if b > a else math.nan for a, b in pairwise(starts)]
    return [(means, _BLUE, "-", "mean over the epoch's steps")] if means else []


def _label(axes: Any, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(color="#e0e0e0", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _thinned(xs: Sequence[int], ys: Sequence[float]) -> tuple[list[int], list[float]]:
    """A series with at most two numbers for each place; what is not finite leaves a gap."""
    values = [y if math.isfinite(y) else math.nan for y in ys]
    size = -(-len(values) // _COLUMNS)
    if size <= 2:
        return list(xs), values
    kept: list[int] = []
    for start in range(0, len(values), size):
        places = range(start, min(start + size, len(values)))
        finite = [place for place in places if not math.isnan(values[place])] or [start]
        kept += sorted({min(finite, key=values.__getitem__), max(finite, key=values.__getitem__)})
    return [xs[place] for place in kept], [values[place] for place in kept]


def _cut(text: str) -> str:
    return text if len(text) <= 100 else text[:99] + "…"
