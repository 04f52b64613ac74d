"""Arrangement: which panel stands where on a screen of some size."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Box", "Needs", "arrange", "examples_at_least", "script_columns"]

_MEDIUM = (96, 28)
_WIDE = (130, 36)
_HUGE = (180, 52)
_MANY = 24  # lines of examples, above which a small screen shows the surface in their place
_TITLE = 1  # line of a panel
_PLOT_AT_LEAST = 7  # lines with its title
_LOW, _LOW_PLOT = 14, 5  # a screen with fewer lines keeps so many for the plot
_TWINS_PLOT_AT_LEAST = 6
_TWINS_PLOT_FROM = 16  # lines of the screen without status and keys
_PARAMETERS_AT_MOST = 9  # lines, above which (and above two fifths of the height) they take the whole left side
_BESIDE_EACH_OTHER = 60  # columns in which two panels can stand


_SCRIPT, _PANELS_BESIDE = 81, 58  # columns of a script that is read whole, and of the panels beside it
_SCRIPT_BESIDE = 118
_TWO_PANELS = 16  # lines


@dataclass(frozen=True)
class Box:
    """A panel's place.

    Attributes:
        x: Its first column.
        y: Its first row.
        width: Columns.
        height: Rows, its title's among them.
    """

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Needs:
    """What the arrangement depends on besides the size.

    Attributes:
        parameters: Columns and lines of the parameters.
        examples: Lines of the examples.
        plane: Whether the data lie in a plane.
        table: Whether the model has an embedding table.
        focus: Whether a number of the parameters is focused.
        twin: Whether a twin runs beside.
        watched: What of a recorded training loop of somebody else stands beside its parameters; empty for another run.
    """

    parameters: tuple[int, int]
    examples: int
    plane: bool = False
    table: bool = False
    focus: bool = False
    twin: bool = False
    watched: str = ""


def examples_at_least(width: int) -> int:
    """Columns that the examples keep, however wide the parameters are."""
    return 27 if width >= 80 else 24


def arrange(width: int, height: int, needs: Needs, alone: str = "") -> dict[str, Box]:
    """Boxes that fill the room, without a gap or an overlap.

    Args:
        width: Columns at hand.
        height: Rows at hand, without status and keys.
        needs: What is to be shown.
        alone: The panel that has all the room; empty for none. The script leaves room to others where it can.
    """
    script = script_columns(width, needs.twin) if alone == "script" else 0
    if script:
        return _with_script(width, height, needs, script)
    if alone:
        return {alone: Box(0, 0, width, height)}
    if needs.twin:
        return _twins(width, height, needs)
    if needs.watched:
        return _watched(width, height, needs)
    size = (width, height)
    left = min(needs.parameters[0], width - examples_at_least(width))
    if needs.parameters[1] > max(height * 2 // 5, _PARAMETERS_AT_MOST):
        return _tall(width, height, left, needs)
    full = needs.examples > _MANY and needs.plane and not _fits(_MEDIUM, size)
    beside = "surface" if full else "examples"
    bottom_rows = _lower_rows(size, needs)
    share = height // (2 if len(bottom_rows) == 1 else 4)
    lines = max(needs.parameters[1], share if full else min(needs.examples, share))
    top = min(lines + _TITLE, height - (_LOW_PLOT if height < _LOW else _PLOT_AT_LEAST))
    boxes = {"parameters": Box(0, 0, left, top), beside: Box(left, 0, width - left, top)}
    return boxes | _rows(bottom_rows, 0, top, width, height - top)


def script_columns(width: int, twin: bool) -> int:
    """Columns of the script beside the panels; 0 where it has no room beside them, and stands alone."""
    return 0 if twin or width < _SCRIPT_BESIDE else min(width - _PANELS_BESIDE, _SCRIPT)


def _with_script(width: int, height: int, needs: Needs, columns: int) -> dict[str, Box]:
    """The script as a column on the right; inside the step over the plot, where that is high enough for both."""
    boxes = arrange(width - columns, height, needs)
    plot = boxes["loss"]
    if "inside" not in boxes and plot.height >= _TWO_PANELS:
        upper = plot.height // 2
        boxes["inside"] = Box(plot.x, plot.y, plot.width, upper)
        boxes["loss"] = Box(plot.x, plot.y + upper, plot.width, plot.height - upper)
    return {**boxes, "script": Box(width - columns, 0, columns, height)}


def _fits(needed: tuple[int, int], size: tuple[int, int]) -> bool:
    return size[0] >= needed[0] and size[1] >= needed[1] - 5  # lines of status and keys


def _lower_rows(size: tuple[int, int], needs: Needs) -> list[list[str]]:
    """What stands below parameters and examples, row by row."""
    pictures = ["surface"] * needs.plane + ["embedding"] * needs.table
    picture = (*pictures, "network")[0]
    if _fits(_HUGE, size):
        return [["inside", "network", *pictures[:1]], ["loss", "story"]]
    if _fits(_WIDE, size):
        return [["inside", picture], ["loss", "network" if pictures and not needs.focus else "story"]]
    if _fits(_MEDIUM, size):
        return [["loss", "story" if needs.focus else picture]]
    return [["loss"]]


def _rows(rows: list[list[str]], x: int, y: int, width: int, height: int) -> dict[str, Box]:
    """Rows of panels of the same size; what cannot be shared out goes to the first ones."""
    boxes: dict[str, Box] = {}
    top = y
    for number, row in enumerate(rows):
        high = height // len(rows) + (number < height % len(rows))
        left = x
        for place, panel in enumerate(row):
            wide = width // len(row) + (place < width % len(row))
            boxes[panel] = Box(left, top, wide, high)
            left += wide
        top += high
    return boxes


def _tall(width: int, height: int, left: int, needs: Needs) -> dict[str, Box]:
    """Many parameters: they take the whole left side."""
    columns = width - left
    rows = _lower_rows((width, height), needs)
    if columns < _BESIDE_EACH_OTHER:
        rows = [row[:1] for row in rows]
    drawn = any("surface" in row for row in rows)
    beside = "surface" if needs.plane and needs.examples > _MANY and not drawn else "examples"
    top = min(needs.examples + _TITLE, height // (len(rows) + 1), height - _PLOT_AT_LEAST)
    boxes = {"parameters": Box(0, 0, left, height), beside: Box(left, 0, columns, top)}
    return boxes | _rows(rows, left, top, columns, height - top)


def _watched(width: int, height: int, needs: Needs) -> dict[str, Box]:
    """The tensors and one of them as a matrix above; the loss and what else there is room for below."""
    size = (width, height)
    if _fits(_HUGE, size):
        other = "matrix" if needs.watched == "examples" else "examples"
        rows = [["inside", "network", other], ["loss", "story"]]
    elif _fits(_WIDE, size):
        rows = [["inside", "network"], ["loss", "story"]]
    elif _fits(_MEDIUM, size):
        rows = [["loss", "story"]]
    else:
        rows = [["loss"]]
    left = min(needs.parameters[0], width * 3 // 5)
    least = _LOW_PLOT if height < _LOW else _PLOT_AT_LEAST
    top = min(max(needs.parameters[1] + _TITLE, height * 2 // 5), height * 3 // 5, height - least)
    boxes = {"parameters": Box(0, 0, left, top), needs.watched: Box(left, 0, width - left, top)}
    return boxes | _rows(rows, 0, top, width, height - top)


def _twins(width: int, height: int, needs: Needs) -> dict[str, Box]:
    """Two runs side by side, and the loss of both below where there is room for it."""
    half = width // 2
    other = width - half
    free = height - (max(_TWINS_PLOT_AT_LEAST, height // 4) if height >= _TWINS_PLOT_FROM else 0)
    upper = min(needs.parameters[1] + _TITLE, free - _TITLE - min(needs.examples, 4))
    lower = min(needs.examples - 1 + _TITLE, free - upper)  # they leave out what the classes are called
    if height - upper - lower < _TWINS_PLOT_AT_LEAST:
        lower = height - upper
    boxes = {
        "parameters": Box(0, 0, half, upper),
        "twin-parameters": Box(half, 0, other, upper),
        "examples": Box(0, upper, half, lower),
        "twin-examples": Box(half, upper, other, lower),
    }
    left = height - upper - lower
    return boxes | ({"loss": Box(0, upper + lower, width, left)} if left else {})
