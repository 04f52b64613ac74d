"""Examples: one row each, with its prediction under the present parameters, its loss, and whether it is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.strip import Strip

from hltcore.dataset import Dataset
from tui.formatting import NUMBER_WIDTH, clip, feature, number, plain
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.bar import bar, sigmoid
from tui.widgets.lines import Piece, line

if TYPE_CHECKING:
    from hltcore.events import Evaluation

__all__ = ["classes_line", "example_lines", "score"]

_LONGEST_LABEL = 14
_LONGEST_X = 20
_MOST_X = 24
"""Numbers of x that are drawn: no terminal has room for more."""
_SHAPES = ((8, 2), (6, 2), (8, 1))
"""Columns of the bar, and free ones around x and y, the best shape first; where none fits, the last is cut."""


@dataclass(frozen=True)
class _Column:
    """A column of the table.

    Attributes:
        heading: Its title.
        width: Its columns on the screen.
        cell: Draws a row's cell.
        rank: The higher, the sooner it is left out where room is short.
        left: Whether the heading stands left.
        gap: Free columns before it, unless it is the first.
    """

    heading: str
    width: int
    cell: Callable[[int], list[Piece]]
    rank: int = 0
    left: bool = False
    gap: int = 1


def example_lines(snapshot: Snapshot, palette: Palette, width: int, *, other: Snapshot | None = None) -> list[Strip]:
    """The table: a heading and one line for each row of the data set.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand; what matters least is left out.
        other: A run beside this one: examples on which the two decide differently are marked.
    """
    columns = _fitting(snapshot, palette, width, other)
    heading = [(c.heading.ljust(c.width) if c.left else c.heading.rjust(c.width), palette.muted) for c in columns]
    lines = [line(*_spaced(columns, [[piece] for piece in heading]))]
    for row in range(len(snapshot.dataset)):
        lines.append(line(*_spaced(columns, [column.cell(row) for column in columns])))
    return lines


def score(evaluation: Evaluation, targets: tuple[float, ...]) -> tuple[str, str]:
    """How many are right (nothing, where targets are numbers), and the mean of their losses."""
    mean = sum(evaluation.losses) / len(evaluation.losses)
    if evaluation.threshold is None:
        return "", number(mean).strip()
    return f"{evaluation.count_right(targets)} of {len(targets)} right", number(mean).strip()


def classes_line(snapshot: Snapshot, palette: Palette, width: int) -> Strip:
    """What the two targets stand for, and the mean of the losses above, in as many words as there is room for."""
    classes, brief = _targets_told(snapshot.dataset)
    every = [f"y and ŷ: {classes}", brief]
    if snapshot.evaluation is not None:
        mean = score(snapshot.evaluation, snapshot.dataset.targets)[1]
        lossy = [f"{told} · mean {loss}{mean}" for told in (f"y and ŷ: {classes}", classes) for loss in ("loss ", "")]
        every = [*lossy, f"{brief} · mean {mean}", brief]
    told = next((told for told in every if cell_len(told) <= width), every[-1])
    return line((told, palette.muted)).crop(0, width)


def _targets_told(data: Dataset) -> tuple[str, str]:
    """What targets are, and in brief."""
    if not data.classes:
        low, high = map(feature, data.target_range)
        return f"numbers, y from {low} to {high}", f"y {low} to {high}"
    no, yes = map(plain, data.classes)
    return f"0 is {no}, 1 is {yes}", f"0 {no}, 1 {yes}"


def _spaced(columns: list[_Column], cells: list[list[Piece]]) -> list[Piece]:
    """The cells of a row, each behind its gap."""
    pieces: list[Piece] = []
    for place, (column, cell) in enumerate(zip(columns, cells)):
        pieces += [(" " * column.gap * bool(place), cell[0][1]), *cell]
    return pieces


def _fitting(snapshot: Snapshot, palette: Palette, width: int, other: Snapshot | None) -> list[_Column]:
    """The columns there is room for, in the best shape that takes none of them away."""
    xs = _x_cells(snapshot.dataset)
    tables = [
        [*_columns(snapshot, palette, xs, *shape), *(_differing(snapshot, other, palette) if other else [])]
        for shape in _SHAPES
    ]
    kept = list(range(len(tables[-1])))
    while _width(tables[-1], kept) > width and any(tables[-1][place].rank for place in kept):
        kept.remove(max(kept, key=lambda place: tables[-1][place].rank))
    best = next((table for table in tables if _width(table, kept) <= width), tables[-1])
    return [best[place] for place in kept]


def _width(table: list[_Column], kept: list[int]) -> int:
    return sum(table[place].width + table[place].gap * bool(place) for place in kept)


def _x_cells(data: Dataset) -> list[str]:
    """The numbers of each row, below each other; of many that are mostly 0 the others, by name."""
    if data.sparse:
        width = min(max(cell_len(plain(told)) for told in data.rows_told), _LONGEST_X)
        return [clip(told, width) for told in data.rows_told]
    xs = [[feature(value) for value in x[:_MOST_X]] for x in data.xs]
    widths = [max(map(len, column)) for column in zip(*xs)]
    more = " …" if len(data.features) > _MOST_X else ""
    return [" ".join(value.rjust(w) for value, w in zip(x, widths)) + more for x in xs]


def _columns(snapshot: Snapshot, palette: Palette, xs: list[str], bar_width: int, gap: int) -> list[_Column]:
    data = snapshot.dataset
    current = snapshot.current
    labels = min(max(cell_len(plain(label)) for label in data.labels), _LONGEST_LABEL)
    targets = [feature(target) for target in data.targets]
    target_width = max(map(len, targets))

    def mark(row: int) -> list[Piece]:
        return [("▸" if row in current else " ", palette.accent)]

    def label(row: int) -> list[Piece]:
        return [(clip(data.labels[row], labels), palette.accent if row in current else palette.text)]

    def x(row: int) -> list[Piece]:
        return [(xs[row], palette.muted)]

    def target(row: int) -> list[Piece]:
        return [(targets[row].rjust(target_width), palette.text)]

    columns = [
        _Column("", 1, mark),
        _Column("example" if labels >= len("example") else "", max(labels, 1), label, left=True),
        _Column("x", cell_len(xs[0]), x, rank=3, gap=gap, left=data.sparse),
        _Column("y", target_width, target, gap=gap),
    ]
    return columns + _outcome_columns(snapshot, palette, bar_width)


def _outcome_columns(snapshot: Snapshot, palette: Palette, bar_width: int) -> list[_Column]:
    evaluation = snapshot.evaluation
    if evaluation is None:
        return []
    data = snapshot.dataset
    if evaluation.threshold is None:
        return _number_columns(snapshot, evaluation, palette, bar_width)
    logit = evaluation.threshold == 0
    classes = max(cell_len(plain(name)) for name in data.classes)

    def prediction(row: int) -> list[Piece]:
        return [(number(evaluation.predictions[row]), palette.strong)]

    def share(row: int) -> list[Piece]:
        value = evaluation.predictions[row]
        filled, rest = bar(sigmoid(value) if logit else value, bar_width)
        side = palette.positive if evaluation.says(row) else palette.negative
        return [(filled, side[3]), (rest, palette.faint)]

    def loss(row: int) -> list[Piece]:
        return [(number(evaluation.losses[row]), palette.muted)]

    def right(row: int) -> list[Piece]:
        if evaluation.says(row) is None:
            return [("?", palette.bad)]
        return [("✓", palette.good) if evaluation.right(row, data.targets[row]) else ("✗", palette.bad)]

    def decision(row: int) -> list[Piece]:
        says = evaluation.says(row)
        return [(clip("?" if says is None else data.classes[says], classes), palette.muted)]

    return [
        _Column("ŷ", NUMBER_WIDTH, prediction),
        _Column("0" + ("σ(ŷ)" if logit else "").center(bar_width - 2) + "1", bar_width, share, rank=2),
        _Column("loss", NUMBER_WIDTH, loss, rank=1),
        _Column("", 1, right),
        _Column("says", max(classes, 4), decision, rank=4, left=True),
    ]


def _number_columns(snapshot: Snapshot, evaluation: Evaluation, palette: Palette, bar_width: int) -> list[_Column]:
    """The outcome where targets are numbers: how far off, and not whether it is right."""
    data = snapshot.dataset
    low, high = data.target_range
    ends = feature(low), feature(high)
    gap = bar_width - sum(map(len, ends))
    heading = (" " * gap).join(ends) if gap > 0 else ""

    def prediction(row: int) -> list[Piece]:
        return [(number(evaluation.predictions[row]), palette.strong)]

    def share(row: int) -> list[Piece]:
        value = evaluation.predictions[row]
        filled, rest = bar((value - low) / (high - low) if high > low else value - low, bar_width)
        side = palette.positive if value >= (low + high) / 2 else palette.negative
        return [(filled, side[3]), (rest, palette.faint)]

    def error(row: int) -> list[Piece]:
        return [(number(evaluation.predictions[row] - data.targets[row]), palette.text)]

    def loss(row: int) -> list[Piece]:
        return [(number(evaluation.losses[row]), palette.muted)]

    return [
        _Column("ŷ", NUMBER_WIDTH, prediction),
        _Column(heading, bar_width, share, rank=4),
        _Column("ŷ − y", NUMBER_WIDTH, error, rank=2),
        _Column("loss", NUMBER_WIDTH, loss, rank=1),
    ]


def _differing(snapshot: Snapshot, other: Snapshot, palette: Palette) -> list[_Column]:
    mine, its = snapshot.evaluation, other.evaluation
    if mine is None or its is None or mine.threshold is None or len(mine.predictions) != len(its.predictions):
        return []

    def mark(row: int) -> list[Piece]:
        return [("≠" if mine.says(row) != its.says(row) else " ", palette.accent)]

    return [_Column("", 1, mark)]
