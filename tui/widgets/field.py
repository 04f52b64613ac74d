"""Field: one line to type into, one row high, that takes nothing a terminal would obey."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

__all__ = ["Field"]


class Field(Input):
    """A line of text; blanks of any kind become spaces, and what is not printable is left out.

    Args:
        value: The text to begin with.
        id: Its name on the screen.
    """

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        super().__init__(_clean(value), id=id, compact=True, select_on_focus=False)

    def validate_value(self, value: str) -> str:
        """Clean what was typed or pasted."""
        return _clean(value)

    async def on_key(self, event: events.Key) -> None:
        """Submit at once: Textual runs a binding only after letters that were typed behind it are in the text."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            await self.action_submit()


def _clean(text: str) -> str:
    return "".join(c for c in (" " if c.isspace() else c for c in text) if c.isprintable())
