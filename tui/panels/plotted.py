"""Plotted: curves with their axes as plotext draws them, as lines of the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import plotext
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.panels.raster import Cell, Raster
from tui.theme import Palette

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
    raster = _raster(chart, width, height)
    if raster is None:
        return list(_build(width, height, (), (), (), (), chart.unit, palette.text))
    lines = []
    for line in chart.lines:
        cells = raster.marks(line.xs, line.ys, line.mark) if line.mark else raster.braille(line.xs, line.ys)
        lines.append((tuple(cells), line.style))
    ticks = zip(raster.across(chart.ticks), (f"{tick:,.0f}" for tick in chart.ticks))
    levels = zip(raster.up(level for level, _ in chart.levels), (name for _, name in chart.levels))
    verticals = zip(raster.across(place for place, _ in chart.verticals), (style for _, style in chart.verticals))
    frame = tuple(ticks), tuple(levels), tuple(verticals)
    return list(_build(width, height, *frame, tuple(lines), chart.unit, palette.text))


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


@lru_cache(maxsize=4)  # late in a long run a step seldom changes a cell
def _build(
    width: int,
    height: int,
    ticks: tuple[tuple[int, str], ...],
    levels: tuple[tuple[int, str], ...],
    verticals: tuple[tuple[int, Style], ...],
    lines: tuple[tuple[tuple[Cell, ...], Style], ...],
    unit: str,
    text: Style,
) -> tuple[Strip, ...]:
    """What plotext makes of cells: its axes count them, too, and it is given the places of styles for colours."""
    if width < 1 or height < 1:
        return ()
    styles = [Style.from_color(style.color) for _, style in (*verticals, *lines)]
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
    plotext.xlim(0, max(width - max((len(label) for _, label in levels), default=0) - 2, 1))
    plotext.ylim(0, max(height - AXIS_ROWS - 1, 1))
    for colour, (column, _) in enumerate(verticals):
        plotext.vline(column, color=colour)
    for colour, (cells, _) in enumerate(lines, len(verticals)):
        if cells:
            columns, rows, characters = map(list, zip(*cells))
            plotext.scatter(columns, rows, marker=characters, color=colour)
    return tuple(Strip(list(_segments(row, text, styles)), width) for row in plotext.build().splitlines())


def _segments(row: str, text: Style, styles: Sequence[Style]) -> Iterator[Segment]:
    """A line in its colours, each of which plotext was given as the place of a style."""
    style = text
    for place, part in enumerate(_CODE.split(row)):
        if place % 2:
            *_, number = part.split(";")
            style = styles[int(number)] if ";" in part else text
        elif part:
            yield Segment(part, style)
