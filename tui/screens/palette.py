"""Palette: Textual's command palette, made to stand quick hands."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette
from textual.events import Mount
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList

from tui.screens.sheet import STYLES, forget_drawn, is_gone, parts_of

__all__ = ["PaletteScreen"]

_SOON = 0.01  # seconds


class PaletteScreen(CommandPalette):
    """Finds a command by its name."""

    CSS_PATH = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "page(1)", "Next page", show=False),
        Binding("pageup", "page(-1)", "Previous page", show=False),
    ]
    _parts: Sequence[Widget] = ()

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close, unless it is closed already, as a ``Sheet`` does."""
        if not self.is_active:
            return AwaitComplete()
        self.workers.cancel_node(self)
        self._parts = parts_of(self)
        return super().dismiss(result)

    def on_unmount(self) -> None:
        """Forget what was drawn, as a ``Sheet`` does."""
        forget_drawn(self._parts)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Nor choose twice."""
        self._drop_when_gone(event)

    def on_mount(self, event: Mount) -> None:
        """Do not begin to search when it is closed already, nor before there is a list for what is found.

        On a busy machine what is inside may be mounted later than the screen, whose own handler crashes then.
        """
        self._drop_when_gone(event)
        if not is_gone(self, self.app) and not self.query(CommandList):
            event.prevent_default()
            self.set_timer(_SOON, lambda: self.post_message(Mount()))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Nor for a letter that comes too late."""
        self._drop_when_gone(event)

    def _drop_when_gone(self, event: Message) -> None:
        if is_gone(self, self.app):
            event.prevent_default()

    def action_page(self, direction: int) -> None:
        """Go a page up or down, if the list is there already."""
        found = self.query_one(CommandList)
        with suppress(KeyError):  # it has no lines yet
            move = found.action_page_down if direction > 0 else found.action_page_up
            move()  # type: ignore[no-untyped-call]
