"""Fan: how the losses of many seeds spread and gather, as quantiles over the epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from rich.style import Style
from textual.strip import Strip

from tui.theme import Palette
from tui.widgets.canvas import Canvas, Dash

__all__ = ["SHARES", "fan"]

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles that are drawn: the middle one, half of all seeds around it, and nine tenths."""

_DASHES: tuple[Dash, ...] = ((1, 3), (1, 1), (1, 0), (1, 1), (1, 3))
_LABEL = 7


def fan(
    points: Sequence[int], quantiles: Sequence[Sequence[float]], width: int, height: int, palette: Palette
) -> list[Strip]:
    """Draw a line for each quantile.

    Args:
        points: The numbers of completed epochs.
        quantiles: For each of them, the losses at ``SHARES``.
        width: Columns.
        height: Lines, the axis among them.
        palette: The styles.
    """
    canvas = Canvas(width, height)
    # Where it starts is left to stick out: what follows is mostly far below.
    told = quantiles[1:] if len(quantiles) > 2 else quantiles
    finite = [value for row in told for value in row if math.isfinite(value)]
    columns, rows = width - _LABEL - 1, height - 1
    if not finite or columns < 2 or rows < 2:
        return canvas.strips()
    low, high = min(0.0, min(finite)), max(finite)
    high = high if high > low else low + 1
    last = max(points[-1], 1)

    def place(point: int, value: float) -> tuple[int, int]:
        x = round(point / last * (2 * columns - 1))
        return x + 2 * (_LABEL + 1), round((high - value) / (high - low) * (4 * rows - 1))

    for number, dash in enumerate(_DASHES):
        style = palette.strong if number == len(_DASHES) // 2 else palette.muted
        _curve(
            canvas,
            [place(p, row[number]) for p, row in zip(points, quantiles) if math.isfinite(row[number])],
            style,
            dash,
        )
    for y, value in ((0, high), (rows // 2, high - (high - low) * (rows // 2) / max(rows - 1, 1)), (rows - 1, low)):
        canvas.text(0, y, f"{value:{_LABEL}.3g}"[:_LABEL], palette.muted)
    for y in range(rows):
        canvas.text(_LABEL, y, "│", palette.faint)
    canvas.text(_LABEL, rows, "└", palette.faint)
    canvas.text(_LABEL + 1, rows, "0", palette.muted)
    end = f"epoch {last}"
    canvas.text(width - len(end), rows, end, palette.muted)
    return canvas.strips()


def _curve(canvas: Canvas, dots: Sequence[tuple[int, int]], style: Style, dash: Dash) -> None:
    """A line through some dots whose pattern goes on from one stretch to the next."""
    on, off = dash
    done = 0
    for (x0, y0), (x1, y1) in pairwise(dots):
        length = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in range(length):
            if done % (on + off) < on:
                canvas.dot(x0 + round((x1 - x0) * step / length), y0 + round((y1 - y0) * step / length), style)
            done += 1
