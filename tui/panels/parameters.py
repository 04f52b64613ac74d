"""Parameters: every matrix and bias by name and shape, coloured by sign and size, the last step's changes marked."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from textual.strip import Strip

from tui.formatting import NUMBER_WIDTH, change_mark, flat, number, plain, shape
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Piece, line

__all__ = ["parameter_lines"]

_GAP = "   "


@dataclass(frozen=True)
class _Block:
    """A tensor as rows of numbers under a heading.

    Attributes:
        heading: What stands above it.
        rows: The numbers.
        before: The same before the last step; None where nothing is to be marked.
        blank: Whether the numbers are not known yet and only their room is kept.
    """

    heading: str
    rows: tuple[tuple[float, ...], ...]
    before: tuple[tuple[float, ...], ...] | None = None
    blank: bool = False

    @property
    def width(self) -> int:
        return max(len(self.heading), len(self.rows[0]) * (NUMBER_WIDTH + 1))


def parameter_lines(snapshot: Snapshot, palette: Palette, width: int, *, gradients: bool) -> list[Strip]:
    """All parameters: a matrix and its bias side by side, the gradients beside them.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand; of a matrix that is wider, the last columns are left out, and that is said.
        gradients: Whether gradients are wanted, if they fit.
    """
    full_groups = _groups(snapshot, gradients=True)
    wide = gradients and max((_width(group) for group in full_groups), default=0) <= width
    groups = full_groups if wide else [_cut(group, width) for group in _groups(snapshot, gradients=False)]
    shown = max(_width(group) for group in groups) if groups else width
    lines = [line((text, palette.muted)) for text in wrap(plain(snapshot.model_note), max(shown, 20))]
    for number_of_group, group in enumerate(groups):
        if number_of_group and len(groups) < 4:
            lines.append(line())
        lines += _group_lines(group, palette)
    return lines


def _groups(snapshot: Snapshot, *, gradients: bool) -> list[list[_Block]]:
    """The blocks of each row of blocks: parameters of one layer stand side by side."""
    before = snapshot.event.parameters if snapshot.event and not snapshot.phase_event else {}
    source = snapshot.phase_event or snapshot.event
    gradient = source.gradients if source else {}
    layers: dict[str, list[_Block]] = {}
    for name, tensor in snapshot.parameters.items():
        layer, _, part = name.rpartition(".")
        blocks = layers.setdefault(layer or name, [])
        size = f"({'×'.join(map(str, shape(tensor))) or '1'})"
        title = f"{part} {size}" if blocks else f"{name} {size}"
        blocks.append(_Block(plain(title), _rows(tensor), _rows(before[name]) if name in before else None))
        if gradients:
            blocks.append(_Block("gradient", _rows(gradient.get(name, tensor)), blank=name not in gradient))
    return list(layers.values())


def _rows(tensor: Any) -> tuple[tuple[float, ...], ...]:
    """A matrix row by row; a bias as a column, so that it stands beside the rows of its matrix."""
    if len(shape(tensor)) > 1:
        return tuple(flat(row) for row in tensor)
    return tuple((value,) for value in flat(tensor))


def _width(group: list[_Block]) -> int:
    return sum(block.width for block in group) + len(_GAP) * (len(group) - 1)


def _cut(group: list[_Block], width: int) -> list[_Block]:
    """The group in so many columns: whole numbers only, and a heading that says how many are shown."""
    matrix, *others = group
    columns = len(matrix.rows[0])
    room = (width - sum(block.width + len(_GAP) for block in others)) // (NUMBER_WIDTH + 1)
    if columns <= max(room, 1):
        return group
    shown = max(room, 1)
    before = None if matrix.before is None else tuple(row[:shown] for row in matrix.before)
    heading = f"{matrix.heading}: {shown} of {columns}"
    if len(heading) > shown * (NUMBER_WIDTH + 1):
        heading = f"{shown} of {columns} columns"
    return [_Block(heading, tuple(row[:shown] for row in matrix.rows), before), *others]


def _group_lines(group: list[_Block], palette: Palette) -> list[Strip]:
    heading: list[Piece] = []
    for block in group:
        heading.append((block.heading.ljust(block.width) + _GAP * (block is not group[-1]), palette.muted))
    lines = [line(*heading)]
    for row in range(max(len(block.rows) for block in group)):
        pieces: list[Piece] = []
        for block in group:
            pieces += _cells(block, row, palette)
            if block is not group[-1]:
                pieces.append((_GAP, palette.text))
        lines.append(line(*pieces))
    return lines


def _cells(block: _Block, row: int, palette: Palette) -> list[Piece]:
    if row >= len(block.rows) or block.blank:
        return [(" " * block.width, palette.text)]
    pieces: list[Piece] = []
    for column, value in enumerate(block.rows[row]):
        mark = " " if block.before is None else change_mark(block.before[row][column], value)
        style = palette.signed(value)
        pieces.append((number(value), style))
        pieces.append((mark, palette.accent))
    used = len(block.rows[row]) * (NUMBER_WIDTH + 1)
    pieces.append((" " * (block.width - used), palette.text))
    return pieces
