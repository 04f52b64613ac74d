"""Palette: Textual's command palette, made to stand quick hands."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette

__all__ = ["PaletteScreen"]


class PaletteScreen(CommandPalette):
    """Finds a command by its name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "page(1)", "Next page", show=False),
        Binding("pageup", "page(-1)", "Previous page", show=False),
    ]

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close, unless it is closed already, as a ``Sheet`` does."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def action_page(self, direction: int) -> None:
        """Go a page up or down, if the list is there already."""
        found = self.query_one(CommandList)
        with suppress(KeyError):  # it has no lines yet
            move = found.action_page_down if direction > 0 else found.action_page_up
            move()  # type: ignore[no-untyped-call]
