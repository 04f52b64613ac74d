"""Examples: one row each, with its prediction under the present parameters, its loss, and whether it is right."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len
from textual.strip import Strip

from hltcore.events import Evaluation
from tui.formatting import NUMBER_WIDTH, clip, feature, number, plain
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.bar import bar, sigmoid
from tui.widgets.lines import Piece, line

__all__ = ["classes_line", "example_lines", "score"]

_LONGEST_LABEL = 14
_BAR = 8


@dataclass(frozen=True)
class _Column:
    """A column of the table.

    Attributes:
        heading: Its title.
        width: Its columns on the screen.
        cell: Draws a row's cell.
        rank: The higher, the sooner it is left out where room is short.
        left: Whether the heading stands left.
    """

    heading: str
    width: int
    cell: Callable[[int], list[Piece]]
    rank: int = 0
    left: bool = False


def example_lines(snapshot: Snapshot, palette: Palette, width: int, *, other: Snapshot | None = None) -> list[Strip]:
    """The table: a heading and one line for each row of the data set.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand; what matters least is left out.
        other: A run beside this one: examples on which the two decide differently are marked.
    """
    every = _columns(snapshot, palette) + (_differing(snapshot, other, palette) if other else [])
    columns = _fitting(every, width)
    heading = [(c.heading.ljust(c.width) if c.left else c.heading.rjust(c.width), palette.muted) for c in columns]
    lines = [line(*_spaced(heading))]
    for row in range(len(snapshot.dataset)):
        cells: list[Piece] = []
        for place, column in enumerate(columns):
            cells += [(" ", palette.text)] * bool(place) + column.cell(row)
        lines.append(line(*cells))
    return lines


def score(evaluation: Evaluation, targets: tuple[float, ...]) -> str:
    """How many are right, and the mean of their losses."""
    right = sum((p >= evaluation.threshold) == (y >= 0.5) for p, y in zip(evaluation.predictions, targets) if p == p)
    mean = sum(evaluation.losses) / len(evaluation.losses)
    return f"{right} of {len(targets)} right, loss {number(mean).strip()}"


def classes_line(snapshot: Snapshot, palette: Palette, width: int) -> Strip:
    """What the two targets stand for, in as many words as there is room for."""
    no, yes = map(plain, snapshot.dataset.classes)
    told = f"y and ŷ: 0 is {no}, 1 is {yes}"
    if cell_len(told) > width:
        told = f"0 {no}, 1 {yes}"
    return line((told, palette.muted)).crop(0, width)


def _spaced(pieces: list[Piece]) -> list[Piece]:
    return [(text if place == 0 else " " + text, style) for place, (text, style) in enumerate(pieces)]


def _fitting(columns: list[_Column], width: int) -> list[_Column]:
    while sum(c.width + 1 for c in columns) - 1 > width and any(c.rank for c in columns):
        drop = max(columns, key=lambda c: c.rank)
        columns = [c for c in columns if c is not drop]
    return columns


def _columns(snapshot: Snapshot, palette: Palette) -> list[_Column]:
    data = snapshot.dataset
    source = snapshot.phase_event or snapshot.event
    current = set(source.batch.rows) if source else set()
    labels = min(max(cell_len(plain(label)) for label in data.labels), _LONGEST_LABEL)
    xs = [[feature(value) for value in x] for x in data.xs]
    widths = [max(len(row[i]) for row in xs) for i in range(len(data.features))]
    targets = [feature(target) for target in data.targets]

    def mark(row: int) -> list[Piece]:
        return [("▸" if row in current else " ", palette.accent)]

    def label(row: int) -> list[Piece]:
        return [(clip(data.labels[row], labels), palette.accent if row in current else palette.text)]

    def x(row: int) -> list[Piece]:
        return [(" ".join(value.rjust(w) for value, w in zip(xs[row], widths)), palette.muted)]

    def target(row: int) -> list[Piece]:
        return [(targets[row].rjust(max(map(len, targets))), palette.text)]

    columns = [
        _Column("", 1, mark),
        _Column("example" if labels >= len("example") else "", max(labels, 1), label, left=True),
        _Column("x", sum(widths) + len(widths) - 1, x, rank=3),
        _Column("y", max(map(len, targets)), target),
    ]
    return columns + _outcome_columns(snapshot, palette)


def _outcome_columns(snapshot: Snapshot, palette: Palette) -> list[_Column]:
    evaluation = snapshot.evaluation
    if evaluation is None:
        return []
    data = snapshot.dataset
    logit = evaluation.threshold == 0
    classes = max(cell_len(plain(name)) for name in data.classes)

    def says(row: int) -> int:
        return int(evaluation.predictions[row] >= evaluation.threshold)

    def prediction(row: int) -> list[Piece]:
        return [(number(evaluation.predictions[row]), palette.strong)]

    def share(row: int) -> list[Piece]:
        value = evaluation.predictions[row]
        filled, rest = bar(sigmoid(value) if logit else value, _BAR)
        side = palette.positive if says(row) else palette.negative
        return [(filled, side[3]), (rest, palette.faint)]

    def loss(row: int) -> list[Piece]:
        return [(number(evaluation.losses[row]), palette.muted)]

    def right(row: int) -> list[Piece]:
        value = evaluation.predictions[row]
        if math.isnan(value):
            return [("?", palette.bad)]
        correct = says(row) == int(data.targets[row] >= 0.5)
        return [("✓", palette.good) if correct else ("✗", palette.bad)]

    def decision(row: int) -> list[Piece]:
        return [(clip(data.classes[says(row)], classes), palette.muted)]

    return [
        _Column("ŷ", NUMBER_WIDTH, prediction),
        _Column("0" + ("σ(ŷ)" if logit else "").center(_BAR - 2) + "1", _BAR, share, rank=2),
        _Column("loss", NUMBER_WIDTH, loss, rank=1),
        _Column("", 1, right),
        _Column("says", max(classes, 4), decision, rank=4, left=True),
    ]


def _differing(snapshot: Snapshot, other: Snapshot, palette: Palette) -> list[_Column]:
    mine, its = snapshot.evaluation, other.evaluation
    if mine is None or its is None or len(mine.predictions) != len(its.predictions):
        return []

    def mark(row: int) -> list[Piece]:
        sides = [seen.predictions[row] >= seen.threshold for seen in (mine, its)]
        return [("≠" if sides[0] != sides[1] else " ", palette.accent)]

    return [_Column("", 1, mark)]
