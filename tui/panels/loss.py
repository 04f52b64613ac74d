"""Loss: a plot of every update of the run, by step or by epoch, linear or logarithmic."""

from __future__ import annotations

import math

from textual.content import Content
from textual_plotext import PlotextPlot

from tui.curve import CurveView
from tui.formatting import plain, tally
from tui.snapshot import Snapshot
from tui.theme import Palette

__all__ = ["LossPlot"]


class LossPlot(PlotextPlot):
    """The plot.

    Attributes:
        by_epoch: Whether it shows the mean of each epoch in place of each step.
        logarithmic: Whether the loss axis is logarithmic.
    """

    DEFAULT_CSS = "LossPlot { width: 1fr; height: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.by_epoch = False
        self.logarithmic = False
        self._shown: tuple[object, ...] = ()
        self._drawn: tuple[Snapshot, Palette] | None = None

    def draw(self, snapshot: Snapshot, palette: Palette) -> None:
        """Plot the run's losses; nothing is done when they are plotted already."""
        view = snapshot.epoch_losses if self.by_epoch else snapshot.losses
        here = snapshot.epoch if self.by_epoch else snapshot.steps
        edits = () if self.by_epoch else snapshot.edits
        key = (view, here, edits, self.by_epoch, self.logarithmic, palette, snapshot.form.formula, self.size)
        if key == self._shown:
            return
        self._shown = key
        self._drawn = (snapshot, palette)
        self._plot_view(view, here, edits, palette)
        self.border_title = Content(plain(self._title(view, snapshot, palette)))
        self.refresh()

    def on_resize(self) -> None:
        """Plot again: how many ticks there are depends on the width."""
        if self._drawn is not None:
            self.draw(*self._drawn)

    def _plot_view(self, view: CurveView, here: int, edits: tuple[int, ...], palette: Palette) -> None:
        plt = self.plt
        plt.clear_data()
        plt.clear_figure()
        xs, ys = _points(view, positive=self.logarithmic)
        plt.grid(False, False)
        plt.xaxes(True, False)
        plt.yaxes(True, False)
        ticks = _ticks(view.count, max(self.size.width // 16, 2))
        plt.xticks(ticks, [f"{tick:,.0f}" for tick in ticks])
        plt.xlim(1, max(view.count, 2))
        if ys:
            # The logarithm is taken here: plotext takes its own anew each time it draws the same numbers.
            heights = [math.log10(y) for y in ys] if self.logarithmic else ys
            levels = _levels(min(heights), max(heights))
            plt.yticks(levels, [f"{10**level if self.logarithmic else level + 0.0:.3g}" for level in levels])
            for edit in edits:
                plt.vline(edit + 0.5, color=_rgb(palette, "faint"))
            if here < view.count:
                plt.vline(max(here, 1), color=_rgb(palette, "muted"))
            plt.plot(xs, heights, marker="braille" if palette.unicode else "*", color=_rgb(palette, "accent"))
        plt.xlabel("epoch" if self.by_epoch else "step")

    def _title(self, view: CurveView, snapshot: Snapshot, palette: Palette) -> str:
        unit = "epoch" if self.by_epoch else "step"
        what = "Mean loss by epoch" if self.by_epoch else "Loss by step"
        scale = ", log scale" if self.logarithmic else ""
        formula = palette.spelled(snapshot.form.formula)
        parts = [f"{what}{scale} · {snapshot.settings.loss} {formula}"]
        if view.lost:
            parts.append(f"{tally(view.lost, unit)} not finite, not drawn")
        if self.logarithmic and any(low <= 0 for low in view.lows):
            parts.append("0 and below not drawn")
        return " · ".join(parts)


def _levels(low: float, high: float) -> list[float]:
    """Four heights from the lowest to the highest."""
    return [low + (high - low) * part / 3 for part in range(4)] if high > low else [low]


def _ticks(last: int, most: int) -> list[float]:
    """At most so many round whole numbers from 1 to the last."""
    if last <= most:
        return [float(tick) for tick in range(1, max(last, 2) + 1)]
    power = 10 ** math.floor(math.log10(last / most))
    step = next(size * power for size in (1, 2, 5, 10) if last <= most * size * power)
    return [1.0, *(float(tick) for tick in range(max(step, 2), last + 1, step))]


def _points(view: CurveView, *, positive: bool) -> tuple[list[float], list[float]]:
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


def _rgb(palette: Palette, name: str) -> tuple[int, int, int]:
    style = {"accent": palette.accent, "muted": palette.muted, "faint": palette.faint}[name]
    assert style.color is not None
    return tuple(style.color.get_truecolor())  # type: ignore[return-value]
