"""Picture: a field of numbers drawn with two pixels a cell, or, without colour, with a texture."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.style import Style
from textual.strip import Strip

from tui.theme import RAMP, Palette
from tui.widgets.canvas import BRAILLE, DOTS, strip_of

__all__ = ["NEGATIVE_TEXTURE", "POSITIVE_TEXTURE", "Field", "draw", "evenly", "has_colours"]

Marks = Mapping[tuple[int, int], tuple[str, Style]]
"""What stands over the picture, by column and line."""

NEGATIVE_TEXTURE = "·"
POSITIVE_TEXTURE = "▒"


@dataclass(frozen=True)
class Field:
    """Numbers to be drawn, row by row from the top.

    Attributes:
        columns: Numbers in a row.
        rows: Rows.
        values: The numbers.
        edges: The limits between the levels, the middle among them.
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


def evenly() -> list[float]:
    """The limits of the levels on a scale from 0 to 1."""
    return [place / (RAMP - 1) for place in range(1, RAMP - 1)]


def draw(field: Field, palette: Palette, width: int, height: int, marks: Marks, *, colour: bool) -> list[Strip]:
    """The field in colours, or with a texture where there are none for it.

    Args:
        field: The numbers.
        palette: The styles.
        width: Columns.
        height: Lines.
        marks: What stands over it.
        colour: Whether colours are wanted, if the palette and the terminal's characters allow them.
    """
    return (_colour_lines if has_colours(palette, colour) else _texture_lines)(field, palette, width, height, marks)


def has_colours(palette: Palette, wanted: bool = True) -> bool:
    """Whether a field is drawn in colours, which takes a ramp of them and half blocks."""
    return wanted and bool(palette.ramp) and palette.unicode


def _levels(field: Field, values: Sequence[float]) -> list[int]:
    """The places of numbers in a ramp; the one in the middle is for the middle itself, and for what is no number."""
    edges, middle, half = field.edges, field.middle, (len(field.edges) + 1) // 2
    places = (*range(half), *range(half + 1, len(edges) + 2))
    return [half if value == middle or value != value else places[bisect_right(edges, value)] for value in values]


def _colour_lines(field: Field, palette: Palette, width: int, height: int, marks: Marks) -> list[Strip]:
    """Two pixels a cell; a mark keeps the picture as its background."""
    pixels = field.scaled(width, 2 * height)
    levels = [_levels(pixels, pixels.row(row)) for row in range(2 * height)]
    outline = _dots(pixels) if field.outlined else {}
    over: list[dict[int, tuple[str, Style]]] = [{} for _ in range(height)]
    for (x, y), text in outline.items():
        over[y][x] = text, palette.contour
    for (x, y), mark in marks.items():
        if 0 <= y < height:
            over[y][x] = mark

    def strength(level: int) -> int:
        return abs(2 * level + 1 - RAMP)

    halves = _halves_of(palette.ramp)
    lines = []
    for y, covered in enumerate(over):
        pairs = list(zip(levels[2 * y], levels[2 * y + 1]))
        styles = [halves[pair] for pair in pairs]
        texts = ["▀"] * width
        for x, (text, style) in covered.items():
            if 0 <= x < width:  # under the second half of a wide character there is nothing
                texts[x], styles[x] = text, _over(style, palette.ramp[max(pairs[x], key=strength)])
        lines.append(strip_of(texts, styles))
    return lines


def _texture_lines(field: Field, palette: Palette, width: int, height: int, marks: Marks) -> list[Strip]:
    """The field without colours: the upper side hatched, the lower one sparsely dotted, the line between them drawn."""
    cells = field.scaled(width, height)
    outline = _strokes(cells) if field.outlined else {}
    lines = []
    for y in range(height):
        row: list[tuple[str, Style]] = []
        for x, (value, level) in enumerate(zip(cells.row(y), _levels(cells, cells.row(y)))):
            texture = _texture(level, RAMP // 2)
            style = palette.positive[3] if value >= field.middle else palette.negative[3]
            plain = (outline[y, x], palette.strong) if (y, x) in outline else (texture, style)
            row.append(marks.get((x, y), plain))
        lines.append(strip_of(*zip(*row)) if row else Strip([], 0))
    return lines


def _texture(level: int, middle: int) -> str:
    if level > middle:
        return "░" if level <= middle * 3 // 2 else POSITIVE_TEXTURE
    return NEGATIVE_TEXTURE if level < middle // 2 else " "


def _dots(field: Field) -> dict[tuple[int, int], str]:
    """The line between the two sides in braille dots, by column and line of the cell; four dots a pixel."""
    near = set()
    for (y, x), _ in _touching(field):
        near |= {(x + dx, (y + dy) // 2) for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    dots = {}
    upper = _Upper(field)
    for x, y in near:
        if 0 <= x < field.columns and 0 <= y < field.rows // 2:
            inside = [[upper[2 * x + i, 4 * y + j] for i in range(-1, 3)] for j in range(-1, 5)]
            code = 0
            for j, i in DOTS:
                around = inside[j + 1][i], inside[j + 1][i + 2], inside[j][i + 1], inside[j + 2][i + 1]
                if inside[j + 1][i + 1] and not all(around):
                    code |= DOTS[j, i]
            if code:
                dots[x, y] = chr(BRAILLE + code)
    return dots


class _Upper(dict[tuple[int, int], bool]):
    """Whether dots are on the upper side, by column and row: those that are looked at, as most are several times."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._field = field

    def __missing__(self, dot: tuple[int, int]) -> bool:
        upper = self[dot] = _at(self._field, *dot) >= self._field.middle
        return upper


def _at(field: Field, i: int, j: int) -> float:
    """The number at a dot, of which each pixel has two by two, between those of the pixels around it."""
    x = min(max((i - 0.5) / 2, 0.0), field.columns - 1.0)
    y = min(max((j - 0.5) / 2, 0.0), field.rows - 1.0)
    left, top = int(x), int(y)
    right, bottom = min(left + 1, field.columns - 1), min(top + 1, field.rows - 1)
    values, start, under = field.values, top * field.columns, bottom * field.columns
    upper = values[start + left] + (values[start + right] - values[start + left]) * (x - left)
    lower = values[under + left] + (values[under + right] - values[under + left]) * (x - left)
    return upper + (lower - upper) * (y - top)


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


class _Halves(dict[tuple[int, int], Style]):
    """The styles of cells by the places of their upper and lower half in a ramp."""

    def __init__(self, ramp: tuple[Color, ...]) -> None:
        super().__init__()
        self._ramp = ramp

    def __missing__(self, pair: tuple[int, int]) -> Style:
        top, bottom = pair
        style = self[pair] = Style(color=self._ramp[top], bgcolor=self._ramp[bottom])
        return style


@lru_cache(maxsize=8)
def _halves_of(ramp: tuple[Color, ...]) -> _Halves:
    return _Halves(ramp)


@lru_cache(maxsize=512)
def _over(style: Style, ground: Color) -> Style:
    return style if style.bgcolor is not None else style + Style(bgcolor=ground)
