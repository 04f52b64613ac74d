"""Loss: a plot of every update of the run, by step or by epoch, linear or logarithmic; or of what is right."""

from __future__ import annotations

import math

from rich.cells import cell_len
from rich.style import Style
from textual.content import Content

from tui.formatting import plain, tally
from tui.moment import Moment
from tui.panels.plotted import Chart, Line, plotted
from tui.panels.scale import AXIS_ROWS, levels, reach, ticks
from tui.panels.series import Series, loss_series, right_series
from tui.panels.series import points as points_of
from tui.theme import Palette
from tui.widgets.lines import Strips

__all__ = ["LossPlot"]

_MARKS, _ASCII_MARKS = "•×+◦▪", "ox+@="
_MEANS = 60  # points of a curve among several


class LossPlot(Strips):
    """The plot.

    Attributes:
        by_epoch: Whether it shows the mean of each epoch in place of each step; None as long as nobody said so.
        right: Whether it shows the share of examples that are right in place of the loss by epoch, where the data
            hold some out.
        logarithmic: Whether the loss axis is logarithmic.
    """

    DEFAULT_CSS = "LossPlot { width: 1fr; height: 1fr; }"

    def __init__(self, *, by_epoch: bool | None = None, right: bool = False, logarithmic: bool = False) -> None:
        super().__init__(id="loss", classes="panel")
        self.by_epoch = by_epoch
        self.right = right
        self.logarithmic = logarithmic
        self._shown: tuple[object, ...] = ()
        self._drawn: tuple[Moment, Palette] | None = None

    def plot(self, snapshot: Moment, palette: Palette) -> None:
        """Plot the run's losses; nothing is done when they are plotted already."""
        by_epoch = self._by_epoch(snapshot)
        right = by_epoch and self.right and snapshot.decides
        series = right_series(snapshot) if right else loss_series(snapshot, by_epoch)
        here = snapshot.epochs if by_epoch else snapshot.steps
        edits = () if by_epoch else snapshot.edits
        logarithmic = self.logarithmic and not right
        titles = _right_titles(series, palette) if right else self._titles(series, snapshot, palette, by_epoch)
        room = self.outer_size.width - len("──")
        title = next((title for title in titles if cell_len(plain(title)) <= room), titles[-1])
        key = (series, here, edits, by_epoch, logarithmic, palette, title, self.size)
        if key == self._shown:
            return
        self._shown = key
        self._drawn = (snapshot, palette)
        self.border_title = Content(plain(title))
        unit = "epoch" if by_epoch else "step"
        chart = _chart(series, here, edits, palette, unit, *self.content_size, logarithmic=logarithmic)
        self.draw(plotted(chart, palette, *self.content_size))

    def toggle_by_epoch(self) -> None:
        """By step, by epoch, or what is right by epoch, where rows are held out.

        Until somebody says so, it is by epoch where held-out rows are told once an epoch.
        """
        by_epoch = self._drawn is not None and self._by_epoch(self._drawn[0])
        able = self._drawn is not None and self._drawn[0].decides
        self.right = by_epoch and able and not self.right
        self.by_epoch = self.right or not by_epoch

    def _by_epoch(self, snapshot: Moment) -> bool:
        if snapshot.tape is not None and not snapshot.epoch_losses.count:
            return False  # a log need not tell of epochs
        if self.by_epoch is None:
            return snapshot.holds_out and snapshot.held_out_losses.count > 1
        return self.by_epoch

    def on_resize(self) -> None:
        """Plot again: how many ticks there are depends on the width."""
        if self._drawn is not None:
            self.plot(*self._drawn)

    def _titles(
        self, series: tuple[Series, ...], snapshot: Moment, palette: Palette, by_epoch: bool
    ) -> tuple[str, ...]:
        """The title as long as can be, and shorter ones: figures count more than a formula."""
        unit = "epoch" if by_epoch else "step"
        what = "Mean loss by epoch" if by_epoch else "Loss by step"
        together = _together(series)
        what += f", means of {together:,} steps" if together > 1 else ""
        scale = ", log scale" if self.logarithmic else ""
        notes = []
        lost = sum(item.view.lost for item in series)
        if lost:
            notes.append(f"{tally(lost, unit)} not finite, not drawn")
        if self.logarithmic and any(low <= 0 for item in series for low in item.view.lows):
            notes.append("0 and below not drawn")
        told = [*_legend(series, palette), *notes]
        name, formula = snapshot.loss_told
        named = [[*told, f"{name} {palette.spelled(formula)}"], [*told, name]] if name else []
        every = [[f"{what}{scale}", *parts] for parts in (*named, told)]
        return (
            *(" · ".join(parts) for parts in every),
            " · ".join([f"Loss{scale}", *_legend(series, palette, brief=True), *notes]),
        )


def _chart(
    series: tuple[Series, ...],
    here: int,
    edits: tuple[int, ...],
    palette: Palette,
    unit: str,
    width: int,
    height: int,
    *,
    logarithmic: bool,
) -> Chart:
    """The series with their axes, the changes, and this point where more is recorded behind it."""
    end = reach(max(item.view.count for item in series))
    together = _together(series)
    lines: list[Line] = []
    for item in series:
        xs, ys = points_of(item.view, positive=logarithmic, together=together)
        # The logarithm is taken here, as the rows are even in it.
        heights = [math.log10(y) for y in ys] if logarithmic else ys
        lines.append(Line(xs, heights, _mark(item, palette), _style(item, palette)))
    heights = [y for line in lines for y in line.ys]
    told = levels(min(heights), max(heights), height - AXIS_ROWS) if heights else []
    verticals = [(edit + 0.5, palette.faint) for edit in edits]
    if here < series[0].view.count:
        verticals.append((max(here, 1), palette.muted))
    return Chart(
        lines[::-1],
        end,
        ticks(end, max(width // 16, 2)),
        [(level, f"{10**level if logarithmic else level + 0.0:.3g}") for level in told],
        verticals,
        unit,
    )


def _right_titles(series: tuple[Series, ...], palette: Palette) -> tuple[str, ...]:
    if series[0].name == "A":
        legend = _legend(series, palette)
        return " · ".join(["Right of those held out, by epoch", *legend]), " · ".join(["Right, held out", *legend])
    whole, brief = (["Right by epoch", *_legend(series, palette)], ["Right", *_legend(series, palette, brief=True)])
    return " · ".join(whole), " · ".join(brief)


def _legend(series: tuple[Series, ...], palette: Palette, *, brief: bool = False) -> list[str]:
    """What each mark stands for, in brief without the run's own name; nothing for one curve alone."""
    names = ((item.here if brief and item.here and not item.place else item.legend) for item in series)
    told = (f"{_mark(item, palette) or '⠒'} {name}" for item, name in zip(series, names))
    return [", ".join(told)] if len(series) > 1 else []


def _mark(item: Series, palette: Palette) -> str:
    """Nothing for a line of fine dots, and marks of other forms for other series: they differ without colour too."""
    marks = _MARKS if palette.unicode else _ASCII_MARKS
    if item.place:
        return marks[(item.place - 1) % len(marks)]
    return "" if palette.unicode else "*"


def _style(item: Series, palette: Palette) -> Style:
    styles = (palette.accent, palette.negative[-1], palette.positive[-1], palette.good, palette.muted)
    return styles[item.place if item.place < len(styles) else 1 + (item.place - 1) % (len(styles) - 1)]


def _together(series: tuple[Series, ...]) -> int:
    """Steps of which the mean is drawn, where several runs would hide each other by each step's ups and downs."""
    if not all(item.averaged for item in series):
        return 0
    return max(-(-max(item.view.count for item in series) // _MEANS), 1)
