"""Footer: the keys that a screen has room for."""

from __future__ import annotations

from tui.keymap import FIRST, offered
from tui.moment import Moment
from tui.theme import Palette
from tui.widgets.lines import Piece

__all__ = ["footer"]


def footer(palette: Palette, width: int, lesson: bool, moment: Moment) -> list[Piece]:
    """As many keys as there is room for, in the order of their ``footer`` numbers; drawn in the table's order.

    Those of a lesson stand there only while one is open, and then right after the first ones.

    Args:
        palette: The styles.
        width: Columns at hand.
        lesson: Whether a lesson is open.
        moment: The run: keys that do nothing for it are left out.
    """
    room, chosen, keys = width, set(), offered(moment)
    ranked = [key for key in keys if key.footer and (lesson or not key.lesson)]
    for key in sorted(ranked, key=lambda key: (key.footer > FIRST and not key.lesson, key.footer)):
        room -= len(key.shown) + len(key.short) + 2
        if room < 0:
            break
        chosen.add(key.id)
    pieces: list[Piece] = []
    for key in keys:
        if key.id in chosen:
            pieces += [(f" {key.shown}", palette.accent), (f" {key.short}", palette.muted)]
    return pieces
