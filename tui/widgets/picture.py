"""Picture: a field of numbers drawn with two pixels a cell, or, without colour, with a texture."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.theme import Palette

__all__ = ["NEGATIVE_TEXTURE", "POSITIVE_TEXTURE", "Field", "colour_lines", "level_of", "texture_lines"]

Marks = Mapping[tuple[int, int], tuple[str, Style]]
"""What stands over the picture, by column and line."""

NEGATIVE_TEXTURE = "·"
POSITIVE_TEXTURE = "▒"
_TEXTURES = (NEGATIVE_TEXTURE, " ", " ", "░", POSITIVE_TEXTURE)


@dataclass(frozen=True)
class Field:
    """Numbers to be drawn, row by row from the top.

    Attributes:
        columns: Numbers in a row.
        rows: Rows.
        values: The numbers.
        edges: The limits between the levels, of which there is one more: as many as a palette's ramp.
        middle: The number from which on the upper side begins.
        outlined: Whether the line between the two sides is drawn.
    """

    columns: int
    rows: int
    values: Sequence[float]
    edges: Sequence[float]
    middle: float
    outlined: bool = True

    def scaled(self, columns: int, rows: int) -> Field:
        """The same in another size, each number the nearest one."""
        if (columns, rows) == (self.columns, self.rows):
            return self
        across = [(2 * column + 1) * self.columns // (2 * columns) for column in range(columns)]
        starts = [(2 * row + 1) * self.rows // (2 * rows) * self.columns for row in range(rows)]
        values = [self.values[start + place] for start in starts for place in across]
        return Field(columns, rows, values, self.edges, self.middle, self.outlined)

    def row(self, number: int) -> Sequence[float]:
        """One row."""
        return self.values[number * self.columns : (number + 1) * self.columns]


def level_of(field: Field, value: float) -> int:
    """The level of a number; one that is not a number has the middle one."""
    return bisect_right(field.edges, value) if value == value else len(field.edges) // 2


def colour_lines(field: Field, palette: Palette, width: int, height: int, marks: Marks) -> list[Strip]:
    """The field in colours, two pixels a cell.

    Args:
        field: The numbers.
        palette: Its ramp gives the colours.
        width: Columns.
        height: Lines.
        marks: What stands over it; a mark keeps the picture as its background.
    """
    pixels = field.scaled(width, 2 * height)
    levels = [[level_of(pixels, value) for value in pixels.row(row)] for row in range(2 * height)]
    colours = [[palette.ramp[level] for level in row] for row in levels]
    if field.outlined:
        for row, column in _outline(pixels):
            colours[row][column] = palette.contour
    lines = []
    for y in range(height):
        cells: list[tuple[str, Style]] = []
        for x, (top, bottom) in enumerate(zip(colours[2 * y], colours[2 * y + 1])):
            mark = marks.get((x, y))
            if mark is None:
                cells.append(("▀", _halves(top, bottom)))
            else:
                ground = palette.ramp[(levels[2 * y][x] + levels[2 * y + 1][x]) // 2]
                cells.append((mark[0], _over(mark[1], ground)))
        lines.append(_strip(cells))
    return lines


def texture_lines(field: Field, palette: Palette, width: int, height: int, marks: Marks) -> list[Strip]:
    """The field without colours: the upper side hatched, the lower one sparsely dotted, the line between them drawn."""
    cells = field.scaled(width, height)
    outline = _strokes(cells) if field.outlined else {}
    last = len(field.edges)
    lines = []
    for y in range(height):
        row: list[tuple[str, Style]] = []
        for x, value in enumerate(cells.row(y)):
            level = level_of(cells, value)
            texture = _TEXTURES[min(level * len(_TEXTURES) // (last + 1), len(_TEXTURES) - 1)]
            style = palette.positive[3] if value >= field.middle else palette.negative[3]
            plain = (outline[y, x], palette.strong) if (y, x) in outline else (texture, style)
            row.append(marks.get((x, y), plain))
        lines.append(_strip(row))
    return lines


def _strip(cells: list[tuple[str, Style]]) -> Strip:
    return Strip(
        [Segment("".join(text for text, _ in run), style) for style, run in groupby(cells, key=lambda cell: cell[1])],
        len(cells),
    )


def _outline(field: Field) -> list[tuple[int, int]]:
    """Row and column of the pixels on the upper side that touch the lower one."""
    return [place for place, sides in _touching(field)]


def _strokes(field: Field) -> dict[tuple[int, int], str]:
    """The line between the two sides, a stroke a cell."""
    strokes = {}
    for place, (left, right, up, down) in _touching(field):
        if (left or right) and (up or down):
            strokes[place] = "╱" if (right and down) or (left and up) else "╲"
        else:
            strokes[place] = "│" if left or right else "─"
    return strokes


def _touching(field: Field) -> list[tuple[tuple[int, int], tuple[bool, bool, bool, bool]]]:
    """The places on the upper side with a neighbour on the lower one, and whether it is left, right, up or down."""
    middle = field.middle
    above = [[value >= middle for value in field.row(row)] for row in range(field.rows)]
    below = [[value < middle for value in field.row(row)] for row in range(field.rows)]
    if not any(map(any, below)) or not any(map(any, above)):
        return []
    found = []
    edge = [False] * field.columns
    for y, row in enumerate(above):
        if not any(row):
            continue
        here = below[y]
        over = below[y - 1] if y else edge
        under = below[y + 1] if y + 1 < field.rows else edge
        for x, inside in enumerate(row):
            if inside:
                left, right = x > 0 and here[x - 1], x + 1 < field.columns and here[x + 1]
                if left or right or over[x] or under[x]:
                    found.append(((y, x), (left, right, over[x], under[x])))
    return found


@lru_cache(maxsize=2048)
def _halves(top: Color, bottom: Color) -> Style:
    return Style(color=top, bgcolor=bottom)


@lru_cache(maxsize=512)
def _over(style: Style, ground: Color) -> Style:
    return style if style.bgcolor is not None else style + Style(bgcolor=ground)
