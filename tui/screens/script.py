"""The panel of the script: it scrolls along, so that the lines of the step are seen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region

from tui.panels.script import Place
from tui.widgets.lines import Lines

__all__ = ["ScriptPanel"]

_AROUND = 2  # lines that are seen above and below the step


class ScriptPanel(VerticalScroll):
    """Follows the marked line; what is drawn comes from the screen, with all other panels."""

    def __init__(self) -> None:
        super().__init__(id="script", classes="panel")
        self._followed: tuple[Place | None, int] | None = None
        self._shown = Region()

    def compose(self) -> ComposeResult:
        """Lay the script out."""
        yield Lines(id="script-lines")

    def on_mount(self) -> None:
        """Look for the step again when another script has been laid out: before, there is nowhere to scroll to."""
        self.watch(self, "virtual_size", self._scroll, init=False)

    def follow(self, place: Place | None, height: int) -> None:
        """Scroll to the step when it is elsewhere than before; otherwise leave the panel as somebody scrolled it.

        Args:
            place: Where the run stands; None for nowhere.
            height: The panel's lines.
        """
        if (place, height) == self._followed:
            return
        self._followed = (place, height)
        if place is not None:
            block = place.block
            first, lines = max(block.start - _AROUND, 0), len(block) + 2 * _AROUND
            if lines > height:
                first, lines = place.marked, 1
            self._shown = Region(0, first, 1, lines)
            self._scroll()

    def _scroll(self) -> None:
        self.call_after_refresh(self.scroll_to_region, self._shown, animate=False)
