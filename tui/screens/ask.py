"""Ask: one line to type, answered in place: a refusal is shown under it, and nothing typed is lost."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, TypeAlias

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hltcore.errors import HltError
from tui.formatting import plain
from tui.screens.sheet import Sheet
from tui.widgets.choices import Choices
from tui.widgets.field import Field

__all__ = ["AskScreen", "Preview", "Submit"]

Submit: TypeAlias = "Callable[[str], Awaitable[str | None]]"
"""Takes the text; gives None when it was done, or a sentence that says why not."""

Preview: TypeAlias = "Callable[[str], Awaitable[Sequence[tuple[str, str | Content]] | str]]"
"""What to show of a text while it is typed: rows of a name and what it is, or a sentence that says why not."""


class AskScreen(Sheet["str | None"]):
    """Asks for one line; gives back the text that was taken, or None.

    Args:
        title: What is asked for.
        hint_lines: How it is written.
        initial: The text to begin with.
        submit: Called with the text on enter. An ``HltError`` that it raises is a refusal as well.
        preview: Called with the text at each change.
        suggestions: Texts that the up and down keys put in, each with a note.
        replace: Whether typing begins with replacing the text.
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high")]  # noqa: RUF012 (Textual does not declare it ClassVar)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Close", show=False),
        Binding("up", "suggest(-1)", "Suggestion above", show=False),
        Binding("down", "suggest(1)", "Suggestion below", show=False),
    ]

    def __init__(
        self,
        title: str,
        hint_lines: Sequence[str],
        initial: str,
        submit: Submit,
        *,
        preview: Preview | None = None,
        suggestions: Sequence[tuple[str, str]] = (),
        replace: bool = False,
    ) -> None:
        super().__init__()
        self._replace = replace
        self._title = title
        self._hints = tuple(hint_lines)
        self._initial = initial
        self._submit = submit
        self._preview = preview
        self._suggestions = tuple(suggestions)
        self._place: int | None = None
        self._taken: str | None = None
        self._foreseen = ""  # the refusal that the preview tells already

    def compose(self) -> ComposeResult:
        """Lay the sheet out, what matters most first: the rest is cut where the screen is low."""
        with Vertical(classes="dialog -ask"):
            yield Static(Content(plain(self._title)), classes="dialog-title")
            yield Field(self._initial, id="ask-field")
            yield Static(id="ask-refusal", classes="dialog-error")
            yield Static(id="ask-preview")
            yield from self.compose_more()
            for hint in self._hints:
                yield Static(Content(plain(hint)), classes="dialog-hint")
            if self._suggestions:
                yield self._list()

    def compose_more(self) -> ComposeResult:
        """What a screen made from this one shows under the preview."""
        yield from ()

    def _list(self) -> OptionList:
        width = max(cell_len(plain(text)) for text, _ in self._suggestions)
        rows = Choices(
            *(
                Option(
                    Content.assemble(
                        (plain(text) + " " * (width + 2 - cell_len(plain(text))), "bold"),
                        (plain(note), "$foreground-muted"),
                    )
                )
                for text, note in self._suggestions
            ),
            id="ask-suggestions",
        )
        rows.can_focus = False
        return rows

    def begin(self) -> None:
        """Begin behind the text, or with all of it chosen."""
        field = self.query_one(Field)
        field.focus()
        field.action_select_all() if self._replace else field.action_end()
        self.look_ahead(field.value)
        if self._suggestions:
            self.query_one(OptionList).highlighted = None

    def on_input_changed(self, event: Field.Changed) -> None:
        """A refusal was of another text."""
        event.stop()
        if not self.gone:
            self._say("")
            self.look_ahead(event.value)

    async def on_input_submitted(self, event: Field.Submitted) -> None:
        """Hand the text in, once."""
        event.stop()
        if not self.answering and not self.gone:
            self.answering = True
            self._say("waiting for the run …", refusal=False)
            self._hand_in(event.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A suggestion was clicked."""
        event.stop()
        self._place = event.option_index
        self._put_in(self._place)

    def action_suggest(self, step: int) -> None:
        """Put the next suggestion in; the first press takes the first, or the last."""
        if self._suggestions:
            last = len(self._suggestions) - 1
            self._place = (0 if step > 0 else last) if self._place is None else min(max(self._place + step, 0), last)
            self.query_one(OptionList).highlighted = self._place
            self._put_in(self._place)

    def action_dismiss_none(self) -> None:
        """Leave things as they are."""
        self.dismiss(None)

    def on_screen_resume(self) -> None:
        """Close now, if the text was taken while something lay over this sheet."""
        if self._taken is not None:
            self.dismiss(self._taken)

    def accepted(self, text: str) -> None:
        """The text was taken: close."""
        self._taken = text
        if self.is_active:
            self.dismiss(text)

    def _put_in(self, place: int) -> None:
        field = self.query_one(Field)
        field.value = self._suggestions[place][0]
        field.action_end()

    def _say(self, sentence: str, *, refusal: bool = True) -> None:
        for line in self.query("#ask-refusal").results(Static):  # none, where the sheet was closed meanwhile
            line.set_class(not refusal, "-waiting")
            line.update(Content(f"{'✗ ' if refusal else ''}{plain(sentence)}" if sentence else ""))
            line.display = bool(sentence)

    @work(group="submit")
    async def _hand_in(self, text: str) -> None:
        try:
            refusal = await self._submit(text)
        except HltError as error:
            refusal = str(error)
        finally:
            self.answering = False
        with contextlib.suppress(NoMatches):  # the sheet was closed meanwhile
            self._answer(text, refusal)
        self.release()

    def _answer(self, text: str, refusal: str | None) -> None:
        self._say(refusal or "")
        if refusal is None:
            self.accepted(text)
        elif refusal == self._foreseen:
            self.query("#ask-preview").set(display=False)

    def look_ahead(self, text: str) -> None:
        """Show the preview of a text."""
        if self._preview is not None:
            self._show_preview(self._preview, text)

    @work(group="preview", exclusive=True)
    async def _show_preview(self, preview: Preview, text: str) -> None:
        with contextlib.suppress(NoMatches):  # the sheet was closed meanwhile
            try:
                self._foresee(await preview(text))
            except HltError as error:
                self._foresee(str(error))

    def _foresee(self, rows: Sequence[tuple[str, str | Content]] | str) -> None:
        self._foreseen = rows if isinstance(rows, str) else ""
        if isinstance(rows, str):
            shown = Content.styled(f"✗ {plain(rows)}" if rows else "", "$foreground-muted")
        else:
            width = max((cell_len(plain(name)) for name, _ in rows), default=0) + 2
            shown = Content("\n").join(
                Content.assemble(
                    (plain(name) + " " * (width - cell_len(plain(name))), "$foreground-muted"),
                    plain(value) if isinstance(value, str) else value,
                )
                for name, value in rows
            )
        for lines in self.query("#ask-preview").results(Static):
            lines.update(shown)
            lines.display = bool(shown)
