"""Board: the panels, each in its place and with its lines."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

from tui.arrangement import Box
from tui.screens.drawn import DRAWN, PADDING
from tui.screens.stage import Looks, Stage
from tui.widgets.lines import Lines

__all__ = ["LINES", "WALKED", "Board"]

WALKED = ("parameters", "findings", "matrix")
"""Panels in which the arrow keys walk."""
LINES = {"parameters": "parameter-lines", "examples": "example-lines"}
"""The names of panels' lines that are not the panel's with "-lines"."""
_LATE = ("embedding", "twin-parameters", "twin-examples", "matrix")
"""Panels with which few runs begin: unless the first frame has one of them, they are made behind it."""


class Board(Container):
    """Lays panels out, and draws them.

    Args:
        own: Panels that draw themselves, by name or with names of their own.

    Attributes:
        boxes: Where each panel that is shown stands.
    """

    def __init__(self, *own: Widget) -> None:
        super().__init__(id="panels")
        self._own = {str(panel.id): panel for panel in own}
        self._lines: dict[str, Lines] = {}
        self._titles: dict[str, str] = {}
        self.boxes: Mapping[str, Box] = {}

    def compose(self) -> ComposeResult:
        """Lay the panels out."""
        for name in ("parameters", *DRAWN):
            # Arrow keys walk over parameters, findings and the matrix, which scroll along; in the others they scroll.
            if name in self._own:
                yield self._own.pop(name)
            elif name not in _LATE:
                yield self._panel(name)
        yield from self._own.values()

    def _panel(self, name: str) -> VerticalScroll:
        lines = self._lines[name] = Lines(id=LINES.get(name, f"{name}-lines"))
        return VerticalScroll(lines, id=name, classes="panel", can_focus=name not in WALKED)

    def on_mount(self) -> None:
        """Have the other panels made when the first frame has been painted."""
        self.call_after_refresh(self._complete)

    def _complete(self) -> None:
        """Make the panels that are not there yet, each in its place in the order of the table."""
        order = list(DRAWN)
        for name in _LATE:
            if name not in self._lines and self.is_attached:  # not so where it was left at once
                self.mount(self._panel(name), after=f"#{order[order.index(name) - 1]}")

    def place(self, boxes: Mapping[str, Box]) -> None:
        """Put the panels into their boxes."""
        if boxes == self.boxes:
            return
        self.boxes = boxes
        if not boxes.keys().isdisjoint(_LATE):
            self._complete()
        for panel in self.query(".panel"):
            box = boxes.get(panel.id or "")
            panel.display = box is not None
            if box is not None:
                panel.styles.offset = (box.x, box.y)
                panel.styles.width, panel.styles.height = box.width, box.height

    def draw(self, stage: Stage, looks: Looks, *, pictures: bool) -> None:
        """Draw those that are shown: the pictures among them, or the others."""
        for name in DRAWN:
            box = self.boxes.get(name)
            if box is None:
                continue
            if not pictures:  # the numbers in all titles are of one moment
                self.entitle(name, stage.title(name, looks))
            if stage.is_picture(name) == pictures:
                lines = stage.lines(name, looks, box.width - PADDING, box.height - 1)
                self.lines_of(name).draw(lines)

    def lines_of(self, name: str) -> Lines:
        """The lines of a panel, which may have been mounted only just now; a panel of its own has them laid out."""
        return self._lines.get(name) or self.query_one(f"#{name}-lines", Lines)

    def entitle(self, name: str, title: str) -> None:
        """Write above a panel."""
        if self._titles.get(name) != title:
            self._titles[name] = title
            self.query_one(f"#{name}").border_title = Content(title)

    def scroll_to_parameter(self, line: int) -> None:
        """Have a line of the parameters seen, with the heading above a matrix's first row."""
        region = Region(0, max(line - 1, 0), 1, 2)
        self.query_one("#parameters", VerticalScroll).scroll_to_region(region, animate=False)
