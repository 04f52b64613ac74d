"""Choices: a list to choose from that a key may reach before it is laid out."""

from __future__ import annotations

from contextlib import suppress

from textual.geometry import Size
from textual.widgets import OptionList

__all__ = ["Choices"]

_NARROWEST = 10  # columns, what is between it and its text among them


class Choices(OptionList):
    """A list of options; in a terminal with no room for it, a page up or down does nothing."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Textual asks how high it is, and cannot count the lines of text that has no column."""
        return super().get_content_height(container, viewport, max(width, _NARROWEST))

    def action_page_up(self) -> None:
        """Go a page up."""
        with suppress(KeyError):  # it has no lines yet
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Go a page down."""
        with suppress(KeyError):
            super().action_page_down()  # type: ignore[no-untyped-call]
