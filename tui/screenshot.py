"""Screenshot: the screen as a picture in SVG, and what its file is called."""

from __future__ import annotations

import re
from typing import Any

from textual.app import App

from hltcore.edits import Position
from tui.formatting import plain

__all__ = ["file_stem", "screenshot"]

_WEB_FONT = re.compile(r"@font-face \{.*?\}", re.DOTALL)
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSAFE = re.compile(r"[^A-Za-z0-9.=+-]+")
_LONGEST = 100  # characters of a spec in a name: file systems take 255 bytes


def screenshot(app: App[Any], title: str) -> str:
    """The screen as it is now, as SVG that loads nothing from anywhere.

    Args:
        app: The app, running.
        title: What stands above the screen.
    """
    svg = app.export_screenshot(title=plain(title))
    # Rich names a font on the web: a viewer would ask there for it, and where it cannot the picture looks other.
    svg = _WEB_FONT.sub("", svg).replace("Fira Code", "monospace")
    return _NO_XML.sub("?", svg)


def file_stem(settings: str, position: Position) -> str:
    """A file's name without its ending: a run's settings and where it stands, whatever texts are in a spec."""
    words = _UNSAFE.sub("-", settings).strip("-.")[:_LONGEST]
    return f"{words}-step-{_UNSAFE.sub('-', str(position))}"
