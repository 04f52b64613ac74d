"""Matrix: one tensor as a picture of any size: each cell a number, or the mean or the extreme of a block of them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from rich.color import Color
from rich.style import Style
from textual.strip import Strip

from tui.cells import Focus
from tui.formatting import number, plain
from tui.lens import Frame, Lens, framed
from tui.theme import Palette
from tui.widgets.lines import Piece, line

if TYPE_CHECKING:
    from hltcore.logged import Tensor, WholeTensor

__all__ = ["matrix_lines", "matrix_rows", "matrix_shape", "matrix_title", "size_text", "tensor_name"]

_COLUMN = 16  # numbers of a vector that stand below each other; longer ones are folded
_ROWS_BESIDE = 2  # lines: what is seen, and what the marks mean
_LEAST, _HALF = 0.05, 0.5  # of the largest, from which on a cell has a mark of its sign, and a double one


def tensor_name(tensors: Mapping[str, Any], focus: Focus | None) -> str | None:
    """The tensor that is looked at: that of the focus, or the first one; None where there are none."""
    if focus is not None and focus[0] in tensors:
        return focus[0]
    return next(iter(tensors), None)


def matrix_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns in which a tensor of any shape is drawn: dimensions after the first lie flat, vectors fold."""
    size = math.prod(shape)
    if len(shape) > 1:
        return shape[0], size // shape[0] if shape[0] else 0
    if size <= _COLUMN:
        return size, 1
    columns = 1 << math.ceil(math.log2(size) / 2)
    return -(-size // columns), columns


def matrix_rows(height: int) -> int:
    """Lines of a panel of so many lines in which cells stand."""
    return max(height - _ROWS_BESIDE, 1)


def size_text(shape: tuple[int, ...]) -> str:
    """A shape as a person reads it."""
    return "×".join(map(str, shape)) or "1"


def matrix_title(name: str | None, tensor: Tensor | None) -> str:
    """Which tensor it is, and how it lies."""
    if name is None or tensor is None:
        return "Matrix"
    shape = tensor.shape
    rows, columns = matrix_shape(shape)
    lies = f" as {rows}×{columns}" if len(shape) != 2 and min(rows, columns) > 1 else ""
    return plain(f"{name} ({size_text(shape)}{lies})")


@lru_cache(maxsize=4)  # each holds a tensor
def matrix_lines(tensor: Tensor | None, lens: Lens, palette: Palette, width: int, height: int) -> list[Strip]:
    """The tensor as far as a lens shows it, with what is seen above and what the marks mean below.

    Args:
        tensor: The tensor, whole or summed up; None where there is none.
        lens: How much of it is seen.
        palette: The styles.
        width: Columns at hand.
        height: Lines at hand.
    """
    if tensor is None:
        return [line(("No tensor is recorded here", palette.muted)).crop(0, width)]
    drawn = tensor.whole or tensor.matrix
    shape = matrix_shape(drawn.shape)
    if 0 in shape:
        return [line(("It has no numbers", palette.muted)).crop(0, width)]
    frame = framed(lens, shape, width, matrix_rows(height))
    rows = _pooled(drawn, shape[1], frame, lens.extreme)
    sizes = [abs(value) for row in rows for value in row if math.isfinite(value)]
    scale = max(sizes, default=0.0)
    lines = [line(*_caption(tensor, drawn, shape, frame, lens, palette)).crop(0, width)]
    lines += [_row(row, frame, scale, palette) for row in rows]
    if height > len(lines) and not frame.written:
        whole = line(*_legend(scale, palette))
        lines.append(whole if whole.cell_length <= width else line(*_legend(scale, palette, short=True)).crop(0, width))
    return lines


def _caption(
    tensor: Tensor, drawn: WholeTensor, shape: tuple[int, int], frame: Frame, lens: Lens, palette: Palette
) -> list[Piece]:
    parts = []
    if drawn is not tensor:
        whole = matrix_shape(tensor.shape) if len(tensor.shape) > 1 else (1, math.prod(tensor.shape))
        blocks = "×".join(f"{size / count:.3g}" for size, count in zip(whole, drawn.shape))
        parts.append(f"recorded as {size_text(drawn.shape)} means of {blocks}")
    if frame.block != (1, 1):
        parts.append(f"each cell the {'extreme' if lens.extreme else 'mean'} of {size_text(frame.block)}")
    elif drawn is tensor:
        parts.append("each cell a number")
    for unit, first, count, block, size in zip(
        ("rows", "columns"), (frame.top, frame.left), (frame.height, frame.width), frame.block, shape
    ):
        last = min(first + count * block, size)
        if last - first < size:
            parts.append(f"{unit} {first + 1}-{last} of {size}")
    return [(" · ".join(parts), palette.muted)]


def _legend(scale: float, palette: Palette, *, short: bool = False) -> list[Piece]:
    return [
        ("++", _style(1.0, palette)),
        (" " if short else " from ", palette.muted),
        (number(scale * _HALF).strip(), palette.text),
        (" to ", palette.muted),
        (number(scale).strip(), palette.text),
        ("  ", palette.muted),
        ("--", _style(-1.0, palette)),
        (" below 0" if short else " below 0  · near it", palette.muted),
    ]


def _row(values: tuple[float, ...], frame: Frame, scale: float, palette: Palette) -> Strip:
    if frame.written:
        return line(*((number(value) + " ", palette.signed(value)) for value in values))
    pieces: list[Piece] = []
    for value in values:
        mark, share = _mark(value, scale)
        style = _style(share, palette)
        if pieces and pieces[-1][1] is style:
            pieces[-1] = (pieces[-1][0] + mark, style)
        else:
            pieces.append((mark, style))
    return line(*pieces)


def _mark(value: float, scale: float) -> tuple[str, float]:
    """Two columns for a number, and its share of the largest from -1 to 1."""
    if value != value:
        return "??", 0.0
    if math.isinf(value):
        return "!!", math.copysign(1.0, value)
    share = value / scale if scale else 0.0
    size = abs(share)
    sign = "+" if share > 0 else "-"
    return (sign * 2 if size >= _HALF else f" {sign}" if size >= _LEAST else " ·"), share


def _style(share: float, palette: Palette) -> Style:
    """A ground between the colours of both signs; where there are too few colours, the sign's own."""
    if not palette.ramp:
        return palette.muted if abs(share) < _LEAST else (palette.negative if share < 0 else palette.positive)[-1]
    middle = len(palette.ramp) // 2
    text = palette.muted if abs(share) < _LEAST else palette.text
    return _on_ground(text, palette.ramp[middle + round(share * middle)])


@lru_cache(maxsize=256)
def _on_ground(text: Style, ground: Color) -> Style:
    return text + Style(bgcolor=ground)


@lru_cache(maxsize=4)  # each holds a tensor
def _pooled(tensor: WholeTensor, columns: int, frame: Frame, extreme: bool) -> tuple[tuple[float, ...], ...]:
    """The cells, row by row; kept, as a picture is drawn again whenever anything on the screen changes."""
    values = array("f", tensor.packed)
    pool = _extremes if extreme else _means
    wide = min(frame.width * frame.block[1], columns - frame.left)
    rows = []
    for row in range(frame.height):
        top = frame.top + row * frame.block[0]
        starts = [r * columns + frame.left for r in range(top, top + frame.block[0])]
        stretches = [values[start : start + wide].tolist() for start in starts if start < len(values)]
        rows.append(pool(stretches, frame.block[1]))
    return tuple(rows)


def _means(stretches: list[list[float]], wide: int) -> tuple[float, ...]:
    """The mean of each block; a folded vector's last row is shorter than those above."""
    if len(stretches) == 1 and wide == 1:
        return tuple(stretches[0])
    sums = list(map(sum, zip_longest(*stretches, fillvalue=0.0)))
    shortest, last = len(stretches[-1]), len(stretches)
    means = []
    for start in range(0, len(sums), wide):
        part = sums[start : start + wide]
        count = len(part) * last - max(min(start + wide, len(sums)) - max(start, shortest), 0)
        means.append(sum(part) / count)
    return tuple(means)


def _extremes(stretches: list[list[float]], wide: int) -> tuple[float, ...]:
    """Of each block the number farthest from 0; NaN where one is none."""
    cells = []
    for start in range(0, max(map(len, stretches)), wide):
        parts = [part for stretch in stretches if (part := stretch[start : start + wide])]
        low, high = min(map(min, parts)), max(map(max, parts))
        unknown = math.isnan(sum(map(sum, parts))) and any(v != v for part in parts for v in part)
        cells.append(math.nan if unknown else high if high >= -low else low)
    return tuple(cells)
