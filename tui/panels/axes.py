"""Axes: what stands at the left of a picture of the plane and under it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.strip import Strip

from tui.formatting import clip, plain
from tui.theme import Palette
from tui.widgets.lines import line

if TYPE_CHECKING:
    from hltcore.surface import Grid

__all__ = ["GUTTER", "abscissa", "ordinate"]

GUTTER = 7
"""Columns left of a picture."""


def ordinate(grid: Grid, width: int, lines: int, palette: Palette) -> Iterator[Strip]:
    """What stands left of each line: at the ends what the y axis reaches to."""
    for y in range(lines):
        text = _tick(grid.high[1]) if y == 0 else _tick(grid.low[1]) if y == lines - 1 else ""
        yield line((f"{text:>{width - 1}} ", palette.muted)) if width else line()


def abscissa(grid: Grid, gutter: int, columns: int, palette: Palette) -> Strip:
    """The line below: the name of the x axis between what it reaches to; with no gutter also that of the y axis."""
    low, high = _tick(grid.low[0]), _tick(grid.high[0])
    room = columns - len(low) - len(high) - 2
    x, y = map(plain, grid.axes)
    name = f"{x} →"
    if not gutter and y:
        name += f"  ↑ {y}"
    if cell_len(name) > room:
        name = clip(name, max(room, 0))
    before = max((room - cell_len(name)) // 2, 0)
    after = max(room - cell_len(name) - before, 0)
    middle = " " * (before + 1) + name + " " * (after + 1)
    pieces = [(" " * gutter, palette.muted), (low, palette.muted), (middle, palette.text), (high, palette.muted)]
    return line(*pieces).crop(0, gutter + columns)


def _tick(value: float) -> str:
    text = f"{value:.3g}"
    return text if len(text) < GUTTER else f"{value:.0e}"
