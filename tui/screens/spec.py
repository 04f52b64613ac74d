"""Spec: the run as one line to hand on, ready to be copied."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Awaitable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.css.query import NoMatches
from textual.widgets import Static

from hltcore.errors import HltError
from tui.formatting import plain
from tui.screens.sheet import Sheet

__all__ = ["SpecScreen", "forms_of"]


def forms_of(spec: str) -> tuple[tuple[str, str], ...]:
    """The line in the forms that people hand on, each with what it is good for."""
    return (
        ("The run in one line", spec),
        ("The same state, from a shell", f"hlt-tui {shlex.quote(spec)}"),
        ("The same state, in a script", f"trainer = hltcore.Trainer.from_spec({spec!r})"),
    )


class SpecScreen(Sheet[None]):
    """Shows the run's line in each of its forms, and copies the first.

    Args:
        spec: The run's line, as soon as the run can tell it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,y", "dismiss_none", "Close", show=False),
        Binding("1", "copy(0)", "Copy the line", show=False),
        Binding("2", "copy(1)", "Copy the command", show=False),
        Binding("3", "copy(2)", "Copy the Python line", show=False),
    ]

    def __init__(self, spec: Awaitable[str]) -> None:
        super().__init__()
        self._spec = spec
        self._forms: tuple[tuple[str, str], ...] = ()

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        with VerticalScroll(classes="dialog -page"):
            yield Static(Content("waiting for the run …"), id="spec-copied")
            yield Static(id="spec-forms")
            yield Static(Content("1, 2 or 3 copies that one, escape closes"), classes="dialog-hint")

    def on_mount(self) -> None:
        """Let the arrow keys scroll, and ask the run."""
        self.query_one(VerticalScroll).focus()
        self._fetch()

    def action_copy(self, place: int) -> None:
        """Put one of the forms on the clipboard."""
        if self._forms:
            title, text = self._forms[place]
            self.app.copy_to_clipboard(text)
            said = f"{place + 1} is on the clipboard, if the terminal allows it: {title[0].lower()}{title[1:]}"
            self.query_one("#spec-copied", Static).update(Content(said))

    def action_dismiss_none(self) -> None:
        """Close."""
        self.dismiss(None)

    @work
    async def _fetch(self) -> None:
        refusal = ""
        try:
            self._forms = forms_of(await self._spec)
        except HltError as error:
            refusal = str(error)
        with contextlib.suppress(NoMatches):  # the page was closed meanwhile
            self._tell(refusal)

    def _tell(self, refusal: str) -> None:
        if refusal:
            self.query_one("#spec-copied", Static).update(Content(f"✗ {plain(refusal)}"))
            return
        parts = [
            Content.assemble((f"{number}  {title}\n", "bold $accent"), plain(text))
            for number, (title, text) in enumerate(self._forms, 1)
        ]
        self.query_one("#spec-forms", Static).update(Content("\n\n").join(parts))
        self.action_copy(0)
