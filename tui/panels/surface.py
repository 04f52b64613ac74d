"""Surface: the prediction over the plane of the data, the examples on it, and the same picture for each hidden unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from hltcore.dataset import Dataset
from tui.formatting import clip, feature, plain
from tui.panels.axes import GUTTER, abscissa, ordinate
from tui.panels.sides import edges, is_upper, middle, side_names
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Piece, fitting, line
from tui.widgets.picture import NEGATIVE_TEXTURE, POSITIVE_TEXTURE, Field, draw, has_colours

if TYPE_CHECKING:
    from hltcore.surface import Surface

__all__ = ["picture_size", "surface_lines"]

_GUTTER_FROM = 36  # columns
_AXIS_FROM = 6  # lines
_LEGEND_FROM = 9
_MARKS_FROM = 12
_LONGEST_NAME = 16


@dataclass(frozen=True)
class _Frame:
    """What stands around the picture.

    Attributes:
        gutter: Columns left of it.
        legend: Whether a line above it says what the colours are.
        axis: Whether a line under it names its range.
        marks: Whether a line under that says what the marks are.
    """

    gutter: int
    legend: bool
    axis: bool
    marks: bool


def picture_size(width: int, height: int) -> tuple[int, int]:
    """Columns and rows of the surface that fills a panel: one prediction for each of its pixels.

    Args:
        width: The panel's columns.
        height: Its lines.
    """
    columns, lines = _picture(_frame(width, height), width, height)
    return max(columns, 1), max(2 * lines, 1)


def surface_lines(
    surface: Surface | None, snapshot: Snapshot, palette: Palette, width: int, height: int, *, colour: bool = True
) -> list[Strip]:
    """The prediction over the plane: a legend, the picture with the examples on it, and its axes.

    Args:
        surface: The predictions; of another size than ``picture_size`` says, they are drawn coarser. None while there
            are none.
        snapshot: The run.
        palette: The styles.
        width: Columns at hand.
        height: Lines at hand.
        colour: Whether the terminal has colours; a texture stands for them where it has none.
    """
    if surface is None:
        return _sentence(_why_not(snapshot.dataset), palette, width, height)
    frame = _frame(width, height)
    columns, lines = _picture(frame, width, height)
    if columns < 1 or lines < 1:
        return []
    grid, data = surface.grid, snapshot.dataset
    field = Field(
        grid.columns, grid.rows, surface.predictions, edges(surface.threshold, data), middle(surface.threshold, data)
    )
    marks = _marks(surface, snapshot, palette, columns, lines)
    picture = draw(field, palette, columns, lines, marks, colour=colour)
    rows = [Strip.join([label, strip]) for label, strip in zip(ordinate(grid, frame.gutter, lines, palette), picture)]
    if frame.legend:
        rows.insert(0, _row(_legend(surface, snapshot.dataset, palette, width, has_colours(palette, colour)), width))
    if frame.axis:
        rows.append(abscissa(grid, frame.gutter, columns, palette))
    if frame.marks:
        rows.append(_mark_names(snapshot, palette, frame.gutter, width))
    return rows


def _sentence(text: str, palette: Palette, width: int, height: int) -> list[Strip]:
    return [_row([(text, palette.muted)], width)] if width > 0 and height > 0 else []


def _why_not(dataset: Dataset) -> str:
    if dataset.has_plane:
        return "The surface is being computed"
    return f"No surface: {plain(dataset.name)} has {len(dataset.features)} features and no plane that they lie in"


def _frame(width: int, height: int) -> _Frame:
    gutter = GUTTER if width >= _GUTTER_FROM else 0
    return _Frame(gutter, height >= _LEGEND_FROM, height >= _AXIS_FROM, height >= _MARKS_FROM)


def _picture(frame: _Frame, width: int, height: int) -> tuple[int, int]:
    return width - frame.gutter, height - frame.legend - frame.axis - frame.marks


def _row(pieces: list[Piece], width: int) -> Strip:
    return line(*pieces).crop(0, width)


def _legend(surface: Surface, dataset: Dataset, palette: Palette, width: int, colour: bool) -> list[Piece]:
    """The y axis, and which side is which."""
    below, above = palette.negative[3], palette.positive[3]
    if colour:
        below, above = (Style(color=palette.ramp[place]) for place in (2, -3))
    swatches = ("■", "■") if colour else (NEGATIVE_TEXTURE * 2, POSITIVE_TEXTURE * 2)
    no, yes = side_names(dataset, _LONGEST_NAME)
    turn = f"ŷ = {feature(middle(surface.threshold, dataset))}"
    key: list[Piece] = [
        (swatches[0], below),
        (f" {no}  ", palette.text),
        (swatches[1], above),
        (f" {yes}  ", palette.text),
        ("─", palette.strong),
        (f" {turn}", palette.muted),
    ]
    if width < _GUTTER_FROM:
        return key
    used = sum(cell_len(text) for text, _ in key)
    name = plain(surface.grid.axes[1])
    room = width - used - 5
    label = f"{'':{GUTTER - 2}}↑ {name}"
    if cell_len(label) > room:
        label = clip(f"↑ {name}", max(room, 3))
    return [(label, palette.text), (" " * max(width - used - cell_len(label), 2), palette.text), *key]


def _mark_names(snapshot: Snapshot, palette: Palette, gutter: int, width: int) -> Strip:
    dataset = snapshot.dataset
    no, yes = side_names(dataset, _LONGEST_NAME)
    turn = feature(middle(None, dataset))
    if not dataset.classes:
        no, yes = f"y below {turn}", f"from {turn} on"
    parts: list[list[Piece]] = [
        [(" " * gutter, palette.muted), ("○", palette.mark), (f" {no}", palette.muted)],
        [("●", palette.mark), (f" {yes}", palette.muted)],
    ]
    if dataset.classes:
        parts.append([("✗", palette.mark), (" wrong", palette.muted)])
    if _current(snapshot):
        parts.append([("●", palette.chosen), (" this step", palette.muted)])
    if dataset.held_out is not None:
        parts.append([("◦ +", palette.mark), (" held out", palette.muted)])
    return fitting(parts, width)


def _marks(
    surface: Surface, snapshot: Snapshot, palette: Palette, columns: int, lines: int
) -> dict[tuple[int, int], tuple[str, Style]]:
    """The examples by cell; what matters more comes later and covers the rest."""
    data, grid = snapshot.dataset, surface.grid
    marks: dict[tuple[int, int], tuple[str, Style]] = {}
    if data.held_out is not None:
        held = data.held_out
        for point, target in zip(held.points, held.targets):
            place = grid.place(*point, columns, lines)
            marks[place] = ("+" if is_upper(target, data) else "◦", palette.mark)
    current = _current(snapshot)
    rows = range(len(data))
    wrong = {row for row in rows if _is_wrong(snapshot, row)}
    for row in sorted(rows, key=lambda row: (row in current, row in wrong)):
        place = grid.place(*data.points[row], columns, lines)
        mark = "✗" if row in wrong else "●" if is_upper(data.targets[row], data) else "○"
        marks[place] = (mark, palette.chosen if row in current else palette.mark)
    return marks


def _current(snapshot: Snapshot) -> set[int]:
    """The rows of the present step, unless they are all there are."""
    rows = snapshot.current
    return rows if len(rows) < len(snapshot.dataset) else set()


def _is_wrong(snapshot: Snapshot, row: int) -> bool:
    evaluation = snapshot.evaluation
    if evaluation is None or evaluation.threshold is None:
        return False
    return not evaluation.right(row, snapshot.dataset.targets[row])
