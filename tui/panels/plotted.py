"""Plotted: curves in a frame with axes, which plotext lays out, as lines of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from tui.panels.raster import Raster
from tui.panels.scale import AXIS_ROWS
from tui.theme import Palette
from tui.widgets.canvas import strip_of

__all__ = ["Chart", "Line", "plotted"]


@dataclass(frozen=True)
class Line:
    """A curve.

    Attributes:
        xs: Where its points are, from left to right.
        ys: How high they are.
        mark: What stands in each cell that it goes through; empty for fine dots.
        style: Its style.
    """

    xs: Sequence[float]
    ys: Sequence[float]
    mark: str
    style: Style


@dataclass(frozen=True)
class Chart:
    """What is drawn.

    Attributes:
        lines: The curves, each over those before it.
        last: The number at the right end of the axis; at the left end is 1.
        ticks: What the axis names.
        levels: The heights that the other axis names, and what it calls them; none where there is no curve.
        verticals: Lines from top to bottom, and their styles.
        unit: What the axis counts.
    """

    lines: Sequence[Line]
    last: int
    ticks: Sequence[float]
    levels: Sequence[tuple[float, str]]
    verticals: Sequence[tuple[float, Style]]
    unit: str


def plotted(chart: Chart, palette: Palette, width: int, height: int) -> list[Strip]:
    """The lines of a chart.

    Args:
        chart: What is drawn.
        palette: The styles.
        width: Columns at hand.
        height: Lines at hand.
    """
    if width < 1 or height < 1:
        return []
    raster = _raster(chart, width, height)
    if raster is None:
        return [strip_of(row, [palette.text] * width) for row in _empty(width, height, chart.unit)]
    from tui.panels.chart_frame import chart_frame  # imports plotext, which no first frame needs

    ticks = zip(raster.across(chart.ticks), (f"{tick:,.0f}" for tick in chart.ticks))
    levels = zip(raster.up(level for level, _ in chart.levels), (name for _, name in chart.levels))
    verticals = zip(raster.across(place for place, _ in chart.verticals), (style for _, style in chart.verticals))
    frame = chart_frame(width, height, tuple(ticks), tuple(levels), tuple(verticals), chart.unit, palette.text)
    rows = [(list(texts), list(styles)) for texts, styles in frame]
    left, lowest = width - raster.columns, raster.rows - 1
    for line in chart.lines:
        style = Style.from_color(line.style.color)
        cells = raster.marks(line.xs, line.ys, line.mark) if line.mark else raster.braille(line.xs, line.ys)
        for column, row, text in cells:
            texts, styles = rows[lowest - row]
            texts[left + column], styles[left + column] = text, style
    return [strip_of(*row) for row in rows]


def _raster(chart: Chart, width: int, height: int) -> Raster | None:
    """Where plotext draws the curves; None where there are none, or there is no room for them."""
    names = max((len(name) for _, name in chart.levels), default=0)
    columns, rows = width - names - 1, height - AXIS_ROWS
    heights = [y for line in chart.lines for y in line.ys]
    if not heights or columns < 1 or rows < 1:
        return None
    low, high = min(heights), max(heights)
    if low == high:  # a level line goes through the middle
        low, high = sorted((0.5 * low, 1.5 * low)) if low else (-1.0, 1.0)
    return Raster(columns, rows, (1, max(chart.last, 2)), (low, high))


def _empty(width: int, height: int, unit: str) -> list[str]:
    """The axes of a chart without curves.

    The first frame has no curve yet, and is there sooner by all the time that it takes to import plotext.
    """
    rows = ["│" + " " * (width - 1)] * (height - 2)
    start = (width + 1) // 2 - len(unit) // 2
    name = " " * start + unit if start + len(unit) <= width else ""
    return [*rows, "└" + "─" * (width - 1), name.ljust(width)][-height:]
