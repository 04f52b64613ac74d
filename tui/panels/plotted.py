"""Plotted: curves with their axes as plotext draws them, as lines of the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import plotext
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.panels.raster import Raster
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
    if width < 1 or height < 1:
        return []
    styles: list[Style] = []

    def colour(style: Style) -> int:
        styles.append(Style.from_color(style.color))
        return len(styles) - 1

    plt = plotext
    plt.limit_size(False, False)
    plt.clear_data()
    plt.theme("clear")
    plt.plotsize(width, height)
    plt.grid(False, False)
    plt.xaxes(True, False)
    plt.yaxes(True, False)
    plt.xticks(chart.ticks, [f"{tick:,.0f}" for tick in chart.ticks])
    plt.xlim(1, max(chart.last, 2))
    plt.xlabel(chart.unit)
    if chart.levels:
        plt.yticks(*zip(*chart.levels))
        for place, style in chart.verticals:
            plt.vline(place, color=colour(style))
        raster = _raster(chart, width, height)
        plt.ylim(*raster.ys)
        for line in chart.lines:
            cells = raster.marks(line.xs, line.ys, line.mark) if line.mark else raster.braille(line.xs, line.ys)
            xs, ys, characters = map(list, zip(*cells)) if line.xs else ([], [], [])
            plt.scatter(xs, ys, marker=characters, color=colour(line.style))
    else:
        plt.yticks([], [])
    return [Strip(list(_segments(row, palette.text, styles)), width) for row in plt.build().splitlines()]


def _raster(chart: Chart, width: int, height: int) -> Raster:
    heights = [y for line in chart.lines for y in line.ys]
    low, high = min(heights), max(heights)
    if low == high:  # a level line goes through the middle
        low, high = sorted((0.5 * low, 1.5 * low)) if low else (-1.0, 1.0)
    names = max(len(name) for _, name in chart.levels)
    return Raster(max(width - names - 1, 0), max(height - AXIS_ROWS, 0), (1, max(chart.last, 2)), (low, high))


def _segments(row: str, text: Style, styles: Sequence[Style]) -> Iterator[Segment]:
    """A line in its colours, each of which plotext was given as the place of a style."""
    style = text
    for place, part in enumerate(_CODE.split(row)):
        if place % 2:
            *_, number = part.split(";")
            style = styles[int(number)] if ";" in part else text
        elif part:
            yield Segment(part, style)
