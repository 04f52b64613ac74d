"""Script: the run as a plain PyTorch script, with the lines marked that the present phase does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from textwrap import wrap
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip

from hltcore.phase import Phase
from tui.formatting import plain
from tui.script import Script
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Piece, ended, line

__all__ = ["Place", "marked_place", "script_lines", "script_title"]

_MARK, _NO_MARK = "▸ ", "  "
_TOKENS = re.compile(
    r"""(?P<comment>\#.*)|(?P<text>f?\"\"\".*?\"\"\"|f?"(?:[^"\\]|\\.)*")"""
    r"""|(?P<word>\b(?:and|as|class|def|else|for|from|if|import|in|not|or|return|with)\b)|(?P<other>.[^#"\w]*|\w+)"""
)


class Place(NamedTuple):
    """Where in the script the run stands.

    Attributes:
        block: The lines of the step.
        marked: The first one that is marked.
    """

    block: range
    marked: int


def script_title(snapshot: Snapshot) -> str:
    """What it is, and what the mark is."""
    phase = _phase(snapshot)
    return "Script: this run in plain PyTorch" + (f" · {_MARK}{phase}" if phase else "")


def script_lines(snapshot: Snapshot, palette: Palette, width: int) -> list[Strip]:
    """The script, each of its lines on one line of the screen; one that is longer ends in a mark."""
    if snapshot.script is None:
        return [line(("It stands here as soon as the run is built.", palette.muted))]
    if snapshot.script.refusal:
        told = wrap(plain(snapshot.script.refusal), max(width, 1))
        return [line((palette.spelled(text), palette.muted)) for text in told]
    return list(_rows(snapshot.script, _phase(snapshot), palette, width))


@lru_cache(maxsize=4)
def _rows(script: Script, phase: Phase | None, palette: Palette, width: int) -> tuple[Strip, ...]:
    """The lines; the same ones while it plays, when each frame shows a step that is complete."""
    rows = []
    for item in script.lines:
        text = palette.spelled(plain(item.text))
        marked = phase is not None and item.phase is phase
        gutter = (palette.spelled(_MARK) if marked else _NO_MARK, palette.accent)
        pieces = [(text, palette.accent)] if marked else list(_coloured(text, palette))
        rows.append(ended(line(gutter, *pieces), width, palette.muted))
    return tuple(rows)


def marked_place(snapshot: Snapshot) -> Place | None:
    """Where the run stands in the script; None before its first step, and where there is no script."""
    phase = _phase(snapshot)
    if snapshot.script is None or phase is None:
        return None
    phases = [item.phase for item in snapshot.script.lines]
    steps = [number for number, done in enumerate(phases) if done is not None]
    return Place(range(steps[0], steps[-1] + 1), phases.index(phase)) if steps else None


def _phase(snapshot: Snapshot) -> Phase | None:
    """The phase that was done last."""
    if snapshot.phase_event is not None:
        return snapshot.phase_event.phase
    return Phase.UPDATE if snapshot.event is not None else None


def _coloured(text: str, palette: Palette) -> Iterator[Piece]:
    styles: dict[str, Style] = {"comment": palette.muted, "text": palette.muted, "word": palette.strong}
    for match in _TOKENS.finditer(text):
        yield match[0], styles.get(match.lastgroup or "", palette.text)
