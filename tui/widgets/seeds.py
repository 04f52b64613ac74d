"""Seeds: what came of each seed of a sweep, a mark for each, with one of them chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.theme import Palette, palette_of

__all__ = ["FAILED", "LOST", "SOLVED", "WAITING", "Seeds"]

WAITING, SOLVED, FAILED, LOST = "·", "●", "○", "×"
"""A seed that is not trained yet, one that has all examples right, one that has not, one whose numbers left the
finite."""


class Seeds(Widget, can_focus=True):
    """A field of marks, in the order of the seeds; the arrow keys choose one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1, 0)", show=False),
        Binding("right", "move(1, 0)", show=False),
        Binding("up", "move(0, -1)", show=False),
        Binding("down", "move(0, 1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "go(0)", show=False),
        Binding("end", "go(-1)", show=False),
        Binding("x", "next", show=False),
    ]

    class Chosen(Message):
        """Another seed is chosen."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._marks: list[str] = []
        self._first = 0
        self.place = 0

    @property
    def columns(self) -> int:
        """Marks in a row: tens, so that the seeds can be counted."""
        width = self.size.width
        return max(width // 10 * 10 or width, 1)

    def show(self, marks: Sequence[str]) -> None:
        """Show these marks in place of the present ones."""
        self._marks = list(marks)
        self.refresh()

    def action_move(self, across: int, down: int) -> None:
        """Choose a neighbour."""
        self._choose(self.place + across + down * self.columns)

    def action_page(self, direction: int) -> None:
        """Choose one a screenful away."""
        self._choose(self.place + direction * self.columns * max(self.size.height - 1, 1))

    def action_go(self, place: int) -> None:
        """Choose the first or the last."""
        self._choose(place % max(len(self._marks), 1))

    def action_next(self) -> None:
        """Choose the next one that came out otherwise than this one."""
        here = self._marks[self.place] if self._marks else WAITING
        count = len(self._marks)
        for place in (*range(self.place + 1, count), *range(self.place)):
            if self._marks[place] not in (here, WAITING):
                self._choose(place)
                return

    def _choose(self, place: int) -> None:
        if self._marks:
            self.place = min(max(place, 0), len(self._marks) - 1)
            self._keep_in_view()
            self.refresh()
            self.post_message(self.Chosen())

    def _keep_in_view(self) -> None:
        row, height = self.place // self.columns, max(self.size.height, 1)
        self._first = min(max(self._first, row - height + 1), row)

    def on_resize(self) -> None:
        """Another number of columns."""
        self._keep_in_view()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Textual asks for a line."""
        palette = palette_of(self.app.current_theme)
        columns = self.columns
        start = (self._first + y) * columns
        segments = [
            Segment(mark, _style(palette, mark, place == self.place and self.has_focus))
            for place, mark in enumerate(self._marks[start : start + columns], start)
        ]
        return Strip(segments).extend_cell_length(self.size.width).apply_style(self.rich_style)


def _style(palette: Palette, mark: str, chosen: bool) -> Style:
    if chosen:
        return palette.focus
    return {SOLVED: palette.good, FAILED: palette.muted, LOST: palette.bad}.get(mark, palette.faint)
