"""Plotted: curves in a frame with axes, which plotext lays out, as lines of the screen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import plotext
from rich.style import Style
from textual.strip import Strip

from tui.panels.raster import Raster
from tui.theme import Palette
from tui.widgets.canvas import strip_of

__all__ = ["AXIS_ROWS", "Chart", "Line", "plotted"]

AXIS_ROWS = 3
"""Lines of the axis, its ticks, and what they count."""
_CODE = re.compile(r"\x1b\[([\d;]*)m")


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
        return [strip_of(*row) for row in _frame(width, height, (), (), (), chart.unit, palette.text)]
    ticks = zip(raster.across(chart.ticks), (f"{tick:,.0f}" for tick in chart.ticks))
    levels = zip(raster.up(level for level, _ in chart.levels), (name for _, name in chart.levels))
    verticals = zip(raster.across(place for place, _ in chart.verticals), (style for _, style in chart.verticals))
    frame = _frame(width, height, tuple(ticks), tuple(levels), tuple(verticals), chart.unit, palette.text)
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


@lru_cache(maxsize=8)  # a step seldom moves a tick by a cell
def _frame(
    width: int,
    height: int,
    ticks: tuple[tuple[int, str], ...],
    levels: tuple[tuple[int, str], ...],
    verticals: tuple[tuple[int, Style], ...],
    unit: str,
    text: Style,
) -> tuple[tuple[list[str], list[Style]], ...]:
    """The axes and all that stands in a chart but the curves, as the characters and styles of its lines.

    plotext counts in cells here, as all else does, and the colours that it is given are the places of styles.
    """
    names = max((len(label) for _, label in levels), default=0)
    columns, rows = max(width - names - 1, 2), max(height - AXIS_ROWS, 2)
    plotext.limit_size(False, False)
    plotext.clear_data()
    plotext.theme("clear")
    plotext.plotsize(width, height)
    plotext.grid(False, False)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xticks([column for column, _ in ticks], [label for _, label in ticks])
    plotext.yticks([row for row, _ in levels], [label for _, label in levels])
    plotext.xlabel(unit)
    plotext.xlim(0, columns - 1)
    plotext.ylim(0, rows - 1)
    for colour, (column, _) in enumerate(verticals):
        plotext.vline(column, color=colour)
    if levels:
        plotext.scatter([-1], [-1])  # outside of it: without anything to count there are no axes
    styles = [Style.from_color(style.color) for _, style in verticals]
    return tuple(_cells(row, text, styles) for row in plotext.build().splitlines())


def _cells(row: str, text: Style, styles: Sequence[Style]) -> tuple[list[str], list[Style]]:
    """A line of plotext's, the colours in it as styles."""
    texts: list[str] = []
    coloured: list[Style] = []
    style = text
    for place, part in enumerate(_CODE.split(row)):
        if place % 2:
            *_, number = part.split(";")
            style = styles[int(number)] if ";" in part else text
        else:
            texts += part
            coloured += [style] * len(part)
    return texts, coloured
