"""Picture: a field of numbers drawn with two pixels a cell, or, without colour, with a texture."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

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
    near: dict[int, set[int]] = {}
    for (y, x), _ in _touching(field):
        for line in {(y - 1) // 2, y // 2, (y + 1) // 2}:
            near.setdefault(line, set()).update((x - 1, x, x + 1))
    dots = {}
    for line in near.keys() & set(range(field.rows // 2)):
        for first, last in _runs(sorted(near[line] & set(range(field.columns)))):
            edge = _edge(_upper_dots(field, line, first, last))
            for x in range(first, last + 1):
                code = sum(bit for (j, i), bit in DOTS.items() if edge[j][2 * (x - first) + i])
                if code:
                    dots[x, line] = chr(BRAILLE + code)
    return dots


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of places that follow each other."""
    for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        numbers = [place for _, place in run]
        yield numbers[0], numbers[-1]


def _upper_dots(field: Field, line: int, first: int, last: int) -> list[list[bool]]:
    """Which dots of some cells of a line, and of those around them, are on the upper side.

    Each pixel has two by two dots, and the number at a dot is between those of the pixels around it.
    """
    across = _between(field.columns)[2 * first : 2 * last + 4]
    levels: dict[int, list[float]] = {}
    upper = []
    for top, bottom, down in _between(field.rows)[4 * line : 4 * line + 6]:
        for row in (top, bottom):
            if row not in levels:
                values = field.row(row)
                levels[row] = [values[left] + (values[right] - values[left]) * share for left, right, share in across]
        middle = field.middle
        upper.append([above + (below - above) * down >= middle for above, below in zip(levels[top], levels[bottom])])
    return upper


def _edge(upper: list[list[bool]]) -> list[list[bool]]:
    """Of the dots inside, those on the upper side that have not all four neighbours there."""
    return [
        [dot and not (left and right and up and down) for dot, left, right, up, down in zip(row[1:], row, row[2:], *by)]
        for row, by in ((upper[j], (upper[j - 1][1:], upper[j + 1][1:])) for j in range(1, len(upper) - 1))
    ]


@lru_cache(maxsize=16)
def _between(count: int) -> tuple[tuple[int, int, float], ...]:
    """For each dot, from the one before the first on: the pixels before and behind it, and how far between them."""
    places = []
    for dot in range(-1, 2 * count + 1):
        place = min(max((dot - 0.5) / 2, 0.0), count - 1.0)
        before = int(place)
        places.append((before, min(before + 1, count - 1), place - before))
    return tuple(places)


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
