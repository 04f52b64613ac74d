"""Spec: the run as one line to hand on, ready to be copied."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Awaitable, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.css.query import NoMatches
from textual.widgets import Static

from hltcore.errors import HltError
from hltcore.plugins import Plugin, needed
from hltcore.spec import RunSpec
from tui.formatting import plain
from tui.screens.sheet import Sheet

__all__ = ["SpecScreen", "forms_of"]


def forms_of(spec: str, plugins: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """The line in the forms that people hand on, each with what it is good for.

    Args:
        spec: The line.
        plugins: What has to be loaded before it can be read.
    """
    words = "".join(f"--plugin {shlex.quote(word)} " for word in plugins)
    also = f", with {' and '.join(plugins)} at hand" if plugins else ""
    load = f"hltcore.plugins.load({', '.join(map(repr, plugins))}); " if plugins else ""
    return (
        (f"The run in one line{also}", spec),
        ("The same state, from a shell", f"hlt-tui {words}{shlex.quote(spec)}"),
        ("The same state, in a script", f"{load}trainer = hltcore.Trainer.from_spec({spec!r})"),
    )


def _refusal(own: Sequence[str]) -> str:
    """Why no line leads back to a run."""
    names = " and ".join(own)
    what = "are objects" if len(own) > 1 else "is an object"
    return (
        f"No line leads here from another program: {names} {what} of the script that made this run. In that script "
        "Trainer.from_spec(trainer.spec) gives this very state. What is registered under a name can be handed on."
    )


class SpecScreen(Sheet[None]):
    """Shows the run's line in each of its forms, and copies the first.

    Args:
        spec: The run's line, as soon as the run can tell it.
        plugins: What is loaded.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,y", "dismiss_none", "Close", show=False),
        Binding("1", "copy(0)", "Copy the line", show=False),
        Binding("2", "copy(1)", "Copy the command", show=False),
        Binding("3", "copy(2)", "Copy the Python line", show=False),
    ]

    def __init__(self, spec: Awaitable[RunSpec], plugins: Sequence[Plugin] = ()) -> None:
        super().__init__()
        self._spec = spec
        self._plugins = plugins
        self._forms: tuple[tuple[str, str], ...] = ()

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        with VerticalScroll(classes="dialog -page"):
            yield Static(Content("waiting for the run …"), id="spec-copied")
            yield Static(id="spec-forms")
            yield Static(Content("1, 2 or 3 copies that one, escape closes"), id="spec-hint", classes="dialog-hint")

    def begin(self) -> None:
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
            spec = await self._spec
            refusal = _refusal(spec.own) if spec.own else ""
            self._forms = () if spec.own else forms_of(str(spec), needed(spec, self._plugins))
        except HltError as error:
            refusal = str(error)
        with contextlib.suppress(NoMatches):  # the page was closed meanwhile
            self._tell(refusal)

    def _tell(self, refusal: str) -> None:
        if refusal:
            self.query_one("#spec-copied", Static).update(Content(f"✗ {plain(refusal)}"))
            self.query_one("#spec-hint", Static).update(Content("escape closes"))
            return
        parts = [
            Content.assemble((f"{number}  {title}\n", "bold $accent"), plain(text))
            for number, (title, text) in enumerate(self._forms, 1)
        ]
        self.query_one("#spec-forms", Static).update(Content("\n\n").join(parts))
        self.action_copy(0)
