"""The panel of findings: arrow keys stand on one of them, and a click goes to it."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region

from hltcore.diagnostics.finding import Finding
from tui.moment import Moment
from tui.panels.findings import FindingView, chosen_among, finding_view
from tui.theme import Palette
from tui.widgets.lines import Lines

__all__ = ["FindingsPanel"]


class FindingsPanel(VerticalScroll, can_focus=False):
    """Knows which finding is chosen; what is drawn comes from the screen, with all other panels."""

    def __init__(self) -> None:
        super().__init__(id="findings", classes="panel")
        self._chosen: Finding | None = None
        self._drawn: tuple[Moment, Palette] | None = None

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        yield Lines(id="findings-lines")

    def take(self, snapshot: Moment, palette: Palette) -> None:
        """Take the run as it is now."""
        self._drawn = (snapshot, palette)

    @property
    def chosen(self) -> Finding | None:
        """The finding that the arrow keys stand on; None where there is none."""
        return chosen_among(self._drawn[0], self._chosen) if self._drawn is not None else None

    def choose(self, places: int) -> bool:
        """Stand on a finding so many places below; beyond the last one, scroll.

        Returns:
            Whether it is another one.
        """
        view = self._view()
        found = view.beside(self.chosen, places) if view is not None else None
        if found is None:
            self.scroll_relative(y=places, animate=False)
            return False
        self._chosen, lines = found
        self.scroll_to_region(Region(0, lines.start, 1, len(lines)), animate=False)
        return True

    @on(events.Click, "#findings-lines")
    async def _clicked(self, event: events.Click) -> None:
        view = self._view()
        finding = view.at(event.y) if view is not None else None
        if finding is not None:
            self._chosen = finding
            await self.app.run_action("edit")

    def _view(self) -> FindingView | None:
        if self._drawn is None:
            return None
        return finding_view(*self._drawn, self.query_one(Lines).size.width, self._chosen)
