"""Log: what a recorded run's log is: its file, the run that wrote it, and what of it was recorded."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hltcore.dataset import Dataset
from tui.formatting import plain
from tui.moment import Tape
from tui.screens.data import file_title, note_lines
from tui.screens.sheet import Sheet

__all__ = ["LogScreen"]


class LogScreen(Sheet[None]):
    """Tells what is known of the log that is shown.

    Args:
        tape: The logs.
        data: The run's data, where they are known.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,space,i", "dismiss_none", "Close", show=False)]

    def __init__(self, tape: Tape, data: Dataset | None = None) -> None:
        super().__init__()
        self._tape = tape
        self._data = data

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        with VerticalScroll(classes="dialog -page"):
            yield Static(Content(f"{plain(self._tape.name)}: an event log"), classes="dialog-title")
            yield Static()
            yield from note_lines(self._tape.about, self.app.size.width)
            if self._data is not None and self._data.notes:
                yield Static()
                yield file_title(self._data)
                yield from note_lines(self._data.notes, self.app.size.width)
            yield Static()
            yield Static(Content("i shows this again, escape closes"), classes="dialog-hint")

    def begin(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one(VerticalScroll).focus()

    def action_dismiss_none(self) -> None:
        """Close."""
        self.dismiss(None)
