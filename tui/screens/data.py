"""Data: what each column of a file is, and why, so that nothing is guessed in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hltcore.dataset import Dataset
from tui.formatting import clip, plain
from tui.screens.sheet import Sheet

__all__ = ["DataScreen", "file_title", "note_lines"]

_LONGEST_NAME = 20
_WIDTH, _FRAME = 70, 8  # columns, as in sheets.tcss


def file_title(data: Dataset) -> Static:
    """The file of some data, and what there is to tell of it as a whole."""
    about = "; ".join(note for name, note in data.notes if not name)
    return Static(Content(f"{plain(data.name)}: {plain(about)}"), classes="dialog-title")


def note_lines(notes: Sequence[tuple[str, str]], columns: int) -> Iterator[Static]:
    """Names, each with what is told of it beside it; what has no name is left out.

    Args:
        notes: The names and what is told of them.
        columns: How wide the whole screen is.
    """
    width = min(max(cell_len(plain(name)) for name, _ in notes), _LONGEST_NAME)
    room = min(_WIDTH, columns * 96 // 100 - _FRAME) - width - 2
    for name, note in notes:
        if name:
            told = f"\n{'':{width + 2}}".join(wrap(plain(note), max(room, 20)))
            yield Static(Content.assemble((clip(name, width), "bold"), f"  {told}"), classes="dialog-column")


class DataScreen(Sheet[None]):
    """Lists the columns.

    Args:
        data: The data, read from a file.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,space,i", "dismiss_none", "Close", show=False)]

    def __init__(self, data: Dataset) -> None:
        super().__init__()
        self._data = data

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        notes = self._data.notes
        with VerticalScroll(classes="dialog -page"):
            yield file_title(self._data)
            yield Static()
            yield from note_lines(notes, self.app.size.width)
            yield Static()
            yield Static(Content(f"On the command line --target, --features and --text say otherwise{self._example}."))
            yield Static(Content("i shows this again, escape closes"), classes="dialog-hint")

    @property
    def _example(self) -> str:
        """How a column of text is seen that is not, if there is one whose name fits."""
        unseen = [name for name, note in self._data.notes if name and note.startswith("text, not seen")]
        fitting = [name for name in unseen if name.isidentifier() and len(name) <= _LONGEST_NAME]
        return f", as in --text {fitting[0]}:letters" if fitting else ""

    def begin(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one(VerticalScroll).focus()

    def action_dismiss_none(self) -> None:
        """Close."""
        self.dismiss(None)
