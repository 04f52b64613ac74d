"""Too small: what a terminal shows that has no room for the panels."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

__all__ = ["COLUMNS", "ROWS", "TooSmall"]

COLUMNS, ROWS = 60, 16
"""The smallest screen on which the panels can be read."""


class TooSmall(Widget):
    """Covers the screen as long as that is too small, and says so.

    The panels stay beneath it, with what they show and where the keys are.
    """

    DEFAULT_CSS = "TooSmall { layer: cover; display: none; width: 100%; height: 100%; background: $surface; }"

    def render(self) -> Content:
        """Textual asks what it shows."""
        width, height = self.screen.size
        return Content(f"hlt-tui needs {COLUMNS}×{ROWS} and has {width}×{height}. Enlarge the terminal, or press q.")
