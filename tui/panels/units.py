"""Units: a small picture for each hidden unit, of what it gives at every point of the plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.strip import Strip

from tui.formatting import clip, plain, tally
from tui.theme import Palette
from tui.widgets.lines import Piece, line
from tui.widgets.picture import Field, draw, evenly, has_colours

if TYPE_CHECKING:
    from hltcore.surface import Grid, Surface, UnitSurface

__all__ = ["UNIT_PICTURE", "unit_lines"]

UNIT_PICTURE = (24, 16)
"""Columns and rows of a unit's picture where it is drawn largest."""

_LARGEST = (UNIT_PICTURE[0], UNIT_PICTURE[1] // 2)  # in cells
_SMALLEST = (12, 3)
_GAP = 2
_CAPTION_FROM = 6  # lines


@dataclass(frozen=True)
class _Tiling:
    """How the pictures are laid out.

    Attributes:
        columns: Pictures beside each other.
        rows: Rows of them.
        width: Columns of the screen that a picture takes.
        height: Lines of it, without its title.
    """

    columns: int
    rows: int
    width: int
    height: int


def unit_lines(
    surface: Surface | None, palette: Palette, width: int, height: int, *, colour: bool = True
) -> list[Strip]:
    """The pictures in rows, each under its unit's name, as large as fits; with too little room, the first of them.

    Args:
        surface: A surface with its units; None while there is none.
        palette: The styles.
        width: Columns at hand.
        height: Lines at hand.
        colour: Whether the terminal has colours; a texture stands for them where it has none.
    """
    if surface is None or surface.unit_grid is None or not surface.units:
        return _caption("No hidden units to draw" if surface else "", palette, width, height)
    room = height - 1 if height >= _CAPTION_FROM else height
    tiling = _tiling(len(surface.units), width, room)
    if tiling is None:
        return _caption(f"{tally(len(surface.units), 'hidden unit')}: too little room to draw", palette, width, height)
    shown = surface.units[: tiling.columns * tiling.rows]
    lines: list[Strip] = []
    for start in range(0, len(shown), tiling.columns):
        tiles = [
            _tile(unit, surface.unit_grid, tiling, palette, colour) for unit in shown[start : start + tiling.columns]
        ]
        lines += [_beside(strips, palette) for strips in zip(*tiles)]
    if height >= _CAPTION_FROM:
        more = len(surface.units) - len(shown)
        sides = "orange above 0, blue below" if has_colours(palette, colour) else "▒ above 0, · below"
        said = f"… {more} more" if more else sides
        lines += _caption(said, palette, width, height)
    return lines


def _caption(text: str, palette: Palette, width: int, height: int) -> list[Strip]:
    return [line((text, palette.muted)).crop(0, width)] if text and width > 0 and height > 0 else []


def _tiling(count: int, width: int, height: int) -> _Tiling | None:
    """The layout with the most pictures, and of those the one with the largest."""
    best: tuple[tuple[int, int], _Tiling] | None = None
    for columns in range(1, count + 1):
        wide = min((width + _GAP) // columns - _GAP, _LARGEST[0])
        rows = min(-(-count // columns), height // (_SMALLEST[1] + 1))
        if wide < _SMALLEST[0] or rows < 1:
            continue
        high = min(height // rows - 1, _LARGEST[1])
        worth = (min(columns * rows, count), min(wide, 3 * high) * high)
        if best is None or worth > best[0]:
            best = worth, _Tiling(columns, rows, min(wide, 4 * high), high)
    return best[1] if best else None


def _tile(unit: UnitSurface, grid: Grid, tiling: _Tiling, palette: Palette, colour: bool) -> list[Strip]:
    picture = draw(_field(unit, grid), palette, tiling.width, tiling.height, {}, colour=colour)
    return [_title(unit, palette, tiling.width), *picture]


def _field(unit: UnitSurface, grid: Grid) -> Field:
    """The activations on a scale of their own: a sigmoid's around a half, any other's around 0."""
    values, shares = unit.values, evenly()
    if unit.function == "sigmoid":
        return Field(grid.columns, grid.rows, values, shares, 0.5, outlined=False)
    most = max((abs(value) for value in values if abs(value) < float("inf")), default=0.0) or 1.0
    edges = [most * (2 * share - 1) for share in shares]
    return Field(grid.columns, grid.rows, values, edges, 0.0, outlined=False)


def _title(unit: UnitSurface, palette: Palette, width: int) -> Strip:
    name = plain(f"{unit.layer}[{unit.unit}]")
    mark = "" if not unit.dead else " dead ☠" if cell_len(name) + 7 <= width else " ☠"
    room = width - len(mark)
    if cell_len(name) > room:
        index = f"…[{unit.unit}]"
        name = clip(unit.layer, max(room - len(index), 0)).rstrip("…") + index
    pieces: list[Piece] = [
        (clip(name, min(cell_len(name), room)), palette.muted if unit.dead else palette.text),
        (mark, palette.bad),
    ]
    return line(*pieces).crop(0, width).extend_cell_length(width)


def _beside(strips: Sequence[Strip], palette: Palette) -> Strip:
    gap = line((" " * _GAP, palette.text))
    pieces = [strips[0]]
    for strip in strips[1:]:
        pieces += [gap, strip]
    return Strip.join(pieces)
