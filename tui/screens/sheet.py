"""Sheet: what lies over the main screen and closes only once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.message import Message
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget

__all__ = ["STYLES", "Sheet", "forget_drawn", "is_gone", "parts_of"]

STYLES = Path(__file__).with_name("sheets.tcss")
"""How sheets look; read when the first one is opened, which the first frame does not wait for."""


def is_gone(screen: Screen[ScreenResultType], app: App[object]) -> bool:
    """Whether a screen was closed or the app is ending: what comes for it now has nothing left to be shown on."""
    return screen not in app.screen_stack or app.return_code is not None


def parts_of(screen: Screen[ScreenResultType]) -> list[Widget]:
    """All that a screen draws: itself, what is on it, and scrollbars, which are nobody's children."""
    parts = screen.walk_children(Widget, with_self=True)
    upright = [widget.vertical_scrollbar for widget in parts if widget.show_vertical_scrollbar]
    level = [widget.horizontal_scrollbar for widget in parts if widget.show_horizontal_scrollbar]
    return [*parts, *upright, *level]


def forget_drawn(widgets: Iterable[Widget]) -> None:
    """Have widgets that are gone hold nothing of what they drew.

    Textual keeps the last thousand widgets' drawings in a cache of its own: a page of help is a quarter of a megabyte.
    """
    for widget in widgets:
        widget.refresh()


class Sheet(ModalScreen[ScreenResultType]):
    """A screen over another one.

    Two quick presses of enter, or a double click, want to close it twice: the second time it is not there any more,
    and would take away the screen below.

    Attributes:
        answering: Whether what was typed is being looked at: the next keys are for what comes after.
    """

    CSS_PATH = STYLES

    class Released(Message):
        """A sheet holds no keys any more."""

    def __init__(self) -> None:
        super().__init__()
        self.answering = False
        self._is_laid_out = False
        self._parts: list[Widget] = []

    @property
    def holds(self) -> bool:
        """Whether keys have to wait, as nothing takes them yet."""
        return not self._is_laid_out or self.answering

    def begin(self) -> None:
        """Called once what is on the sheet is there: choose what takes the keys, and begin what takes time."""

    def on_mount(self) -> None:
        """Take keys as soon as what was focused while mounting is so.

        An app that ends takes away what is on a sheet even while it is being mounted: then there is nothing to begin.
        """
        if not self.gone:
            self.begin()
        self.call_after_refresh(self.app.call_later, self.release)

    def on_unmount(self) -> None:
        """Forget what was drawn."""
        forget_drawn(self._parts)

    def release(self) -> None:
        """Let the keys that had to wait come."""
        self._is_laid_out, self.answering = True, False
        self.app.post_message(self.Released())

    @property
    def gone(self) -> bool:
        """Whether it was closed, though a key or an answer that was on its way may still come."""
        return is_gone(self, self.app)

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Give a result back and close, unless it is closed already."""
        if not self.is_active:
            return AwaitComplete()
        self.workers.cancel_node(self)
        self.release()
        self._parts = parts_of(self)
        return super().dismiss(result)
