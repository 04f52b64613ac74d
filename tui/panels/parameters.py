"""Parameters: every matrix and bias by name and shape, coloured by sign and size, the last step's changes marked.

Each row of an embedding table stands beside the word it is for, and those that the last step picked are marked. A long
table begins with these; its other rows follow below the other layers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from rich.cells import cell_len
from textual.strip import Strip

from tui.cells import Focus, cells_of, is_frozen, value_at
from tui.formatting import change_mark, clip, fills, flat, number, plain, shape
from tui.moment import Moment
from tui.panels.block import CELL, Block
from tui.theme import Palette
from tui.widgets.lines import Piece, line, prose

if TYPE_CHECKING:
    from hltcore.embedding import Embedding

__all__ = ["ParameterView", "Shaped", "parameter_view", "shown_first"]

_GAP = "   "
_FROZEN = "="
_DIFFERS = "≠"
_LONG = 12  # rows, above which a table is shown in two parts
_LONGEST_NAME = 12
_PICKED = "▸"

_Marks = Callable[[Focus, float], str]
Shaped: TypeAlias = "tuple[str, tuple[int, ...]]"
"""A tensor's name and shape."""


@dataclass(frozen=True)
class ParameterView:
    """The panel, and where each number stands on it.

    Attributes:
        lines: What is drawn.
        places: Line and first column of each number that is drawn.
        wide: The tensors that have had a number so wide that it would touch the one to its left.
    """

    lines: list[Strip]
    places: dict[Focus, tuple[int, int]]
    wide: frozenset[Shaped] = frozenset()

    def at(self, line: int, column: int) -> Focus | None:
        """The number that stands there, or None."""
        for focus, (y, x) in self.places.items():
            if y == line and x <= column < x + CELL:
                return focus
        return None


def parameter_view(
    snapshot: Moment,
    palette: Palette,
    width: int,
    *,
    gradients: bool,
    focus: Focus | None = None,
    other: Moment | None = None,
    wide: frozenset[Shaped] = frozenset(),
) -> ParameterView:
    """All parameters: a matrix and its bias side by side, the gradients beside them.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand; of a matrix that is wider, the columns around the focus are shown, and that is said.
        gradients: Whether gradients are wanted, if they fit.
        focus: The number that is marked.
        other: A run beside this one: numbers that it has different are marked, and not what the last step changed.
        wide: The tensors that had a wide number before: their columns stay as wide, so that nothing jumps.
    """
    marks = _marks(snapshot, other)
    wide = _wide(snapshot, wide) | (_wide(other, wide) if other is not None else frozenset())
    full_groups = _groups(snapshot, wide)
    beside = gradients and max((_width(group) for group in full_groups), default=0) <= width
    groups = full_groups if beside else [_cut(_alone(group), width, focus) for group in full_groups]
    shown = max(_width(group) for group in groups) if groups else width
    lines = prose(plain(snapshot.model_note), palette.muted, max(shown, 20))
    places: dict[Focus, tuple[int, int]] = {}
    for number_of_group, group in enumerate(groups):
        if number_of_group and len(groups) < 4:
            lines.append(line())
        places.update(_places(group, len(lines) + 1))
        lines += _group_lines(group, palette, focus, marks)
    return ParameterView(lines, places, wide)


def shown_first(snapshot: Moment) -> dict[str, frozenset[int]]:
    """By name, the rows with which a long table begins: those that the last step picked."""
    table = snapshot.embedding
    if table is None or len(table.rows) <= _LONG:
        return {}
    return {f"{table.layer}.weight": frozenset(table.touched)}


def _marks(snapshot: Moment, other: Moment | None) -> _Marks:
    """What stands behind each number: that it is frozen, differs from the other run's, or has changed."""
    frozen, before = snapshot.frozen, snapshot.before

    def mark(cell: Focus, value: float) -> str:
        if is_frozen(frozen, cell):
            return _FROZEN
        if other is not None:
            its = value_at(other.parameters, cell)
            return " " if its == value or its != its else _DIFFERS
        return change_mark(value_at(before, cell), value) if cell[0] in before else " "

    return mark


def _wide(moment: Moment, before: frozenset[Shaped]) -> frozenset[Shaped]:
    """The tensors in which a number is or was so wide that it would touch the mark of the one to its left."""
    tensors = ((name, shape(tensor), tensor) for name, tensor in moment.parameters.items())
    return frozenset(
        (name, size)
        for name, size, tensor in tensors
        if (name, size) in before or any(fills(value) for row in _rows(tensor) for value in row[1:])
    )


def _groups(snapshot: Moment, wide: frozenset[Shaped]) -> list[list[Block]]:
    """The blocks of each row of blocks: parameters of one layer stand side by side, each with its gradient."""
    gradient = snapshot.gradients
    layers: dict[str, list[Block]] = {}
    for name, tensor in snapshot.parameters.items():
        layer, _, part = name.rpartition(".")
        blocks = layers.setdefault(layer or name, [])
        size = f"({'×'.join(map(str, shape(tensor))) or '1'})"
        title = f"{part} {size}" if blocks else f"{name} {size}"
        cells = tuple(map(tuple, cells_of(name, tensor)))
        block = Block(plain(title), _rows(tensor), cells, apart=int((name, shape(tensor)) in wide))
        blocks.append(_named(block, name, snapshot.embedding))
        blocks.append(Block("gradient", _rows(gradient.get(name, tensor)), blank=name not in gradient))
    return _in_parts(layers, shown_first(snapshot))


def _named(block: Block, name: str, table: Embedding | None) -> Block:
    """A block, if it is the table's with the words beside its rows."""
    if table is None or name != f"{table.layer}.weight":
        return block
    room = min(max(cell_len(plain(name)) for name in table.names), _LONGEST_NAME)
    picked = frozenset(table.touched)
    names = (f"{_PICKED if row in picked else ' '}{clip(name, room)} " for row, name in enumerate(table.names))
    quiet = frozenset(range(len(table.names))) - picked if picked else frozenset()
    return replace(block, names=tuple(names), quiet=quiet)


def _in_parts(layers: dict[str, list[Block]], first: dict[str, frozenset[int]]) -> list[list[Block]]:
    """The groups of blocks; of a long table the rows that stand first, and its other rows after all layers."""
    groups: list[list[Block]] = []
    below: list[list[Block]] = []
    for layer, blocks in layers.items():
        picked = first.get(f"{layer}.weight")
        if picked is None:
            groups.append(blocks)
            continue
        others = [row for row in range(len(blocks[0].rows)) if row not in picked]
        if picked:
            groups.append(
                [blocks[0].some(blocks[0].heading, sorted(picked)), blocks[1].some("gradient", sorted(picked))]
            )
        if others:
            heading = f"{layer}.weight: its other {len(others)} rows" if picked else blocks[0].heading
            below.append([blocks[0].some(heading, others), blocks[1].some("gradient", others)])
    return groups + below


def _alone(group: list[Block]) -> list[Block]:
    """The group without the gradients."""
    return [block for block in group if block.cells]


def _rows(tensor: Any) -> tuple[tuple[float, ...], ...]:
    """A matrix row by row; a bias as a column, so that it stands beside the rows of its matrix."""
    if len(shape(tensor)) > 1:
        return tuple(flat(row) for row in tensor)
    return tuple((value,) for value in flat(tensor))


def _width(group: list[Block]) -> int:
    return sum(block.width for block in group) + len(_GAP) * (len(group) - 1)


def _cut(group: list[Block], width: int, focus: Focus | None) -> list[Block]:
    """The group in so many columns: whole numbers only, the focused one among them."""
    matrix, *others = group
    columns = len(matrix.rows[0])
    beside = sum(block.width + len(_GAP) for block in others)
    room = max((width - matrix.named - beside + matrix.apart) // (CELL + matrix.apart), 1)
    if columns <= room:
        return [matrix.headed(width - beside), *others]
    focused = [place for row in matrix.cells for place, cell in enumerate(row) if cell == focus]
    first = max(focused[0] - room + 1, 0) if focused else 0
    return [matrix.columns(first, room), *others]


def _places(group: list[Block], first_line: int) -> dict[Focus, tuple[int, int]]:
    places: dict[Focus, tuple[int, int]] = {}
    left = 0
    for block in group:
        for y, row in enumerate(block.cells):
            start = left + block.named
            places.update({cell: (first_line + y, start + x * (CELL + block.apart)) for x, cell in enumerate(row)})
        left += block.width + len(_GAP)
    return places


def _group_lines(group: list[Block], palette: Palette, focus: Focus | None, marks: _Marks) -> list[Strip]:
    heading: list[Piece] = []
    for block in group:
        heading.append((block.heading.ljust(block.width) + _GAP * (block is not group[-1]), palette.muted))
    lines = [line(*heading)]
    for row in range(max(len(block.rows) for block in group)):
        pieces: list[Piece] = []
        for block in group:
            pieces += _numbers(block, row, palette, focus, marks)
            if block is not group[-1]:
                pieces.append((_GAP, palette.text))
        lines.append(line(*pieces))
    return lines


def _numbers(block: Block, row: int, palette: Palette, focus: Focus | None, marks: _Marks) -> list[Piece]:
    if row >= len(block.rows) or block.blank:
        return [(" " * block.width, palette.text)]
    pieces: list[Piece] = []
    quiet = row in block.quiet
    if block.names:
        pieces.append((block.names[row], palette.muted if quiet else palette.text))
    for column, value in enumerate(block.rows[row]):
        cell = block.cells[row][column] if block.cells else None
        style = palette.muted if quiet else palette.signed(value)
        if column and block.apart:
            pieces.append((" " * block.apart, palette.text))
        pieces.append((number(value), palette.focus if cell and cell == focus else style))
        pieces.append((marks(cell, value) if cell else " ", palette.accent))
    pieces.append((" " * (block.width - block.named - block.room(len(block.rows[row]))), palette.text))
    return pieces
