"""Beside: how a lesson and the panels share the screen: a strip below them, or on a wide one a column on the right."""

from __future__ import annotations

from collections.abc import Callable

from tui.arrangement import Box, Needs, arrange, examples_at_least

__all__ = ["arrange_with", "lesson_box", "room_beside"]

_WIDE = 120  # columns from which on the lesson is a column
_COLUMN = 44
_PANELS_AT_LEAST = 8  # lines that a strip leaves to the panels, where the screen has them
_STRIP_AT_LEAST = 5
_LOW = 14  # lines below which two panels stand side by side, and no third one
_TWINS_AT_LEAST = 9
_FIRST_TO_GO = ("story", "network", "surface", "embedding", "inside", "loss", "twin-examples", "examples")


def lesson_box(width: int, height: int, lines: Callable[[int, int], int]) -> Box:
    """The lesson's place.

    Args:
        width: Columns of the screen.
        height: Rows of the screen, without status and keys.
        lines: How many lines its page has in so many columns, where there are so many rows for it.
    """
    if width >= _WIDE:
        return Box(width - _COLUMN, 0, _COLUMN, height)
    most = max(height - _PANELS_AT_LEAST, height // 2)
    rows = min(max(lines(width, most - 1) + 1, _STRIP_AT_LEAST), most)
    return Box(0, height - rows, width, rows)


def room_beside(width: int, height: int, lesson: Box | None) -> tuple[int, int]:
    """The columns and rows that are left to the panels."""
    if lesson is None:
        return width, height
    return (lesson.x, height) if lesson.x else (width, lesson.y)


def arrange_with(width: int, height: int, needs: Needs, alone: str, panel: str) -> dict[str, Box]:
    """The panels beside a lesson, with one of them surely in view.

    Args:
        width: Columns at hand.
        height: Rows at hand.
        needs: What is to be shown.
        alone: The panel that has all the room; empty for none.
        panel: The panel that the page asks for; empty for none.
    """
    if alone:
        return arrange(width, height, needs, alone)
    if needs.twin and height < _TWINS_AT_LEAST:
        return _low_twins(width, height, panel)
    if height < _LOW and not needs.twin:
        beside = panel if panel not in ("", "parameters") else "examples"
        left = min(needs.parameters[0], width - examples_at_least(width))
        return {"parameters": Box(0, 0, left, height), beside: Box(left, 0, width - left, height)}
    boxes = arrange(width, height, needs)
    if panel and panel not in boxes:
        place = next(name for name in _FIRST_TO_GO if name in boxes)
        boxes = {panel if name == place else name: box for name, box in boxes.items()}
    return boxes


def _low_twins(width: int, height: int, panel: str) -> dict[str, Box]:
    """Two runs side by side, and the page's panel below them."""
    half = width // 2
    below = panel not in ("", "parameters")
    upper = height // 2 if below else height
    boxes = {"parameters": Box(0, 0, half, upper), "twin-parameters": Box(half, 0, width - half, upper)}
    return boxes | ({panel: Box(0, upper, width, height - upper)} if below else {})
