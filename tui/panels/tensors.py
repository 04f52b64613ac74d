"""Tensors: the parameters of a recorded model as a list to choose from, with their norms and their gradients' norms."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from textwrap import wrap

from rich.cells import cell_len
from rich.style import Style

from hltcore.logged import Tensor
from tui.cells import Focus
from tui.footage import Footage
from tui.formatting import NUMBER_WIDTH, change_mark, clip, number, plain
from tui.panels.matrix import size_text, tensor_name
from tui.panels.parameters import ParameterView
from tui.theme import Palette
from tui.widgets.lines import Piece, line

__all__ = ["change_size", "tensor_view"]

_Column = tuple[str, int, Callable[[str], list[Piece]]]
_DRAWN = 200
"""Tensors that are drawn: of thousands those around the chosen one."""
_LONGEST_SHAPE = 16
_NAME_AT_LEAST = 8


def tensor_view(footage: Footage, palette: Palette, width: int, focus: Focus | None) -> ParameterView:
    """One line for each tensor: name, shape, norm, with what the step did to it, and its gradient's norm.

    Args:
        footage: The run.
        palette: The styles.
        width: Columns at hand; what matters least is left out.
        focus: The tensor that is marked.
    """
    tensors = footage.tensors
    names = list(tensors)
    if not names:
        return ParameterView([line((text, palette.muted)) for text in _nothing(footage, width)], {})
    chosen = tensor_name(tensors, focus)
    here = names.index(chosen) if chosen is not None else 0
    first = max(min(here - _DRAWN // 2, len(names) - _DRAWN), 0)
    shown = names[first : first + _DRAWN]
    shapes = [size_text(tensors[name].shape) for name in shown]
    sized = min(max(map(len, [*shapes, "shape"])), _LONGEST_SHAPE)
    columns = _columns(footage, palette)
    while columns and width - sized - 3 - sum(room + 1 for _, room, _ in columns) < _NAME_AT_LEAST:
        columns.pop()
    left = width - sized - 3 - sum(room + 1 for _, room, _ in columns)
    named = max(min(left, max(cell_len(plain(name)) for name in shown)), 1)
    head = f" {'tensor'.ljust(named)[:named]}  {'shape'.rjust(sized)}"
    heading = head + "".join(f" {title.rjust(NUMBER_WIDTH).ljust(room)}" for title, room, _ in columns)
    lines = [line((heading, palette.muted))]
    places: dict[Focus, tuple[int, int]] = {}
    if first:
        lines.append(line((f"  … {first:,} above", palette.muted)))
    for name, told in zip(shown, shapes):
        places[name, ()] = (len(lines), 1)
        is_chosen = name == chosen
        pieces: list[Piece] = [
            ("▸" if is_chosen else " ", palette.accent),
            (clip(name, named), palette.accent if is_chosen else palette.text),
            (f"  {clip(told, sized).strip().rjust(sized)}", palette.muted),
        ]
        for _, _, cell in columns:
            pieces += [(" ", palette.text), *cell(name)]
        lines.append(line(*pieces))
    below = len(names) - first - len(shown)
    if below:
        lines.append(line((f"  … {below:,} below", palette.muted)))
    return ParameterView(lines, places)


def _columns(footage: Footage, palette: Palette) -> list[_Column]:
    """Heading, width and cell of each column, those that matter most first."""
    held = footage.held
    before: Mapping[str, Tensor] = held.parameters if held is not None else {}
    gradients: Mapping[str, Tensor] = held.gradients if held is not None else {}

    def size(name: str) -> list[Piece]:
        value = footage.tensors[name].norm
        mark = change_mark(before[name].norm, value) if name in before else " "
        return [(number(value), _style(value, palette)), (mark, palette.accent)]

    def gradient(name: str) -> list[Piece]:
        if name not in gradients:
            return [("-".rjust(NUMBER_WIDTH), palette.muted)]
        value = gradients[name].norm
        return [(number(value), _style(value, palette))]

    columns: list[_Column] = [("norm", NUMBER_WIDTH + 1, size)]
    if gradients:
        columns.append(("gradient", NUMBER_WIDTH, gradient))
    return columns


def _style(value: float, palette: Palette) -> Style:
    return palette.text if math.isfinite(value) else palette.bad


def _nothing(footage: Footage, width: int) -> list[str]:
    started = footage.started
    if started is None and footage.recorded:
        told = "The log was joined after its beginning, and no tensors have come since."
    elif footage.recorded:
        told = "No tensors are recorded at or before this step."
    else:
        told = "Nothing is recorded yet."
    return wrap(told, max(width, 8))


def change_size(before: Tensor, after: Tensor) -> float | None:
    """The norm of the difference of two tensors; None where not all of their numbers are known."""
    one, other = before.whole, after.whole
    if one is None or other is None:
        return None
    return math.dist(one.flat, other.flat)
