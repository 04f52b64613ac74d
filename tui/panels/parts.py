"""Parts: a step whose chain rule cannot be told, by what each part of the model gave, and the gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hltcore.phase import Phase
from tui.formatting import clip, feature, flat, number, plain
from tui.panels.picked import inputs_text
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Piece

if TYPE_CHECKING:
    from hltcore.events import PhaseEvent, StepEvent

__all__ = ["part_rows"]

Row = list[list[Piece]]

_NAME = 18  # columns
_AT_MOST = 64  # numbers of one tensor


def part_rows(snapshot: Snapshot, event: StepEvent | PhaseEvent, phase: Phase, palette: Palette) -> list[Row]:
    """The rows of a phase, each in parts between which it may be broken.

    Args:
        snapshot: The run.
        event: The step.
        phase: Forward, loss or backward.
        palette: The styles.
    """
    return _ROWS[phase](snapshot, event, palette)


def _forward(snapshot: Snapshot, event: StepEvent | PhaseEvent, palette: Palette) -> list[Row]:
    batch = event.batch
    x = inputs_text(snapshot.dataset.features, batch.xs[0])
    more = f"   the first of a batch of {len(batch.rows)}" if len(batch.rows) > 1 else ""
    rows: list[Row] = [[[(plain(batch.labels[0]), palette.accent), (f"   x = {x}{more}", palette.muted)]]]
    for name, values in event.activations.items():
        first = values[0] if len(batch.rows) > 1 and len(values) == len(batch.rows) else values
        rows.append(_numbers(name, first, palette))
    rows.append([[(f"  ŷ = {number(event.predictions[0]).strip()}", palette.strong)]])
    return rows


def _loss(snapshot: Snapshot, event: StepEvent | PhaseEvent, palette: Palette) -> list[Row]:
    batch = event.batch
    rows: list[Row] = []
    for label, prediction, target in list(zip(batch.labels, event.predictions, batch.targets))[:_AT_MOST]:
        told = f"  ŷ = {number(prediction).strip()}, y = {feature(target)}"
        rows.append([[(plain(label), palette.accent), (told, palette.text)]])
    if event.loss is not None:
        over = "" if len(batch.rows) == 1 else ", the sum over the batch"
        formula = f"   {snapshot.form.formula}" if snapshot.form.formula else ""
        told = f"loss = {number(event.loss).strip()}{over}"
        rows.append([[(told, palette.strong), (formula, palette.muted)]])
    return rows


def _backward(snapshot: Snapshot, event: StepEvent | PhaseEvent, palette: Palette) -> list[Row]:
    heading: Row = [[("The gradients, as PyTorch computed them", palette.muted)]]
    return [heading, *(_numbers(name, tensor, palette) for name, tensor in event.gradients.items())]


def _numbers(name: str, tensor: Any, palette: Palette) -> Row:
    values = flat(tensor)
    row: Row = [[(f"  {clip(name, _NAME)}", palette.muted)]]
    row += [[(number(value), palette.signed(value))] for value in values[:_AT_MOST]]
    more = len(values) - _AT_MOST
    return [*row, [(f"  … {more} more", palette.muted)]] if more > 0 else row


_ROWS: dict[Phase, Callable[[Snapshot, StepEvent | PhaseEvent, Palette], list[Row]]] = {
    Phase.FORWARD: _forward,
    Phase.LOSS: _loss,
    Phase.BACKWARD: _backward,
}
