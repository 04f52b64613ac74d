"""Cells: the numbers of a model's parameters as places that the arrow keys can walk."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

from hltcore import places
from tui.formatting import shape

__all__ = ["Focus", "cells", "cells_of", "holds", "is_frozen", "place_text", "value_at", "walk"]

Focus = tuple[str, tuple[int, ...]]
"""One number: its parameter's name, and its place there."""

_MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


def cells_of(name: str, tensor: Any) -> list[list[Focus]]:
    """A tensor's cells row by row; a vector is one column, and what has more dimensions two lies flat in its rows."""
    sizes = shape(tensor)
    if len(sizes) < 2:
        return [[(name, place)] for place in product(*map(range, sizes))]
    return [[(name, (row, *rest)) for rest in product(*map(range, sizes[1:]))] for row in range(sizes[0])]


def cells(parameters: Mapping[str, Any]) -> list[Focus]:
    """Every cell, tensor by tensor and row by row."""
    return [cell for name, tensor in parameters.items() for row in cells_of(name, tensor) for cell in row]


def walk(
    parameters: Mapping[str, Any],
    focus: Focus | None,
    direction: str,
    first: Mapping[str, Collection[int]] = MappingProxyType({}),
) -> Focus | None:
    """The cell next to another, as they stand on the screen: a layer's tensors side by side, layers below each other.

    Args:
        parameters: By name, nested tuples.
        focus: Where to go from; None, or a cell that is not there, stands for the place before the first.
        direction: "up", "down", "left" or "right".
        first: By parameter, the rows that stand in its place while its other rows follow below all layers.

    Returns:
        The cell, the same one at an edge; None when there are no parameters.
    """
    rows = _rows(parameters, first)
    here = [(y, x) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell == focus]
    if not here:
        return rows[0][0] if rows else None
    down, right = _MOVES[direction]
    y = min(max(here[0][0] + down, 0), len(rows) - 1)
    x = here[0][1] + right if right else min(here[0][1], len(rows[y]) - 1)
    return rows[y][min(max(x, 0), len(rows[y]) - 1)]


def _rows(parameters: Mapping[str, Any], first: Mapping[str, Collection[int]]) -> list[list[Focus]]:
    layers: dict[str, list[list[list[Focus]]]] = {}
    below: list[list[Focus]] = []
    for name, tensor in parameters.items():
        tensor_rows = cells_of(name, tensor)
        if name in first:
            below += [row for place, row in enumerate(tensor_rows) if place not in first[name]]
            tensor_rows = [row for place, row in enumerate(tensor_rows) if place in first[name]]
        layers.setdefault(name.rpartition(".")[0] or name, []).append(tensor_rows)
    rows: list[list[Focus]] = []
    for tensors in layers.values():
        for y in range(max(map(len, tensors))):
            rows.append([cell for tensor in tensors if y < len(tensor) for cell in tensor[y]])
    return [row for row in (*rows, *below) if row]


def holds(parameters: Mapping[str, Any], focus: Focus) -> bool:
    """Whether a model with these parameters has such a number: another one may not."""
    sizes = shape(parameters[focus[0]]) if focus[0] in parameters else None
    return sizes is not None and len(sizes) == len(focus[1]) and all(i < size for i, size in zip(focus[1], sizes))


def value_at(parameters: Mapping[str, Any], focus: Focus) -> float:
    """The number in a cell; NaN where there is none."""
    value = parameters.get(focus[0], math.nan)
    for place in focus[1]:
        if not isinstance(value, tuple) or place >= len(value):
            return math.nan
        value = value[place]
    return value if isinstance(value, float) else math.nan


def is_frozen(frozen: str, focus: Focus) -> bool:
    """Whether the setting ``frozen`` names a cell, or its whole parameter."""
    return bool(frozen) and any(place.holds(*focus) for place in places.read(frozen))


def place_text(focus: Focus) -> str:
    """A cell as a spec writes it: ``linear1.weight[0,1]``."""
    return f"{focus[0]}[{','.join(map(str, focus[1]))}]"
