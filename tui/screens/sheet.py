"""Sheet: what lies over the main screen and closes only once."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType

__all__ = ["Sheet"]


class Sheet(ModalScreen[ScreenResultType]):
    """A screen over another one.

    Two quick presses of enter, or a double click, want to close it twice: the second time it is not there any more,
    and would take away the screen below.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Give a result back and close, unless it is closed already."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
