"""Choose: a list of everything of a kind, to pick one."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.formatting import plain
from tui.screens.sheet import Sheet
from tui.widgets.choices import Choices

__all__ = ["ChooseScreen"]


class ChooseScreen(Sheet["str | None"]):
    """Lists names with a line about each; gives back the chosen one, or None.

    Args:
        title: What is chosen.
        items: Names and what is said of them.
        current: The name in use.
        hint: What the keys do.
        begin: The name to stand on at first, where none is in use.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss_none", "Close", show=False)]

    def __init__(
        self,
        title: str,
        items: list[tuple[str, str]],
        current: str,
        hint: str = "enter chooses, escape leaves it as it is",
        begin: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._items = items
        self._current = current
        self._hint = hint
        self._begin = current or begin

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        width = max(len(name) for name, _ in self._items)
        with Vertical(classes="dialog"):
            yield Static(Content(self._title), classes="dialog-title")
            yield Choices(
                *(
                    Option(
                        Content.assemble(
                            ("● " if name == self._current else "  ", "$accent"),
                            (plain(name).ljust(width + 2) if summary else plain(name), "bold"),
                            (plain(summary), "$text-muted"),
                        ),
                        id=name,
                    )
                    for name, summary in self._items
                )
            )
            yield Static(Content(self._hint), classes="dialog-hint")

    def begin(self) -> None:
        """Stand on the name in use."""
        options = self.query_one(OptionList)
        names = [name for name, _ in self._items]
        options.highlighted = names.index(self._begin) if self._begin in names else 0
        options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the chosen name back."""
        self.dismiss(event.option.id)

    def action_dismiss_none(self) -> None:
        """Leave things as they are."""
        self.dismiss(None)
