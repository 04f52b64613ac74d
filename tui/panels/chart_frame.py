"""Chart frame: the axes and all else of a chart but its curves, as plotext draws it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import plotext
from rich.style import Style

from tui.panels.scale import AXIS_ROWS

__all__ = ["chart_frame"]

_CODE = re.compile(r"\x1b\[([\d;]*)m")

Row = tuple[list[str], list[Style]]
"""The characters of a line, and the style of each."""


@lru_cache(maxsize=8)  # a step seldom moves a tick by a cell
def chart_frame(
    width: int,
    height: int,
    ticks: tuple[tuple[int, str], ...],
    levels: tuple[tuple[int, str], ...],
    verticals: tuple[tuple[int, Style], ...],
    unit: str,
    text: Style,
) -> tuple[Row, ...]:
    """The axes and all that stands in a chart but the curves, line by line.

    plotext counts in cells here, as all else does, and the colours that it is given are the places of styles.

    Args:
        width: Columns of the chart.
        height: Lines of the chart.
        ticks: Columns, and what they are called.
        levels: Lines from the lowest, and what they are called.
        verticals: Columns with a line from top to bottom, and its style.
        unit: What the axis counts.
        text: The style of all else.
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
