"""Nodes: a unit of the network diagram, drawn in one of several sizes."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style

from hltcore.units import RECTIFIERS
from tui.formatting import NUMBER_WIDTH, clip, feature, number, plain
from tui.panels.graph import Column, Graph, Unit
from tui.theme import Palette
from tui.widgets.canvas import Canvas

__all__ = ["FORMATS", "Format", "Place", "draw_node"]

_BOX = 16
_ROW = NUMBER_WIDTH + 1
_STACK = 7
_LONGEST_NAME = 10


@dataclass(frozen=True)
class Place:
    """Where a unit stands.

    Attributes:
        number: Its place in its layer.
        left: The first column.
        width: Its columns.
        middle: The line in its middle, where the weights arrive.
    """

    number: int
    left: int
    width: int
    middle: int


@dataclass(frozen=True)
class Format:
    """A size in which units are drawn.

    Attributes:
        name: "box" with bias, z and activation in a frame; "row" with the activation beside a mark; "stack" with
            the activation under the mark; "dot" for the mark alone.
        gap: Columns between two layers, at least.
    """

    name: str
    gap: int

    def width(self, column: Column) -> int:
        """Columns of a unit of a layer."""
        if self.name in ("box", "row") and not column.layer:
            names = min(max(cell_len(plain(unit.name)) for unit in column.units), _LONGEST_NAME)
            values = [len(feature(unit.activation)) + 1 for unit in column.units if unit.activation is not None]
            return names + max(values, default=0) + 2
        return {"box": _BOX, "row": _ROW, "stack": _STACK, "dot": 1}[self.name]

    def height(self, graph: Graph, column: Column) -> int:
        """Lines of a unit of a layer."""
        if self.name == "box" and column.layer:
            return 5 if graph.row is not None else 3
        return 3 if self.name == "stack" else 1

    def least_width(self, graph: Graph) -> int:
        """Columns that the whole net needs."""
        return sum(map(self.width, graph.columns)) + self.gap * (len(graph.columns) - 1)

    def ports(self, place: Place) -> tuple[int, int]:
        """The columns of the screen in which weights arrive and leave."""
        if self.name == "stack":
            return place.left + place.width // 2, place.left + place.width // 2
        return place.left, place.left + place.width - 1


FORMATS = (Format("box", 12), Format("row", 8), Format("stack", 1), Format("dot", 3))
"""From the richest to the smallest."""


def draw_node(
    canvas: Canvas,
    unit: Unit,
    column: Column,
    kind: Format,
    place: Place,
    palette: Palette,
    accented: bool,
    last: bool,
) -> None:
    """Draw one unit.

    Args:
        canvas: Where to.
        unit: The unit.
        column: Its layer.
        kind: How large.
        place: Where.
        palette: The styles.
        accented: Whether its bias is in focus.
        last: Whether it is the prediction.
    """
    mark, style = _mark(unit, palette)
    style = palette.accent if accented else style
    if kind.name == "dot":
        canvas.text(place.left, place.middle, mark, style)
    elif kind.name == "stack":
        _stack(canvas, unit, column, place, palette, mark, style)
    elif not column.layer:
        value = "" if unit.activation is None else " " + feature(unit.activation)
        name = clip(unit.name, place.width - 2 - len(value))
        canvas.text(place.left, place.middle, f"{name}{value} ", palette.text)
        canvas.text(place.left + place.width - 1, place.middle, mark, style)
    elif kind.name == "row":
        value = _told(unit)
        canvas.text(place.left, place.middle, mark, style)
        canvas.text(place.left + 1, place.middle, f"{value:>{_ROW - 1}}", _coloured(unit, palette))
    else:
        _box(canvas, unit, place, palette, accented, last, column.function)


def _mark(unit: Unit, palette: Palette) -> tuple[str, Style]:
    if unit.dead:
        return "☠", palette.bad
    if unit.closed:
        return "○", palette.muted
    return "●", palette.good if unit.pre_activation is not None else palette.text


def _told(unit: Unit) -> str:
    if unit.activation is None:
        return "" if unit.bias is None else f"b{number(unit.bias)}"
    return number(unit.activation)


def _coloured(unit: Unit, palette: Palette) -> Style:
    value = unit.activation if unit.activation is not None else unit.bias
    return palette.muted if value is None else palette.signed(value)


def _stack(canvas: Canvas, unit: Unit, column: Column, place: Place, palette: Palette, mark: str, style: Style) -> None:
    middle = place.left + place.width // 2
    canvas.text(middle, place.middle, mark, style)
    value = "" if unit.activation is None else f"{unit.activation:.2f}"
    if len(value) > _STACK:
        value = f"{unit.activation:.0e}"
    if not column.layer:
        value = clip(unit.name, min(cell_len(plain(unit.name)), _STACK))
    canvas.text(middle - cell_len(value) // 2, place.middle + 1, value, _coloured(unit, palette))


def _box(canvas: Canvas, unit: Unit, place: Place, palette: Palette, accented: bool, last: bool, function: str) -> None:
    frame = palette.bad if unit.dead else palette.faint if unit.closed else palette.muted
    inner = _BOX - 4
    rows: list[tuple[str, float, Style]] = []
    if unit.bias is not None:
        rows.append(("bias", unit.bias, palette.accent if accented else palette.signed(unit.bias)))
    if unit.pre_activation is not None and unit.activation is not None:
        rows.append(("z", unit.pre_activation, palette.signed(unit.pre_activation)))
        strong = palette.strong if last else palette.signed(unit.activation)
        rows.append(("ŷ" if last else "a", unit.activation, strong))
    top = place.middle - (len(rows) + 1) // 2
    title = clip(unit.name, min(cell_len(plain(unit.name)), inner))
    canvas.text(place.left, top, "╭" + "─" * (_BOX - 2) + "╮", frame)
    canvas.text(place.left + 2, top, f"{title}", palette.text)
    for line, (name, value, style) in enumerate(rows, 1):
        canvas.text(place.left, top + line, f"│ {'':{inner}} │", frame)
        canvas.text(place.left + 2, top + line, name, palette.muted)
        canvas.text(place.left + _BOX - 2 - NUMBER_WIDTH, top + line, number(value), style)
    bottom = top + len(rows) + 1
    canvas.text(place.left, bottom, "╰" + "─" * (_BOX - 2) + "╯", frame)
    state = "dead ☠" if unit.dead else "✗ closed" if unit.closed else "✓ open" if function in RECTIFIERS else ""
    if state and (unit.dead or unit.pre_activation is not None):
        canvas.text(place.left + 2, bottom, state, palette.bad if unit.dead or unit.closed else palette.good)
