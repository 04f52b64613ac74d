"""Watched story: one tensor of a recorded training loop, or one number of it: what it is, what moved it, its path."""

from __future__ import annotations

import math
from functools import lru_cache

from textual.strip import Strip

from hltcore.logged import Tensor
from tui.cells import Focus, place_text, value_at
from tui.footage import Footage
from tui.formatting import NUMBER_WIDTH, change_mark, number, plain
from tui.panels.matrix import size_text, tensor_name
from tui.panels.story import SYMBOL, path_rows, total
from tui.theme import Palette
from tui.widgets.lines import Piece, ended, line, prose

__all__ = ["watched_story_lines", "watched_story_title"]

_PLOT_AT_MOST = 8  # lines
_PERCENT = (5, 25, 50, 75, 95)


def watched_story_title(footage: Footage, focus: Focus | None) -> str:
    """Which tensor or number it is."""
    name = tensor_name(footage.tensors, focus)
    if name is None:
        return "One tensor"
    if focus is not None and _is_number(footage, focus):
        return f"One number: {plain(place_text(focus))}"
    return f"One tensor: {plain(name)} ({size_text(footage.tensors[name].shape)})"


def watched_story_lines(
    footage: Footage, palette: Palette, width: int, height: int, focus: Focus | None
) -> list[Strip]:
    """Its value or figures, its gradient, and its path through the log.

    Args:
        footage: The run.
        palette: The styles.
        width: Columns at hand.
        height: Lines at hand; the plot of the path takes what the rest leaves.
        focus: The number, or with no place in it the tensor.
    """
    name = tensor_name(footage.tensors, focus)
    if name is None:
        return prose("No tensors are recorded here.", palette.muted, width)
    if focus is not None and _is_number(footage, focus):
        rows, named = _number_rows(footage, palette, focus), "path"
    else:
        rows, named = _tensor_rows(footage, palette, name), "norm"
    room = min(height - len(rows) - 2, _PLOT_AT_MOST)
    plot = path_rows(footage, palette, width, room, named) if room >= 2 else []
    return [ended(line(*row), width, palette.muted) for row in [*rows, *plot]]


def _is_number(footage: Footage, focus: Focus) -> bool:
    """Whether a single number is looked at: where numbers are not written out, whole tensors are."""
    return bool(focus[1]) and focus[0] in footage.parameters


def _tensor_rows(footage: Footage, palette: Palette, name: str) -> list[list[Piece]]:
    tensor = footage.tensors[name]
    held = footage.held
    before = held.parameters.get(name) if held is not None else None
    gradient = held.gradients.get(name) if held is not None else None
    size = tensor.norm
    rows = [[*total("norm", size, palette)]]
    if before is not None:
        rows[0] += [(" " + change_mark(before.norm, size), palette.accent)]
        rows[0] += [("   before the step ", palette.muted), (number(before.norm).strip(), palette.text)]
    rows.append(total("gradient's norm", gradient.norm, palette) if gradient is not None else _unknown(palette))
    rows.append([*_range("lowest, mean, highest", (tensor.low, tensor.mean, tensor.high), palette)])
    if tensor.not_finite:
        rows.append([("not finite".ljust(SYMBOL), palette.muted), (f"{tensor.not_finite:>8,}", palette.bad)])
    quantiles = _quantiles(tensor)
    if quantiles:
        title = "5 25 50 75 95 % below" if tensor.whole is not None else "5 … 95 % of a sample"
        rows.append(_range(title, quantiles, palette))
    if tensor.whole is None:
        rows.append([("summed up: its numbers are too many to be recorded", palette.muted)])
    return rows


def _number_rows(footage: Footage, palette: Palette, focus: Focus) -> list[list[Piece]]:
    value = value_at(footage.parameters, focus)
    rows = [total("value", value, palette)]
    if focus[0] in footage.gradients:
        rows.append(total("gradient", value_at(footage.gradients, focus), palette))
    else:
        rows.append(_unknown(palette))
    if focus[0] in footage.before:
        before = value_at(footage.before, focus)
        change = total("change in its step", value - before, palette)
        rows.append([*change, (" " + change_mark(before, value), palette.accent)])
    return rows


@lru_cache(maxsize=4)  # each holds a tensor
def _quantiles(tensor: Tensor) -> tuple[float, ...]:
    """The numbers under which 5, 25, 50, 75 and 95 % lie: of all, or of the sample that was recorded."""
    if tensor.whole is None:
        return tensor.quantiles
    finite = sorted(value for value in tensor.whole.flat if math.isfinite(value))
    return tuple(finite[(len(finite) - 1) * percent // 100] for percent in _PERCENT) if len(finite) > 1 else ()


def _unknown(palette: Palette) -> list[Piece]:
    return [("gradient".ljust(SYMBOL), palette.muted), ("not recorded".rjust(NUMBER_WIDTH), palette.muted)]


def _range(name: str, values: tuple[float, ...], palette: Palette) -> list[Piece]:
    return [(name.ljust(SYMBOL), palette.muted), *((f"{number(v)} ", palette.signed(v)) for v in values)]
