"""Driver: Textual's own for a Unix terminal, but that it sends only the cells which differ."""

from __future__ import annotations

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from tui.shown import Shown

__all__ = ["SparingDriver"]


class SparingDriver(LinuxDriver):
    """Talks to a terminal in as few bytes as it takes."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._drawn_by = app
        self._shown = Shown()

    def write(self, data: str) -> None:
        """Send something, or as much of it as the terminal does not show already."""
        super().write(self._shown.reduced(data, self._drawn_by.size.height))
