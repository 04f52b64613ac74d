"""Glyphs: what a terminal without Unicode shows in place of every other character.

Two ways lead there. A panel spells its formulas out before it lays them out (``spelled``: "²" becomes "^2"); whatever
still is not ASCII when a line goes to the terminal is exchanged there, column for column (``in_ascii``), so that
nothing moves and nothing is forgotten: borders, scroll bars and texts from data go the same way.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

__all__ = ["GLYPHS", "SPELLINGS", "AsciiFilter", "in_ascii", "spelled"]

_GROUPS = {
    # Letters and signs of formulas. The prediction is p: a y with a hat is no ASCII letter.
    "ŷ": "p",
    "ñ": "n",
    "∂": "d",
    "θ": "w",
    "σ": "s",
    "·": ".",
    "×": "x",
    "−–—⁻": "-",
    "′": "'",
    "²": "2",
    "³": "3",
    "√": "r",
    "±": "~",
    "≥›»": ">",
    "≤‹«": "<",
    "≠": "!",
    "≈": "~",
    "Σ": "S",
    "π": "P",
    "ηΔδελ½∞": "?",
    # Marks.
    "▲△↑": "^",
    "▼▽↓": "v",
    "▸▶►→⏵➜": ">",
    "◂◀◄←": "<",
    "✓✔☑": "+",
    "✗✘☒☠": "x",
    "●◉⬤★": "*",
    "○◌◯": "o",
    "◦": ",",
    "•■▪◆": "*",
    "□▫◇": "o",
    "‖": "|",
    "…⋯": "~",
    "⋮": ":",
    "🔎": "> ",
    "❌": "x ",
    "⭘": "o",
    "’‘": "'",
    "“”": '"',
    # Bars, half blocks and borders made of them: how much of the cell is filled.
    "█▓": "#",
    "▉▊▋▌▍▎▏▐▕": "|",
    "▒": "=",
    "░": ":",
    "▁▂▃": "_",
    "▄▅▆▇": "=",
    "▔▀": "-",
    "▖▗▘▝": ".",
    "▙▛▜▟▚▞": "#",
    # Box drawing; the joints and corners, which are the rest of its range, are "+".
    "─━┄┅┈┉╌╍═╴╶╸╺╼╾": "-",
    "│┃┆┇┊┋╎╏║╵╷╹╻╽╿": "|",
    "╱": "/",
    "╲": "\\",
    "╳": "x",
}
_DOTS = " ..::**##"
"""A braille cell by the number of its dots."""

GLYPHS: dict[str, str] = {
    **{chr(code): "+" for code in range(0x2500, 0x2580)},
    **{chr(0x2800 + dots): _DOTS[dots.bit_count()] for dots in range(256)},
    **{glyph: sign for glyphs, sign in _GROUPS.items() for glyph in glyphs},
}
"""For each glyph ASCII of the same width: one character, two for what takes two columns."""

SPELLINGS: dict[str, str] = {
    "·": "*",
    "⁻": "^-",
    "²": "^2",
    "³": "^3",
    "½": "1/2",
    "±": "+-",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "→": "->",
    "∞": "inf",
    "Δ": "delta ",
    "δ": "delta ",
    "ε": "eps",
    "η": "lr",
    "λ": "lambda ",
    "Σ": "sum ",
    "…": "...",
}
"""What is better said in several characters, where there is room for them."""

_SPELLED = re.compile("|".join(SPELLINGS))
_PRODUCT = re.compile(r"(?<=[\w)\]])·(?=[\w(])")  # the same dot alone separates, or is the empty part of a bar
_ROOT = re.compile(r"√(\w+)")
_TIGHT = {" →": "->", " ≥": ">=", " ≤": "<=", " ≠": "!=", " · ": " | "}


def spelled(text: str) -> str:
    """A text with the characters of formulas written in ASCII, in as many columns as that takes."""
    text = _ROOT.sub(r"sqrt(\1)", text).replace("√", "sqrt")
    return in_ascii(_SPELLED.sub(lambda match: SPELLINGS[match[0]], text))


@lru_cache(maxsize=4096)
def in_ascii(text: str) -> str:
    """A text in ASCII, in exactly as many columns."""
    if text.isascii():
        return text
    exchanged = _PRODUCT.sub("*", text)
    for glyph, sign in _TIGHT.items():
        exchanged = exchanged.replace(glyph, sign)
    return set_cell_size("".join(map(_sign, exchanged)), cell_len(text))


def _sign(character: str) -> str:
    """ASCII for one character: its entry, its letter without accents, or a question mark for each column."""
    if character.isascii():
        return character
    columns = cell_len(character)
    sign = GLYPHS.get(character) or unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return sign if len(sign) == columns and sign.isprintable() else "?" * columns


class AsciiFilter(LineFilter):
    """Exchanges every other character of a finished line."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Textual asks for a line."""
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]
