"""Network: the net as a diagram, its units from the inputs to the prediction and its weights as lines between them."""

from __future__ import annotations

from rich.cells import cell_len
from textual.strip import Strip

from hltcore.layers import activates, is_table
from hltcore.units import RECTIFIERS
from tui.formatting import clip, cut, number, plain
from tui.panels.graph import Column, Graph, graph_of
from tui.panels.nodes import FORMATS, Format, Place, draw_node
from tui.panels.weights import BELOW, draw_weights
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.canvas import SOLID, Canvas, braille
from tui.widgets.lines import Piece, fitting, prose

__all__ = ["network_lines"]

Focus = tuple[str, tuple[int, ...]]

_CAPTION_FROM = 8  # lines
_TITLES_FROM = 7
_LEGEND_FROM = 10
_LONGEST_LABEL = 24


def network_lines(
    snapshot: Snapshot,
    palette: Palette,
    width: int,
    height: int,
    *,
    functions: tuple[str, ...] | None = None,
    dead: frozenset[tuple[str, int]] = frozenset(),
    focus: Focus | None = None,
) -> list[Strip]:
    """The diagram: as much of every unit as there is room for, and the weights' numbers where they do not collide.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand.
        height: Lines at hand.
        functions: Each layer's activation function; None to take them from the last step, if there is one.
        dead: Layer and place of the units that no example opens.
        focus: A parameter's name and a place in it: that weight or bias is drawn accented.
    """
    source = snapshot.phase_event or snapshot.event
    if functions is None and source is not None:
        functions = source.layout.functions
    if not snapshot.parameters:
        return _sentence("The network is being built", palette, width, height)
    graph = graph_of(snapshot, functions, dead)
    if graph is None:
        told = "The network is drawn for rows of linear layers only; this model is another kind."
        return _sentence(told, palette, width, height)
    caption, titles, legend = height >= _CAPTION_FROM, height >= _TITLES_FROM, height >= _LEGEND_FROM
    room = height - caption - titles - legend
    chosen = _fitting(graph, width, room)
    if chosen is None:
        return _sentence("The network needs more room", palette, width, height)
    places = _places(graph, chosen, width, room)
    canvas = Canvas(width, room)
    left_out = draw_weights(canvas, graph, chosen, places, palette, focus)
    for column, spots in zip(graph.columns, places):
        for spot in spots:
            accented = focus == (f"{column.layer}.bias", (spot.number,))
            draw_node(
                canvas, column.units[spot.number], column, chosen, spot, palette, accented, column is graph.columns[-1]
            )
        more = len(column.units) - len(spots)
        counted = [f"{more} more"] * bool(more) + [f"{column.left_out} of 0"] * bool(column.left_out)
        if counted and room > 1:
            canvas.text(spots[0].left, room - 1, f"… {', '.join(counted)}", palette.muted)
    lines = canvas.strips()
    if titles:
        lines.insert(0, _titles(graph, places, palette, width))
    if caption:
        lines.insert(0, fitting(_caption(graph, palette), width))
    if legend:
        lines.append(fitting(_legend(graph, left_out, palette), width))
    return lines


def _sentence(text: str, palette: Palette, width: int, height: int) -> list[Strip]:
    return prose(text, palette.muted, width)[: max(height, 0)] if width > 0 else []


def _fitting(graph: Graph, width: int, height: int) -> Format | None:
    """The richest way to draw a unit in which all fit; if none does, the richest that shows the most."""
    fitting = [
        kind
        for kind in FORMATS
        if kind.least_width(graph) <= width and all(kind.height(graph, column) <= height for column in graph.columns)
    ]
    for kind in fitting:
        if all(len(column.units) * kind.height(graph, column) <= height for column in graph.columns):
            return kind
    return min(fitting, key=lambda kind: kind.height(graph, graph.columns[-1]), default=None)


def _places(graph: Graph, kind: Format, width: int, height: int) -> list[list[Place]]:
    """Where every unit that is shown stands: the columns evenly over the width, the units evenly over the height."""
    widths = [kind.width(column) for column in graph.columns]
    spare = width - sum(widths)
    gaps = len(widths) - 1
    places = []
    left = 0
    for depth, column in enumerate(graph.columns):
        places.append(_stacked(column, kind.height(graph, column), left, widths[depth], height))
        left += widths[depth] + spare * (depth + 1) // gaps - spare * depth // gaps
    return places


def _stacked(column: Column, lines: int, left: int, width: int, height: int) -> list[Place]:
    fit = height // lines
    whole = len(column.units) <= fit and not column.left_out
    rows = height if whole or height == 1 else height - 1  # one for how many more there are
    shown = min(len(column.units), max(rows // lines, 1))
    middles = [(2 * place + 1) * rows // (2 * shown) for place in range(shown)]
    return [Place(number, left, width, middle) for number, middle in zip(_shown(column, shown), middles)]


def _shown(column: Column, count: int) -> list[int]:
    """The units that are drawn where there is no room for all: the first ones, and of inputs those that are not 0."""
    zero = [not column.layer and unit.activation == 0 for unit in column.units]
    return sorted(sorted(range(len(column.units)), key=zero.__getitem__)[:count])


def _titles(graph: Graph, places: list[list[Place]], palette: Palette, width: int) -> Strip:
    canvas = Canvas(width, 1)
    for depth, (column, spots) in enumerate(zip(graph.columns, places)):
        end = places[depth + 1][0].left if depth + 1 < len(places) else width
        follows = "mean" if is_table(column.function) else column.function if activates(column.function) else ""
        named = f"{column.layer}, {follows}" if follows else column.layer
        last = column is graph.columns[-1]
        texts = [plain(text) for text in ((named, column.layer) if column.layer else ("x",))]
        for title in texts:
            size = cell_len(title)
            left = max(min(spots[0].left, width - size), places[depth - 1][0].left + 10) if last else spots[0].left
            if left + size + (not last) <= end:
                break
        else:
            title = _numbered(title, max(end - left - 1, 0))
        canvas.text(left, 0, title, palette.muted)
    return canvas.strips()[0]


def _numbered(name: str, room: int) -> str:
    """A layer's name cut to its room, but for the number at its end."""
    stem = name.rstrip("0123456789")
    number = name[len(stem) :]
    return clip(stem, room - len(number)) + number if len(number) + 1 < room else clip(name, room)


def _caption(graph: Graph, palette: Palette) -> list[list[Piece]]:
    if graph.row is None:
        return [[("Weights and biases; a step shows an example on its way", palette.muted)]]
    prediction = graph.columns[-1].units[0].activation
    told = "" if prediction is None else f"y = {graph.target:g}  ŷ = {number(prediction).strip()}"
    label = cut(graph.label, _LONGEST_LABEL)
    parts: list[list[Piece]] = [[(label, palette.accent)], [(told, palette.strong)]]
    if graph.batch > 1:
        parts.append([(f"the first of a batch of {graph.batch}", palette.muted)])
    return [*parts, [("under the present parameters", palette.muted)]]


def _legend(graph: Graph, left_out: int, palette: Palette) -> list[list[Piece]]:
    parts: list[list[Piece]] = [
        [(braille(4, SOLID, 1), palette.positive[3]), (" above 0", palette.muted)],
        [(braille(4, BELOW, 1), palette.negative[3]), (" below 0", palette.muted)],
    ]
    if left_out:
        parts.append([(f"{left_out} small weights not drawn", palette.muted)])
    if any(column.function in RECTIFIERS for column in graph.columns):
        parts += [
            [("●", palette.good), (" open", palette.muted)],
            [("○ closed", palette.muted)],
            [("☠", palette.bad), (" dead", palette.muted)],
        ]
    return [*parts, [("thicker is larger", palette.muted)]]
