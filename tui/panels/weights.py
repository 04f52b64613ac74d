"""Weights: the lines of the network diagram, whose pattern shows the sign, and their numbers where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.style import Style

from tui.formatting import NUMBER_WIDTH, number
from tui.panels.graph import Graph
from tui.panels.nodes import Format, Place
from tui.theme import Palette
from tui.widgets.canvas import SOLID, Canvas, Dash

__all__ = ["BELOW", "draw_weights"]

BELOW: Dash = (4, 2)
"""The pattern of a weight below 0."""

_NONE: Dash = (1, 5)
_MOST = 240  # lines: more are neither to be told apart nor quickly drawn
_ALONG = (0.5, 0.4, 0.6, 0.34, 0.66, 0.28, 0.72, 0.22, 0.78)
_PADDING = 1


@dataclass(frozen=True)
class _Edge:
    """A weight on the screen.

    Attributes:
        value: The weight.
        start: Column and line of the unit it comes from, in cells.
        end: The same of the unit it leads to.
        focused: Whether it is in focus.
    """

    value: float
    start: tuple[int, int]
    end: tuple[int, int]
    focused: bool

    def label(self, along: float) -> tuple[int, int, str]:
        """Column, line and text of its number at a share of its way."""
        text = number(self.value).strip()
        x = self.start[0] + along * (self.end[0] - self.start[0]) - len(text) / 2
        return round(x), round(self.start[1] + along * (self.end[1] - self.start[1])), text


def draw_weights(
    canvas: Canvas,
    graph: Graph,
    kind: Format,
    places: Sequence[Sequence[Place]],
    palette: Palette,
    focus: tuple[str, tuple[int, ...]] | None,
) -> int:
    """Draw the lines between the units that are shown, the largest over the others, and then the numbers.

    Args:
        canvas: Where to.
        graph: The net.
        kind: How large the units are drawn.
        places: Where they stand.
        palette: The styles.
        focus: A parameter's name and a place in it.

    Returns:
        How many of the smallest were left out.
    """
    layers = [_edges(graph, kind, places, depth, focus) for depth in range(1, len(graph.columns))]
    edges = sorted((edge for layer in layers for edge in layer), key=lambda edge: (edge.focused, abs(edge.value)))
    drawn = edges[-_MOST:]
    for edge in drawn:
        _draw(canvas, edge, palette)
    for layer in layers:
        labels = _labels(layer, canvas.height)
        for edge, (x, y, text) in zip(layer, labels):
            canvas.text(x - _PADDING, y, f" {text} ", palette.accent if edge.focused else palette.signed(edge.value))
        for edge in layer:
            if edge.focused and not labels:
                x, y, text = edge.label(0.5)
                canvas.text(x, y, text, palette.accent)
    return len(edges) - len(drawn)


def _edges(
    graph: Graph,
    kind: Format,
    places: Sequence[Sequence[Place]],
    depth: int,
    focus: tuple[str, tuple[int, ...]] | None,
) -> list[_Edge]:
    column = graph.columns[depth]
    edges = []
    for target in places[depth]:
        for source in places[depth - 1]:
            start = kind.ports(source)[1] + 1, source.middle
            end = kind.ports(target)[0] - 1, target.middle
            focused = focus == (f"{column.layer}.weight", (target.number, source.number))
            edges.append(_Edge(column.weights[target.number][source.number], start, end, focused))
    return edges


def _draw(canvas: Canvas, edge: _Edge, palette: Palette) -> None:
    size = abs(edge.value)
    dash = SOLID if edge.value > 0 else BELOW if edge.value < 0 else _NONE
    thickness = 1 + (size >= 1) + (size >= 2.5)
    style: Style = palette.accent if edge.focused else palette.signed(edge.value)
    start = 2 * edge.start[0], 4 * edge.start[1] + 2
    end = 2 * edge.end[0] + 1, 4 * edge.end[1] + 2
    canvas.line(start, end, style, dash=dash, thickness=max(thickness, 2) if edge.focused else thickness)


def _labels(edges: list[_Edge], height: int) -> list[tuple[int, int, str]]:
    """A place for every number of a layer, all as far along or each for itself; nothing when they would collide."""
    if not edges or len(edges) > height:
        return []
    room = edges[0].end[0] - edges[0].start[0] + 1
    if room < NUMBER_WIDTH + 2 * _PADDING:
        return []
    limit = (NUMBER_WIDTH / 2 + _PADDING) / room
    along = [share for share in _ALONG if limit <= share <= 1 - limit] or [0.5]
    best = max(along, key=lambda share: (min(_apart([edge.label(share) for edge in edges]), 3), -abs(share - 0.5)))
    together = [edge.label(best) for edge in edges]
    if _apart(together) >= 1:
        return together
    placed: list[tuple[int, int, str]] = []
    for edge in edges:
        spots = [edge.label(share) for share in along]
        free = [spot for spot in spots if not any(_collide(spot, other) for other in placed)]
        if not free:
            return []
        placed.append(free[0])
    return placed


def _apart(labels: list[tuple[int, int, str]]) -> int:
    """How many lines lie between the two numbers that are closest to each other."""
    lines = sorted(y for _, y, _ in labels)
    return min((below - above for above, below in pairwise(lines)), default=9)


def _collide(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    reach = max(len(one[2]), len(other[2])) + 2 * _PADDING
    return one[1] == other[1] and abs(one[0] - other[0]) < reach
