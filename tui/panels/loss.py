"""Loss: a plot of every update of the run, by step or by epoch, linear or logarithmic."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rich.style import Style
from textual.content import Content
from textual_plotext import PlotextPlot

from tui.curve import CurveView
from tui.formatting import plain, tally
from tui.snapshot import Snapshot
from tui.theme import Palette

__all__ = ["LossPlot"]

_AXIS_ROWS = 3  # the axis, its ticks, and what they count


@dataclass(frozen=True)
class _Series:
    """One curve.

    Attributes:
        name: What the title calls it.
        view: Its values.
        second: Whether it is the one that the first is compared with.
    """

    name: str
    view: CurveView
    second: bool = False


class LossPlot(PlotextPlot):
    """The plot.

    Attributes:
        by_epoch: Whether it shows the mean of each epoch in place of each step; None as long as nobody said so.
        logarithmic: Whether the loss axis is logarithmic.
    """

    DEFAULT_CSS = "LossPlot { width: 1fr; height: 1fr; }"

    def __init__(self, *, by_epoch: bool | None = None, logarithmic: bool = False) -> None:
        super().__init__(id="loss", classes="panel")
        self.by_epoch = by_epoch
        self.logarithmic = logarithmic
        self._shown: tuple[object, ...] = ()
        self._drawn: tuple[Snapshot, Palette] | None = None

    def draw(self, snapshot: Snapshot, palette: Palette) -> None:
        """Plot the run's losses; nothing is done when they are plotted already."""
        by_epoch = self._by_epoch(snapshot)
        series = _series(snapshot, by_epoch)
        here = snapshot.epoch if by_epoch else snapshot.steps
        edits = () if by_epoch else snapshot.edits
        title = self._title(series, snapshot, palette, by_epoch)
        key = (series, here, edits, by_epoch, self.logarithmic, palette, title, self.size)
        if key == self._shown:
            return
        self._shown = key
        self._drawn = (snapshot, palette)
        self._plot_series(series, here, edits, palette, "epoch" if by_epoch else "step")
        self.border_title = Content(plain(title))
        self.refresh()

    def toggle_by_epoch(self) -> None:
        """By step or by epoch; until somebody says so, by epoch where held-out rows are told once an epoch."""
        self.by_epoch = not (self._drawn is not None and self._by_epoch(self._drawn[0]))

    def _by_epoch(self, snapshot: Snapshot) -> bool:
        return snapshot.held_out_losses.count > 1 if self.by_epoch is None else self.by_epoch

    def on_resize(self) -> None:
        """Plot again: how many ticks there are depends on the width."""
        if self._drawn is not None:
            self.draw(*self._drawn)

    def _plot_series(
        self, series: tuple[_Series, ...], here: int, edits: tuple[int, ...], palette: Palette, unit: str
    ) -> None:
        plt = self.plt
        plt.clear_data()
        plt.clear_figure()
        count = max(item.view.count for item in series)
        points = [_points(item.view, positive=self.logarithmic) for item in series]
        plt.grid(False, False)
        plt.xaxes(True, False)
        plt.yaxes(True, False)
        ticks = _ticks(count, max(self.size.width // 16, 2))
        plt.xticks(ticks, [f"{tick:,.0f}" for tick in ticks])
        plt.xlim(1, max(count, 2))
        # The logarithm is taken here: plotext takes its own anew each time it draws the same numbers.
        curves = [(xs, [math.log10(y) for y in ys] if self.logarithmic else ys) for xs, ys in points]
        heights = [y for _, ys in curves for y in ys]
        if heights:
            levels = _levels(min(heights), max(heights), self.content_size.height - _AXIS_ROWS)
            plt.yticks(levels, [f"{10**level if self.logarithmic else level + 0.0:.3g}" for level in levels])
            for edit in edits:
                plt.vline(edit + 0.5, color=_rgb(palette.faint))
            if here < series[0].view.count:
                plt.vline(max(here, 1), color=_rgb(palette.muted))
            for item, (xs, ys) in reversed(list(zip(series, curves))):
                if ys:
                    plt.plot(xs, ys, marker=_marker(item, palette), color=_rgb(_style(item, palette)))
        plt.xlabel(unit)

    def _title(self, series: tuple[_Series, ...], snapshot: Snapshot, palette: Palette, by_epoch: bool) -> str:
        unit = "epoch" if by_epoch else "step"
        what = "Mean loss by epoch" if by_epoch else "Loss by step"
        scale = ", log scale" if self.logarithmic else ""
        formula = palette.spelled(snapshot.form.formula)
        parts = [f"{what}{scale} · {snapshot.settings.loss} {formula}"]
        if len(series) > 1:
            parts.append(", ".join(f"{_marker(item, palette, legend=True)} {item.name}" for item in series))
        lost = sum(item.view.lost for item in series)
        if lost:
            parts.append(f"{tally(lost, unit)} not finite, not drawn")
        if self.logarithmic and any(low <= 0 for item in series for low in item.view.lows):
            parts.append("0 and below not drawn")
        return " · ".join(parts)


def _series(snapshot: Snapshot, by_epoch: bool) -> tuple[_Series, ...]:
    """The run's own losses first; beside them those of held-out rows, or of a twin."""
    twin = snapshot.twin
    if twin is not None:
        pair = (snapshot.epoch_losses, twin.epoch_losses) if by_epoch else (snapshot.losses, twin.losses)
        return (_Series("A", pair[0]), _Series("B", pair[1], second=True))
    if by_epoch and snapshot.held_out_losses.count:
        return (
            _Series("trained on", snapshot.training_losses),
            _Series("held out", snapshot.held_out_losses, second=True),
        )
    return (_Series("", snapshot.epoch_losses if by_epoch else snapshot.losses),)


def _marker(item: _Series, palette: Palette, *, legend: bool = False) -> str:
    """A line of fine dots, and one of single marks for the second series: they differ without colour too."""
    if item.second:
        return "•" if palette.unicode else "o"
    if legend:
        return "⠒" if palette.unicode else "*"
    return "braille" if palette.unicode else "*"


def _style(item: _Series, palette: Palette) -> Style:
    return palette.negative[-1] if item.second else palette.accent


def _levels(low: float, high: float, rows: int) -> list[float]:
    """Four heights from the lowest to the highest; in few rows the ends alone, and in one the highest."""
    if high == low or rows < 2:
        return [high]
    parts = 3 if rows > 3 else 1
    return [low + (high - low) * part / parts for part in range(parts + 1)]


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


def _rgb(style: Style) -> tuple[int, int, int]:
    assert style.color is not None
    return tuple(style.color.get_truecolor())  # type: ignore[return-value]
