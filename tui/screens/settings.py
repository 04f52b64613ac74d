"""Settings: everything that a run is made of in one form, taken over in one switch."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import ClassVar, TypeAlias

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.css.query import NoMatches
from textual.widgets import Static

from hltcore.errors import HltError
from hltcore.spec import RunSpec
from tui.formatting import plain
from tui.screens.setting_row import SettingRow
from tui.screens.settings_form import Form, Row, Verdict
from tui.screens.sheet import Sheet
from tui.widgets.field import Field

__all__ = ["Apply", "SettingsScreen"]

Apply: TypeAlias = "Callable[[dict[str, str]], Awaitable[str | None]]"
"""Switches to these settings; gives None when it was done, or a sentence that says why not."""

_PAGE = 5  # rows


class _Scroll(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to the row that has the focus; the arrow keys are for going from row to row."""


class SettingsScreen(Sheet[bool]):
    """A form of all settings; gives back whether it was taken over.

    Args:
        spec: The settings in force.
        apply: Called on enter with what is to be another value. An ``HltError`` that it raises is a refusal as well.

    Attributes:
        form: The form as it is filled in.
        here: The setting that the cursor is in.
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high"), (36, "-tall")]  # noqa: RUF012 (Textual does not declare it ClassVar)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Close", show=False),
        Binding("up", "move(-1)", "Row above", show=False),
        Binding("down", "move(1)", "Row below", show=False),
        Binding("pageup", f"move({-_PAGE})", "Some rows up", show=False),
        Binding("pagedown", f"move({_PAGE})", "Some rows down", show=False),
    ]

    def __init__(self, spec: RunSpec, apply: Apply) -> None:
        super().__init__()
        self.form = Form(spec)
        self._apply = apply
        self.here = ""
        self._taken = False

    def compose(self) -> ComposeResult:
        """Lay the form out."""
        with Vertical(classes="dialog -settings"):
            yield Static(Content("Settings of the run"), classes="dialog-title")
            with _Scroll(id="setting-rows"):
                for heading, rows in self.form.sections():
                    with Vertical(classes="setting-group"):
                        yield Static(Content(heading), classes="setting-heading")
                        for row in rows:
                            yield SettingRow(row)
            yield Static(id="setting-help")
            yield Static(id="setting-verdict")
            yield Static(Content("↑↓ row  space next choice  enter apply  escape leave"), classes="dialog-hint")

    def begin(self) -> None:
        """Begin at the first setting."""
        self.query(SettingRow).first().focus_field()
        self._judge()

    @on(SettingRow.Typed)
    async def _take_in(self, event: SettingRow.Typed) -> None:
        """Take a text in; other parts have other rows."""
        form = self.form.typed(event.name, event.text)
        if form == self.form or self.gone:
            return
        self.form = form
        for group, (_, rows) in zip(self.query(".setting-group"), self.form.sections()):
            shown = list(group.query(SettingRow))
            if [old.row.name for old in shown] != [row.name for row in rows]:
                with self.app.batch_update():
                    for old in shown[1:]:  # the first is the part itself, where the cursor is
                        await old.remove()
                    await group.mount(*map(SettingRow, rows[1:]))
                shown = list(group.query(SettingRow))
            for old, row in zip(shown, rows):
                old.show(row, typed=row.name == event.name)
        self._judge()

    @on(SettingRow.Reached)
    def _explain(self, event: SettingRow.Reached) -> None:
        """Say all of the row that the cursor has come to."""
        self.here = event.name
        self._judge()

    async def on_input_submitted(self, event: Field.Submitted) -> None:
        """Take the form over, once; a refused one shows where."""
        event.stop()
        for row in self.query(SettingRow):  # enter may be faster than the letters before it
            self.form = self.form.typed(row.row.name, row.text)
        verdict = self.form.verdict()
        if verdict.refused:
            self._refuse(verdict)
        elif not self.form.changes():
            self.dismiss(False)
        elif not self.answering:
            self.answering = True
            self._say(Verdict("waiting for the run …"))
            self._hand_in(self.form.changes())

    def action_move(self, step: int) -> None:
        """Go to another row; from the last to the first."""
        rows = list(self.query(SettingRow))
        here = next((place for place, row in enumerate(rows) if row.row.name == self.here), 0)
        target = (here + step) % len(rows) if abs(step) == 1 else min(max(here + step, 0), len(rows) - 1)
        rows[target].focus_field()
        if target == 0:
            self.query_one(_Scroll).scroll_home(animate=False)

    def action_dismiss_none(self) -> None:
        """Leave things as they are."""
        self.dismiss(False)

    def on_screen_resume(self) -> None:
        """Close now, if the form was taken over while something lay over this sheet."""
        if self._taken:
            self.dismiss(True)

    @work(group="submit")
    async def _hand_in(self, changes: dict[str, str]) -> None:
        try:
            refusal = await self._apply(changes)
        except HltError as error:
            refusal = str(error)
        finally:
            self.answering = False
        if self.gone:
            return
        if refusal is not None:
            with contextlib.suppress(NoMatches):  # the sheet was closed meanwhile
                self._refuse(Verdict(refusal, True, self.form.about(refusal)))
            return
        self._taken = True
        if self.is_active:
            self.dismiss(True)

    def _refuse(self, verdict: Verdict) -> None:
        for row in self.query(SettingRow):
            if row.row.name == verdict.row:
                row.focus_field()
        self._say(verdict)

    def _judge(self) -> None:
        row = next((row for _, rows in self.form.sections() for row in rows if row.name == self.here), None)
        if row is not None:
            for line in self.query("#setting-help").results(Static):
                line.update(Content(plain(_explained(row))))
        self._say(self.form.verdict())

    def _say(self, verdict: Verdict) -> None:
        for line in self.query("#setting-verdict").results(Static):  # none, where the sheet was closed meanwhile
            line.set_class(verdict.refused, "-refused")
            line.update(Content(plain(f"{'✗' if verdict.refused else '→'} {verdict.sentence}")))


def _explained(row: Row) -> str:
    choices = ("+" if row.joined else ", ").join(choice or "nothing" for choice in row.choices)
    return f"{row.name}: {row.help}" + (f": {choices}" if choices else "")
