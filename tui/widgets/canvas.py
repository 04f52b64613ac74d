"""Canvas: a field of cells on which text and fine lines are set; what is set later covers what was there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.formatting import plain

__all__ = ["BRAILLE", "DOTS", "SOLID", "Canvas", "Dash", "braille", "strip_of"]

Dash = tuple[int, int]
"""How many dots of a line are set, and how many are left out, in turn."""

SOLID: Dash = (1, 0)

BRAILLE = 0x2800
"""The braille cell without dots; each dot adds its number of ``DOTS``."""

DOTS = {(0, 0): 0x01, (0, 1): 0x08, (1, 0): 0x02, (1, 1): 0x10, (2, 0): 0x04, (2, 1): 0x20, (3, 0): 0x40, (3, 1): 0x80}
"""By row and column in the cell."""


_NONE = Style.null()


class Canvas:
    """Cells, all empty at first; what lies outside is not drawn.

    Args:
        width: Columns.
        height: Lines.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = max(width, 0), max(height, 0)
        # By row and column: a character (empty where a wide one covers it from the left), the dots of a line, a style.
        self._texts = [[" "] * self.width for _ in range(self.height)]
        self._dots = [[0] * self.width for _ in range(self.height)]
        self._styles = [[_NONE] * self.width for _ in range(self.height)]

    def text(self, x: int, y: int, text: object, style: Style) -> None:
        """Write text from a cell on; anything that is not printable stands there escaped."""
        if not 0 <= y < self.height:
            return
        characters, wide = _characters(plain(text))
        if not wide:
            start, end = max(x, 0), min(x + len(characters), self.width)
            if start < end:
                self._clear(start, y)
                self._clear(end - 1, y)
                self._put(start, y, characters[start - x : end - x], style)
            return
        for character in characters:
            size = cell_len(character)
            if x >= 0 and x + size <= self.width:
                self._clear(x, y)
                self._clear(x + size - 1, y)
                self._put(x, y, (character, *[""] * (size - 1)), style)
            x += size

    def dot(self, x: int, y: int, style: Style) -> None:
        """Set one dot; each cell has two beside and four above each other."""
        column, row = x // 2, y // 4
        if not (0 <= row < self.height and 0 <= column < self.width):
            return
        dots = self._dots[row][column]
        if not dots:
            self._clear(column, row)
        dots |= DOTS[y % 4, x % 2]
        self._dots[row][column], self._texts[row][column] = dots, chr(BRAILLE + dots)
        self._styles[row][column] = style

    def line(
        self, start: tuple[int, int], end: tuple[int, int], style: Style, *, dash: Dash = SOLID, thickness: int = 1
    ) -> None:
        """Draw a straight line of dots.

        Args:
            start: Where it begins, in dots.
            end: Where it ends.
            style: Its style.
            dash: Its pattern.
            thickness: How many dots it is high, or wide where it is steep.
        """
        (x0, y0), (x1, y1) = start, end
        across, down = x1 - x0, y1 - y0
        length = max(abs(across), abs(down), 1)
        steep = abs(down) > abs(across)
        on, off = dash
        for place in range(length + 1):
            if place % (on + off) >= on:
                continue
            x, y = x0 + round(across * place / length), y0 + round(down * place / length)
            for more in range(thickness):
                side = (more + 1) // 2 * (1 if more % 2 else -1)
                self.dot(x + side * steep, y + side * (not steep), style)

    def strips(self) -> list[Strip]:
        """The lines, each exactly as wide as the canvas."""
        return [strip_of(texts, styles) for texts, styles in zip(self._texts, self._styles)]

    def _put(self, x: int, y: int, texts: Sequence[str], style: Style) -> None:
        end = x + len(texts)
        self._texts[y][x:end] = texts
        self._dots[y][x:end] = [0] * len(texts)
        self._styles[y][x:end] = [style] * len(texts)

    def _clear(self, x: int, y: int) -> None:
        """Empty a cell, and with it a wide character of which it is a part."""
        texts = self._texts[y]
        first = last = x
        while first and texts[first] == "":
            first -= 1
        while last + 1 < self.width and texts[last + 1] == "":
            last += 1
        for column in range(first, last + 1):
            texts[column], self._dots[y][column], self._styles[y][column] = " ", 0, _NONE


def braille(length: int, dash: Dash, thickness: int) -> str:
    """A level line as it looks on a canvas, to be named in a legend."""
    sample = Canvas(length, 1)
    sample.line((0, 2), (2 * length - 1, 2), Style.null(), dash=dash, thickness=thickness)
    return sample.strips()[0].text


def strip_of(texts: Sequence[str], styles: Sequence[Style]) -> Strip:
    """A line of cells; cells side by side with the very same style are one piece."""
    segments = []
    start, last = 0, len(texts)
    for end in range(1, last + 1):
        if end == last or styles[end] is not styles[start]:
            segments.append(Segment("".join(texts[start:end]), styles[start]))
            start = end
    return Strip(segments, last)


@lru_cache(maxsize=1024)
def _characters(text: str) -> tuple[tuple[str, ...], bool]:
    """The text's characters, marks that take no room with the one they stand on, and whether any is wide."""
    if text.isascii():
        return tuple(text), False
    characters: list[str] = []
    whole = ""
    for character in text:
        if whole and cell_len(character) == 0:
            # A mark that would make the character wider is dropped: terminals do not agree about it.
            whole += character if cell_len(whole + character) == cell_len(whole) else ""
            continue
        if whole:
            characters.append(whole)
        whole = character if cell_len(character) else ""
    if whole:
        characters.append(whole)
    return tuple(characters), any(cell_len(character) > 1 for character in characters)
