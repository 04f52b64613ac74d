"""Lines: a widget that shows ready-made lines and repaints only those that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from textwrap import wrap

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

__all__ = ["Lines", "Piece", "Strips", "ended", "fitting", "line", "prose"]

Piece = tuple[str, Style]
"""Some text in one style."""

_NONE = Style.null()


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


class Strips(Widget):
    """Lines of styled text, of which only those that changed are painted again."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Strip] = []
        self._ground: Style | None = None

    def draw(self, lines: Sequence[Strip]) -> None:
        """Show these lines in place of the present ones."""
        old, self._lines = self._lines, list(lines)
        if len(old) != len(self._lines):
            self.refresh(layout=self.styles.is_auto_height)
            return
        width = max(self.size.width, 1)
        changed = [Region(0, y, width, 1) for y, (before, after) in enumerate(zip(old, self._lines)) if before != after]
        if changed:
            self.refresh(*changed)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual asks for lines."""
        self._ground = None
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Textual asks for a line."""
        if self._ground is None:  # all lines of a frame stand on one, which takes long to find
            self._ground = self.rich_style
        width = self.size.width
        strip = self._lines[y].crop(0, width) if y < len(self._lines) else Strip([])
        segments = [*_joined(strip)]
        if strip.cell_length < width:
            segments.append(Segment(" " * (width - strip.cell_length)))
        return Strip(segments, width).apply_style(self._ground)


def _joined(strip: Strip) -> Iterator[Segment]:
    """The line in as few pieces as show the same: each piece costs time, and bytes on the way to the terminal."""
    text, style = "", _NONE
    for more, its, _ in strip:
        its = its or _NONE
        if its is style or (more.isspace() and not _is_seen(its) and not _is_seen(style)):
            text += more
        elif more:
            if text:
                yield Segment(text, style)
            text, style = more, its
    if text:
        yield Segment(text, style)


@lru_cache(maxsize=512)
def _is_seen(style: Style) -> bool:
    """Whether a blank looks otherwise in it."""
    return bool(style.bgcolor or style.reverse or style.underline or style.underline2 or style.strike or style.overline)


class Lines(Strips):
    """As many lines as it is given."""

    DEFAULT_CSS = "Lines { height: auto; width: 1fr; }"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Textual asks how high it is."""
        return len(self._lines)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Textual asks how wide it is."""
        return max((strip.cell_length for strip in self._lines), default=0)
