"""Weights: the lines of the network diagram, whose pattern shows the sign, and their numbers where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rich.style import Style

from hltcore.layers import place
from tui.formatting import number
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
_FAR = 3  # lines between two numbers: more is no better


class _Label(NamedTuple):
    """A number on the screen: its column, its line and its text."""

    x: int
    y: int
    text: str


class _Edge(NamedTuple):
    """A weight on the screen.

    Attributes:
        value: The weight.
        start: Column and line of the unit it comes from, in cells.
        end: The same of the unit it leads to.
        free: The columns between the two layers, from the first to before the last, in which its number may stand.
        focused: Whether it is in focus.
    """

    value: float
    start: tuple[int, int]
    end: tuple[int, int]
    free: tuple[int, int]
    focused: bool

    def label(self, along: float) -> _Label | None:
        """Its number at a share of its way; None where that would cover a unit."""
        text = number(self.value).strip()
        x = round(self.start[0] + along * (self.end[0] - self.start[0]) - len(text) / 2)
        y = round(self.start[1] + along * (self.end[1] - self.start[1]))
        inside = self.free[0] + _PADDING <= x and x + len(text) + _PADDING <= self.free[1]
        return _Label(x, y, text) if inside else None

    def labels(self) -> list[_Label]:
        """Its number wherever it may stand, the best place first."""
        return [label for label in map(self.label, _ALONG) if label is not None]


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
        for edge, label in _labels(layer, canvas.height):
            style = palette.accent if edge.focused else palette.signed(edge.value)
            canvas.text(label.x - _PADDING, label.y, f"{'':{_PADDING}}{label.text}{'':{_PADDING}}", style)
    return len(edges) - len(drawn)


def _edges(
    graph: Graph,
    kind: Format,
    places: Sequence[Sequence[Place]],
    depth: int,
    focus: tuple[str, tuple[int, ...]] | None,
) -> list[_Edge]:
    column = graph.columns[depth]
    index = focus[1] if focus is not None and focus[0] == f"{column.layer}.weight" else None
    before = graph.columns[depth - 1].places
    edges = []
    for target in places[depth]:
        for source in places[depth - 1]:
            start = kind.ports(source)[1] + 1, source.middle
            end = kind.ports(target)[0] - 1, target.middle
            focused = index == place(column.function, target.number, before[source.number])
            free = source.left + source.width, target.left
            edges.append(_Edge(column.weights[target.number][source.number], start, end, free, focused))
    return edges


def _draw(canvas: Canvas, edge: _Edge, palette: Palette) -> None:
    size = abs(edge.value)
    dash = SOLID if edge.value > 0 else BELOW if edge.value < 0 else _NONE
    thickness = 1 + (size >= 1) + (size >= 2.5)
    style: Style = palette.accent if edge.focused else palette.signed(edge.value)
    start = 2 * edge.start[0], 4 * edge.start[1] + 2
    end = 2 * edge.end[0] + 1, 4 * edge.end[1] + 2
    canvas.line(start, end, style, dash=dash, thickness=max(thickness, 2) if edge.focused else thickness)


def _labels(edges: list[_Edge], height: int) -> list[tuple[_Edge, _Label]]:
    """Where the numbers of a layer stand: all, or none but the one in focus where they would collide."""
    placed = _together(edges) or _each(edges) if len(edges) <= height else []
    return placed or [(edge, edge.labels()[0]) for edge in edges if edge.focused and edge.labels()]


def _together(edges: list[_Edge]) -> list[tuple[_Edge, _Label]]:
    """All as far along, where they are furthest from each other."""
    best: list[tuple[_Edge, _Label]] = []
    most = 0
    for along in _ALONG:
        labels = [(edge, label) for edge in edges if (label := edge.label(along)) is not None]
        lines = sorted(label.y for _, label in labels)
        apart = min((below - above for above, below in pairwise(lines)), default=_FAR)
        if len(labels) == len(edges) and min(apart, _FAR) > most:
            best, most = labels, min(apart, _FAR)
    return best


def _each(edges: list[_Edge]) -> list[tuple[_Edge, _Label]]:
    """Each where it is free; nothing if one is nowhere."""
    placed: list[tuple[_Edge, _Label]] = []
    for edge in edges:
        free = [label for label in edge.labels() if not any(_collide(label, other) for _, other in placed)]
        if not free:
            return []
        placed.append((edge, free[0]))
    return placed


def _collide(one: _Label, other: _Label) -> bool:
    reach = max(len(one.text), len(other.text)) + 2 * _PADDING
    return one.y == other.y and abs(one.x - other.x) < reach
