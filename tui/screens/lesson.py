"""The lesson's panel: a page that scrolls, in the place that the screen's size gives it."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from tui.arrangement import Box
from tui.beside import lesson_box
from tui.course.guide import Reading
from tui.panels.lesson import lesson_lines, lesson_title
from tui.screens.drawn import PADDING, SCROLLBAR
from tui.session import SavedView
from tui.theme import Palette
from tui.widgets.lines import Lines

__all__ = ["LessonPanel"]

_FAR = 10_000  # lines: more than any page has


class LessonPanel(VerticalScroll, can_focus=False):
    """Shows the page that lies open.

    Attributes:
        reading: The open lesson; None where none is.
    """

    def __init__(self) -> None:
        super().__init__(id="lesson", classes="panel")
        self.reading: Reading | None = None
        self._title = ""

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        yield Lines(id="lesson-lines")

    @property
    def panel(self) -> str:
        """The panel that the page asks for; empty for any."""
        return self.reading.page.panel if self.reading is not None else ""

    def read(self, reading: Reading | None) -> bool:
        """Take another page, or the same one with more done on it.

        Returns:
            Whether it is another page.
        """
        before, self.reading = self.reading, reading
        if reading is None:
            return False
        turned = before is None or (before.lesson, before.number) != (reading.lesson, reading.number)
        if turned:
            self.call_after_refresh(self._scroll, -_FAR)
        elif before is not None and before.asks and not reading.asks:
            self.call_after_refresh(self._scroll, _FAR)  # to what is told now
        return turned

    def kept_in(self, view: SavedView) -> SavedView:
        """How the screen is arranged, with the page that lies open."""
        reading = self.reading
        return view if reading is None else replace(view, lesson=reading.lesson.name, page=reading.number)

    def scroll_pages(self, pages: int) -> None:
        """Scroll by so many pages, with a line of the one before."""
        self._scroll(pages * max(self.size.height - 1, 1))

    def _scroll(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False)

    def box(self, palette: Palette, width: int, height: int) -> Box | None:
        """Its place on a screen of some size, without status and keys; None where no lesson is open."""
        reading = self.reading
        if reading is None:
            return None
        return lesson_box(
            width, height, lambda columns, rows: len(lesson_lines(reading, palette, columns - PADDING, rows))
        )

    def draw(self, palette: Palette, box: Box) -> None:
        """Show the page in its place."""
        if self.reading is None:
            return
        title = lesson_title(self.reading)
        if title != self._title:
            self._title = title
            self.border_title = Content(title)
        self.set_class(box.x > 0, "-column")
        width, height = box.width - PADDING - (box.x > 0), box.height - 1
        lines = lesson_lines(self.reading, palette, width, height)
        if len(lines) > height:
            lines = lesson_lines(self.reading, palette, width - SCROLLBAR, height)
        self.query_one(Lines).draw(lines)
