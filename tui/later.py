"""Later: what the first frame does without, imported bit by bit once the run is there, so that no first key is slow."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

__all__ = ["TURN", "one_by_one"]

TURN = 0.02
"""Seconds between two of them, for keys that come meanwhile."""

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


def one_by_one() -> Iterator[str]:
    """Import another one at each turn."""
    for name in _MODULES:
        import_module(name)
        yield name
