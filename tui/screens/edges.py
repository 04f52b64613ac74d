"""Edges: what stands above the panels of the main screen, and below them."""

from __future__ import annotations

from tui.panels.timeline import timeline_line
from tui.screens.drawn import PADDING
from tui.screens.footer import footer
from tui.screens.stage import Stage
from tui.theme import Palette
from tui.widgets.lines import Lines, line

__all__ = ["EDGE_LINES", "Edges"]

EDGE_LINES = 5


class Edges:
    """Status and timeline, and the keys.

    Attributes:
        upper: Status and timeline.
        lower: The keys.
    """

    def __init__(self) -> None:
        self.upper, self.lower = Lines(id="status"), Lines(id="keys")

    def draw(self, stage: Stage, palette: Palette, width: int, *, lesson: bool) -> None:
        """Show a run; and whether the keys of a lesson are of use."""
        timeline = timeline_line(stage.moment, palette, width - PADDING)
        self.upper.draw([*stage.status(palette, width - PADDING), timeline])
        self.lower.draw([line(*footer(palette, width, lesson, stage.moment))])
