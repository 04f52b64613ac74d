"""A row of the settings sheet: a setting's name, the field for its value, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui.formatting import clip
from tui.screens.settings_form import Row
from tui.widgets.field import Choice, Field, Several

__all__ = ["SettingRow"]

_NAME = 15  # columns, with the mark
_FIELD = 20  # columns, as in sheets.tcss


class SettingRow(Widget):
    """One setting: its name, its field, and what is said of it."""

    @dataclass
    class Typed(Message):
        """The text of a setting has changed."""

        name: str
        text: str

    @dataclass
    class Reached(Message):
        """The row has the focus now."""

        name: str

    def __init__(self, row: Row) -> None:
        super().__init__(classes="setting")
        self.row = row
        self._field = self._made_for(row)  # from the start: a key may come before the row is laid out

    def compose(self) -> ComposeResult:
        """Only the field is a widget of its own: a form has many rows."""
        yield self._field

    @staticmethod
    def _made_for(row: Row) -> Field:
        if row.joined:
            return Several(row.text, row.choices)
        if row.choices:
            return Choice(row.text, row.choices)
        return Field(row.text, select_on_focus=True)

    def render(self) -> Content:
        """What stands around the field."""
        row = self.row
        mark = ("✗ ", "$text-error") if row.refusal else ("* " if row.changed else "  ", "$accent")
        name = clip(row.name, _NAME - len(mark[0]))
        note = clip(_note(row), max(self.size.width - _NAME - _FIELD - 1, 0))
        return Content.assemble(
            mark, (name, "bold" if row.changed else ""), " " * (_FIELD + 1), (note, "$foreground-muted")
        )

    def show(self, row: Row, *, typed: bool = False) -> None:
        """Show what has become of the row; one that is being typed in has its text already, or a newer one."""
        field = self._field
        if not typed and field.value == self.row.text:
            field.value = row.text
        self.row = row
        self.refresh()

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self._field.value

    def focus_field(self) -> None:
        """Put the cursor into the field."""
        self._field.focus()

    def on_input_changed(self, event: Field.Changed) -> None:
        """Say what was typed."""
        event.stop()
        self.post_message(self.Typed(self.row.name, event.value))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say that this is the row now."""
        self.post_message(self.Reached(self.row.name))


def _note(row: Row) -> str:
    """What stands behind the field: what was there, what is there when nobody sets it, and what it does."""
    before = row.before if row.changed else None
    default = row.default if not row.is_part and row.default not in (row.text.strip(), before) else None
    notes = (("was", before), ("default", default))
    return " · ".join([*(f"{word} {value or 'nothing'}" for word, value in notes if value is not None), row.help])
