"""Embedding: the rows of an embedding table as points of a plane, and which rows are nearest to one of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from hltcore.surface import Grid
from hltcore.units import outputs
from tui.formatting import cut, number, plain
from tui.panels.axes import GUTTER, abscissa, ordinate
from tui.panels.points import Point, grid_around, place_points
from tui.panels.sides import edges, is_upper, middle, side_names
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Piece, ended, fitting, line
from tui.widgets.picture import Field, draw, has_colours

if TYPE_CHECKING:
    from hltcore.embedding import Embedding, Plane

__all__ = ["embedding_lines", "embedding_title"]

_GUTTER_FROM = 36  # columns
_PLANE_AT_LEAST = 4  # lines; then come those that tell, then the axis, then the legend
_LONGEST_NAME = 16
_NEAREST = 12
_NUMBERS = 4  # of a row that are told
_MEANS = 4  # of a batch that are drawn
_HALF = 15  # edges below the middle of a picture's levels


def embedding_title(snapshot: Snapshot) -> str:
    """How large the table is, and whether the plane shows all of it."""
    if snapshot.embedding is None:
        return "Embedding"
    rows = snapshot.embedding.rows
    size = f"{len(rows)} rows of {len(rows[0])}"
    return f"Embedding: {size}" if len(rows[0]) <= 2 else f"Embedding: {size}, seen from where they lie furthest apart"


def embedding_lines(snapshot: Snapshot, palette: Palette, width: int, height: int) -> list[Strip]:
    """The points on the prediction's picture, where two numbers are all there is, and what is told of one of them.

    Args:
        snapshot: The run; its focus chooses the row that is told of, else the last step does.
        palette: The styles.
        width: Columns at hand.
        height: Lines at hand.
    """
    embedding, plane = snapshot.embedding, snapshot.plane
    if embedding is None or plane is None:
        told = "The rows are being looked up" if embedding else _why_not(snapshot)
        return [line((part, palette.muted)) for part in wrap(told, width)[:height]] if width > 0 and height > 0 else []
    chosen = _chosen(snapshot, embedding)
    told_lines = _some(_told(snapshot, embedding, chosen, palette, width), height - _PLANE_AT_LEAST)
    free = height - _PLANE_AT_LEAST - len(told_lines)
    legend, axis = free > 1, free > 0
    gutter = GUTTER if width >= _GUTTER_FROM and len(plane.axes) > 1 else 0
    columns, lines = width - gutter, height - legend - axis - len(told_lines)
    if columns < 1 or lines < 1:
        return []
    points = list(_points(snapshot, embedding, plane, chosen, palette))
    x, y = (*plane.axes, "")[:2]
    grid = grid_around((x, y), [point.place for point in points], columns, lines)
    cells, left_out = place_points(grid, points, columns, lines, flat=len(plane.axes) == 1)
    picture = draw(_field(snapshot, plane, grid, palette), palette, columns, lines, cells, colour=bool(palette.ramp))
    rows = [Strip.join([label, strip]) for label, strip in zip(ordinate(grid, gutter, lines, palette), picture)]
    if legend:
        rows.insert(0, fitting(list(_legend(snapshot, plane, left_out, gutter, palette)), width))
    if axis:
        rows.append(abscissa(grid, gutter, columns, palette))
    return rows + told_lines


def _some(lines: list[Strip], room: int) -> list[Strip]:
    """What is told in so many lines: what is nearest first, then what the step picked."""
    first = max(min(room - 1, len(lines) - 1), 0)
    return [*lines[:first], *lines[-1:]] if room > 0 else []


def _why_not(snapshot: Snapshot) -> str:
    if not snapshot.ready:
        return "The model is being built"
    return (
        f"{snapshot.settings.model} has no embedding table: model=embedding has, with data that count words or letters"
    )


def _chosen(snapshot: Snapshot, embedding: Embedding) -> int | None:
    """The row that is told of: the focused one, or the first that the last step touched."""
    focus = snapshot.focus
    if focus is not None and focus[0] == f"{embedding.layer}.weight" and focus[1][0] < len(embedding.rows):
        return focus[1][0]
    return embedding.touched[0] if embedding.touched else None


def _points(
    snapshot: Snapshot, embedding: Embedding, plane: Plane, chosen: int | None, palette: Palette
) -> Iterator[Point]:
    """What is drawn, what matters most first: the step's mean, the chosen row, the rows of that step, the others."""
    touched = set(embedding.touched)
    one_hot = snapshot.dataset.one_hot
    source = snapshot.phase_event or snapshot.event
    ranks = sorted(range(len(embedding.rows)), key=lambda place: (place != chosen, place not in touched))
    if source is not None and not one_hot:
        for label, x in list(zip(source.batch.labels, source.batch.xs))[:_MEANS]:
            yield Point(plane.place(embedding.mean(x)), "+", palette.accent, label, palette.accent)
    for place in ranks:
        yield _point(snapshot, embedding, plane, place, chosen, palette)
    for place in embedding.touched:
        if embedding.before[place] != embedding.rows[place]:
            yield Point(plane.place(embedding.before[place]), "◦", palette.muted, "", palette.muted, trace=True)


def _point(
    snapshot: Snapshot, embedding: Embedding, plane: Plane, place: int, chosen: int | None, palette: Palette
) -> Point:
    mark, style, named = "•", palette.mark, palette.text
    row = snapshot.dataset.one_hot[place] if snapshot.dataset.one_hot else None
    if row is not None:
        target = snapshot.dataset.targets[row]
        seen, data = snapshot.evaluation, snapshot.dataset
        wrong = seen is not None and seen.threshold is not None and not seen.right(row, target)
        mark = "✗" if wrong else "●" if is_upper(target, data) else "○"
    if place in embedding.touched:
        style, named = palette.chosen, palette.strong
    if snapshot.focus is not None and place == chosen:
        style, named = palette.focus, palette.strong
    name = embedding.names[place]
    if row is None and cell_len(plain(name)) == 1:  # a letter marks its own place
        mark, name = plain(name), ""
    return Point(plane.place(embedding.rows[place]), mark, style, name, named)


def _field(snapshot: Snapshot, plane: Plane, grid: Grid, palette: Palette) -> Field:
    """The prediction at every point of the plane; nothing where the plane leaves out some of the numbers."""
    colours = has_colours(palette)
    rows = grid.rows if colours else grid.rows // 2
    across = Grid(grid.axes, grid.low, grid.high, grid.columns, rows)
    if not plane.exact or snapshot.evaluation is None:
        return Field(grid.columns, rows, [0.0] * (grid.columns * rows), [0.0] * _HALF + [1.0] * (_HALF + 1), 0.0, False)
    points = [point[: len(plane.axes)] for point in across.points()]
    values = outputs(snapshot.parameters, snapshot.functions, points, skip=1)
    threshold = middle(snapshot.evaluation.threshold, snapshot.dataset)
    # Without colours one side is dotted and the other empty: names can be read on both.
    limits = edges(snapshot.evaluation.threshold, snapshot.dataset)
    levels = limits if colours else [threshold] * _HALF + [math.inf] * (_HALF + 1)
    return Field(grid.columns, rows, values, levels, threshold)


def _legend(snapshot: Snapshot, plane: Plane, left_out: int, gutter: int, palette: Palette) -> Iterator[list[Piece]]:
    data = snapshot.dataset
    if len(plane.axes) > 1:
        yield [(f"{'':{max(gutter - 2, 0)}}↑ {plain(plane.axes[1])}", palette.text)]
    no, yes = side_names(data, _LONGEST_NAME)
    if data.one_hot:
        yield [("○", palette.mark), (f" {no}", palette.muted)]
        yield [("●", palette.mark), (f" {yes}", palette.muted)]
        if data.classes:
            yield [("✗", palette.mark), (" wrong", palette.muted)]
    if plane.exact and has_colours(palette):
        below, above = (Style(color=palette.ramp[place]) for place in (2, -3))
        yield [("■", below), (f" {no} ", palette.muted), ("■", above), (f" {yes}", palette.muted)]
    elif plane.exact:
        yield [("··", palette.negative[3]), (f" {no}", palette.muted)]
    if snapshot.embedding is not None and snapshot.embedding.touched:
        yield [("•" if not data.one_hot else "●", palette.chosen), (" this step", palette.muted)]
        yield [("◦", palette.muted), (" before it", palette.muted)]
        if not data.one_hot:
            yield [("+", palette.accent), (" the mean", palette.muted)]
    if left_out:
        yield [(f"{left_out} not named", palette.muted)]


def _told(snapshot: Snapshot, embedding: Embedding, chosen: int | None, palette: Palette, width: int) -> list[Strip]:
    """What the last step picked, how far the chosen row moved, and what is nearest to it."""
    if chosen is None:
        told = "A step picks the rows of its example's words or letters; arrow keys choose one"
        return [ended(line((told, palette.muted)), width, palette.muted)]
    rows = [_picked(snapshot, embedding, palette), _moved(embedding, chosen, palette)]
    strips = [ended(line(*pieces), width, palette.muted) for pieces in rows if pieces]
    dim = len(embedding.rows[0])
    how = "Euclidean" if dim <= 2 else f"Euclidean, in all {dim} numbers"
    near: list[list[Piece]] = [[(f"nearest to {_name(embedding, chosen)} ({how}):", palette.muted)]]
    for name, distance in embedding.near(chosen, _NEAREST):
        short = cut(name, _LONGEST_NAME)
        near.append([(short, palette.text), (f" {number(distance).strip()}", palette.muted)])
    return [*strips, fitting(near, width)]


def _picked(snapshot: Snapshot, embedding: Embedding, palette: Palette) -> list[Piece]:
    source = snapshot.phase_event or snapshot.event
    if source is None:
        return []
    label, x = source.batch.labels[0], source.batch.xs[0]
    picked = [place for place, count in enumerate(x) if count]
    more = f"   and {len(source.batch.rows) - 1} more examples" if len(source.batch.rows) > 1 else ""
    if len(picked) == 1 and x[picked[0]] == 1:
        told = f" picks row {_name(embedding, picked[0])}"
    elif picked:
        counted = (f"{x[place]:g}·" if x[place] != 1 else "" for place in picked)
        told = " is the mean of " + ", ".join(times + _name(embedding, place) for times, place in zip(counted, picked))
    else:
        told = " picks no row"
    name = cut(label, _LONGEST_NAME)
    where = f": {_numbers(embedding.mean(x))}"
    return [(name, palette.accent), (palette.spelled(told + where), palette.text), (more, palette.muted)]


def _moved(embedding: Embedding, chosen: int, palette: Palette) -> list[Piece]:
    before, now = embedding.before[chosen], embedding.rows[chosen]
    pieces = [(_name(embedding, chosen), palette.strong)]
    if before == now:
        told = f" at {_numbers(now)}" + ("" if chosen in embedding.touched else ", not picked by the last step")
        return [*pieces, (told, palette.text)]
    told = f" moved by {number(math.dist(before, now)).strip()}: {_numbers(before)} → {_numbers(now)}"
    return [*pieces, (palette.spelled(told), palette.text)]


def _name(embedding: Embedding, place: int) -> str:
    name = embedding.names[place]
    return cut(name, _LONGEST_NAME)


def _numbers(row: tuple[float, ...]) -> str:
    told = ", ".join(number(value).strip() for value in row[:_NUMBERS])
    return f"({told}, …)" if len(row) > _NUMBERS else f"({told})"
