"""Later: what the first frame does without, imported bit by bit once the run is there, so that no first key is slow."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

__all__ = ["import_later"]

_TURN = 0.02  # seconds between two of them, for keys that come meanwhile

_MODULES = (
    "tui.panels.chart_frame",
    "tui.panels.story",
    "hltcore.export.compose",
    "tui.screens.help",
    "tui.screens.ask",
    "tui.screens.choose",
    "tui.course.reading",
    "tui.screens.settings",
    "tui.screens.spec",
    "tui.screens.try_it",
    "tui.screens.palette",
    "tui.screens.sweep",
)


def import_later(app: App[str], then: Callable[[], None]) -> None:
    """Import them, another one at each turn.

    Args:
        app: The app, whose keys may come first.
        then: Called after the last one.
    """
    names = iter(_MODULES)

    def turn() -> None:
        name = next(names, None)
        if name is not None:
            import_module(name)
        else:
            timer.stop()
            then()

    timer = app.set_interval(_TURN, turn)
