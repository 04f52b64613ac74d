"""Lines: a widget that shows ready-made lines and repaints only those that changed."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

__all__ = ["Lines", "Piece", "ended", "fitting", "line", "prose"]

Piece = tuple[str, Style]
"""Some text in one style."""


def line(*pieces: Piece) -> Strip:
    """One line of the screen."""
    return Strip([Segment(text, style) for text, style in pieces])


def prose(text: str, style: Style, width: int) -> list[Strip]:
    """A text in as many lines as it takes."""
    return [line((row, style)) for row in wrap(text, max(width, 1))]


def fitting(parts: Sequence[Sequence[Piece]], width: int) -> Strip:
    """As many parts as there is room for, from the first on, two columns apart; of the first what there is room for."""
    pieces: list[Piece] = []
    used = 0
    for part in parts:
        size = sum(cell_len(text) for text, _ in part)
        if used and used + 2 + size > width:
            break
        pieces += [("  ", part[0][1]), *part] if used else part
        used += size + 2 * bool(used)
    return line(*pieces).crop(0, max(width, 0))


def ended(strip: Strip, width: int, style: Style) -> Strip:
    """The line, with a mark where it is cut off: a number that goes on must not look whole."""
    if strip.cell_length <= width:
        return strip
    return Strip.join([strip.crop(0, max(width - 1, 0)), line(("…", style))])


class Lines(Widget):
    """Lines of styled text, as many as it is given."""

    DEFAULT_CSS = "Lines { height: auto; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Strip] = []

    def draw(self, lines: Sequence[Strip]) -> None:
        """Show these lines in place of the present ones."""
        old, self._lines = self._lines, list(lines)
        if len(old) != len(self._lines):
            self.refresh(layout=True)
            return
        for y, (before, after) in enumerate(zip(old, self._lines)):
            if before != after:
                self.refresh(Region(0, y, max(self.size.width, 1), 1))

    def render_line(self, y: int) -> Strip:
        """Textual asks for a line."""
        width = self.size.width
        strip = self._lines[y] if y < len(self._lines) else Strip([])
        return strip.crop(0, width).extend_cell_length(width).apply_style(self.rich_style)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Textual asks how high it is."""
        return len(self._lines)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Textual asks how wide it is."""
        return max((strip.cell_length for strip in self._lines), default=0)
