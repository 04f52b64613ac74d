"""Step: the phase that was just done, with this step's own numbers put into its formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.strip import Strip

from hltcore.errors import ChainError
from hltcore.layers import activates, is_table
from hltcore.phase import Phase
from tui.formatting import clip, feature, flat, number, plain, short
from tui.panels.parts import part_rows
from tui.panels.picked import (
    inputs_text,
    is_sparse,
    picked_column,
    products,
    separated,
    table_backward,
    table_forward,
)
from tui.panels.update import update_lines
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Piece, ended, line, prose

if TYPE_CHECKING:
    from hltcore.chain import Chain, ExampleChain, LayerChain
    from hltcore.events import PhaseEvent, StepEvent

__all__ = ["step_lines"]

Row = list[list[Piece]]
"""A line in parts, between which it may be broken."""

_INDENT = 14
_LOSS_HEADING, _LOSS_NAME = 14, 32  # columns of a loss's name, at least and at most
_LINES = 400
"""Lines that are drawn; a large net would have hundreds of thousands."""
_AT_MOST = 8
"""Examples of a batch that are told one by one."""


def step_lines(snapshot: Snapshot, palette: Palette, width: int) -> list[Strip]:
    """The phases as a heading, and what the last one did.

    Args:
        snapshot: The run.
        palette: The styles.
        width: Columns at hand; longer lines are broken where they can be.
    """
    event = snapshot.phase_event or snapshot.event
    phase = snapshot.phase_event.phase if snapshot.phase_event else Phase.UPDATE
    lines = [line(*_heading(phase if event else None, palette, width)), line()]
    if event is None:
        return lines + prose("No step has been done from here: . does the first phase of one", palette.muted, width)
    if phase is Phase.UPDATE:
        return lines + _limited(update_lines(snapshot, event, palette, width, _LINES), palette)
    if phase is Phase.ZERO_GRAD:
        return lines + _limited(_zero_grad(snapshot, event, palette, width), palette)
    try:
        told = snapshot.chain_of(event)
    except ChainError as error:
        lines += [*prose(plain(error), palette.muted, width), line()]
        rows = part_rows(snapshot, event, phase, palette)
        return lines + _limited([piece for row in rows for piece in _broken(row, width, palette)], palette)
    rows = _VIEWS[phase](snapshot, event, told, palette)[:_LINES]
    return lines + _limited([piece for row in rows for piece in _broken(row, width, palette)], palette)


def _limited(lines: list[Strip], palette: Palette) -> list[Strip]:
    """The first lines, and a word where there are more."""
    if len(lines) < _LINES:
        return lines
    return [*lines[:_LINES], line(("… and more: the story (5) tells of any one number", palette.muted))]


def _broken(row: Row, width: int, palette: Palette) -> list[Strip]:
    """A row in as few lines as it fits in, with as many of its parts side by side as there is room for."""
    lines: list[list[Piece]] = [[]]
    used = 0
    for part in ([(palette.spelled(text), style) for text, style in pieces] for pieces in row):
        size = sum(cell_len(text) for text, _ in part)
        if part and used and used + size > width:
            lines.append([(" " * _INDENT, part[0][1])])
            used = _INDENT
        lines[-1] += part
        used += size
    return [ended(line(*pieces), width, palette.muted) for pieces in lines]


def _heading(done: Phase | None, palette: Palette, width: int) -> list[Piece]:
    """The phases; where room is short, the names of the others are left out."""
    named = {phase: f"{phase.number} {phase}   " for phase in Phase}
    if sum(map(len, named.values())) + len(named) > width:
        named = {phase: f"{text if phase is done else f'{phase.number} '}" for phase, text in named.items()}
    pieces: list[Piece] = []
    for phase, text in named.items():
        reached = done is not None and phase.number <= done.number
        style = palette.accent if phase is done else palette.text if reached else palette.faint
        pieces.append((f"{'▸' if phase is done else ' '}{text}", style))
    return pieces


def _forward(snapshot: Snapshot, event: StepEvent | PhaseEvent, told: Chain, palette: Palette) -> list[Row]:
    lines: list[Row] = []
    for place, example in enumerate(told.examples[:_AT_MOST]):
        x = inputs_text(snapshot.dataset.features, event.batch.xs[place])
        lines.append([[(plain(example.label), palette.accent), (f"   x = {x}", palette.muted)]])
        for layer in example.layers:
            weights = event.parameters[f"{layer.name}.weight"]
            biases = event.parameters.get(f"{layer.name}.bias")
            if is_table(layer.function):
                lines += table_forward(snapshot, example, layer, weights, palette)
                continue
            first = layer is example.layers[0]
            column = picked_column(snapshot, example) if first else ""
            if column:
                picks = f"  x is one-hot: {plain(layer.name)}.weight times x"
                lines.append([[(picks, palette.muted)], [(f" is the column of {column}", palette.muted)]])
            for unit, z in enumerate(layer.pre_activations):
                terms = products(weights[unit], layer.inputs, first, bool(column))
                terms += [short(biases[unit])] if biases is not None else []
                lines.append([*_unit(layer.name, unit, terms, z, palette), _activated(layer, unit, palette)])
        lines.append([[(f"  ŷ = {number(example.prediction).strip()}", palette.strong)]])
    return lines


def _unit(name: str, unit: int, terms: list[str], z: float, palette: Palette) -> Row:
    sums: Row = [[(term if place == 0 else f" + {term}", palette.text)] for place, term in enumerate(terms)]
    sums[0] = [(f"  {name}[{unit}]  ", palette.muted), ("z = ", palette.text), *sums[0]]
    return [*sums, [(" = ", palette.text), (number(z).strip(), palette.signed(z))]]


def _activated(layer: LayerChain, unit: int, palette: Palette) -> list[Piece]:
    if not activates(layer.function):
        return []
    value = layer.activations[unit]
    pieces = [(f"   {layer.function} → ", palette.muted), (number(value).strip(), palette.signed(value))]
    if layer.function in ("clamp", "relu"):
        closed = layer.slopes[unit] == 0
        pieces.append(("  ✗ closed" if closed else "  ✓ open", palette.bad if closed else palette.good))
    return pieces


def _loss(snapshot: Snapshot, event: StepEvent | PhaseEvent, told: Chain, palette: Palette) -> list[Row]:
    current = snapshot.form
    lines: list[Row] = []
    for example in told.examples[:_AT_MOST]:
        put_in = _put_in(current.formula, example)
        label = (clip(example.label, 10) + "  ", palette.accent)
        lines.append([[label, (f"loss = {current.formula}", palette.text)], [(f" = {put_in}", palette.text)]])
    lines += [*_total_loss(event, len(told.examples), palette), [[]]]
    named = max(_LOSS_HEADING, *(min(cell_len(plain(name)), _LOSS_NAME) for name, _ in snapshot.forms))
    heading = f"{'The same ŷ under':{named + 2}}{'loss':>8}  {'∂loss/∂ŷ':>8}   as a formula"
    lines.append([[(heading, palette.muted)]])
    example = told.examples[0]
    for name, form in snapshot.forms:
        if form.value is None or form.slope is None:
            continue
        here = name == snapshot.settings.loss
        style = palette.strong if here else palette.text
        numbers = f"{number(form.value(example.prediction, example.target))}  "
        slope = form.slope(example.prediction, example.target)
        lines.append(
            [
                [
                    ("▸ " if here else "  ", palette.accent),
                    (clip(name, named), style),
                    (numbers, style),
                    (number(slope), palette.signed(slope)),
                    (f"   {form.slope_formula}", palette.muted),
                ]
            ]
        )
    return lines


def _total_loss(event: StepEvent | PhaseEvent, examples: int, palette: Palette) -> list[Row]:
    if event.loss is None:
        return []
    told = number(event.loss).strip() + ("" if examples == 1 else ", the sum over the batch")
    if event.penalty:
        told = f"{short(event.loss - event.penalty)} + {short(event.penalty)} (penalty) = {number(event.loss).strip()}"
    return [[[(f"{'':12}loss = {told}", palette.strong)]]]


def _put_in(formula: str, example: ExampleChain) -> str:
    """A formula with this example's ŷ and y in place of their letters."""
    prediction, target = number(example.prediction).strip(), feature(example.target)
    enclosed = f"({prediction})" if example.prediction < 0 else prediction
    in_parentheses = formula.replace("(ŷ)", f"({prediction})".replace("y", "\0"))
    return in_parentheses.replace("ŷ", "\0").replace("y", target).replace("\0", enclosed)


def _zero_grad(snapshot: Snapshot, event: StepEvent | PhaseEvent, palette: Palette, width: int) -> list[Strip]:
    discarded = snapshot.phase_event.discarded if snapshot.phase_event else None
    told = "Thrown away: the gradients of the step before, so that they do not add up"
    lines = [*prose(told, palette.text, width), line()]
    for name, tensor in (discarded or {}).items():
        kept = any(value != 0 for value in flat(event.gradients[name]))
        row: Row = [[(clip(name, 16), palette.muted)]]
        row += [[(number(value) + " ", palette.signed(value))] for value in flat(tensor)]
        outcome = " stays: the optimizer does not hold it" if kept else " → 0"
        lines += _broken([*row, [(outcome, palette.bad if kept else palette.muted)]], width, palette)
    return lines


def _backward(snapshot: Snapshot, event: StepEvent | PhaseEvent, told: Chain, palette: Palette) -> list[Row]:
    lines: list[Row] = []
    form, settings = snapshot.form, snapshot.settings
    for example in told.examples[:_AT_MOST]:
        put_in = _put_in(form.slope_formula, example)
        value = (number(example.loss_slope).strip(), palette.signed(example.loss_slope))
        label = (plain(example.label) + "   ", palette.accent)
        start = [label, (f"∂loss/∂ŷ = {form.slope_formula}", palette.text)]
        lines.append([start, [(f" = {put_in}", palette.text)], [(" = ", palette.text), value]])
        for depth in range(len(example.layers) - 1, -1, -1):
            layer = example.layers[depth]
            if is_table(layer.function):
                lines += table_backward(snapshot, example, layer, palette)
                continue
            below = "x" if depth == 0 else example.layers[depth - 1].name
            lines += [_delta(layer, unit, below, palette) for unit in range(len(layer.deltas))]
    if event.penalty:
        rule = " + ".join(text for text, on in (("l1·sign(w)", settings.l1), ("l2·w", settings.l2)) if on)
        lines.append([[(f"and the penalty adds {rule} to the gradient of each weight w", palette.muted)]])
    return lines


def _delta(layer: LayerChain, unit: int, below: str, palette: Palette) -> Row:
    delta = layer.deltas[unit]
    slope = f"·{short(layer.slopes[unit])}" if activates(layer.function) else ""
    sparse = is_sparse(layer.inputs)
    weights = [delta * value for value in layer.inputs if value or not sparse]
    rest = [(f", and {len(layer.inputs) - len(weights)} of 0", palette.muted)] if sparse else []
    return [
        [
            (f"  {layer.name}[{unit}]  ", palette.muted),
            (f"∂loss/∂z = {short(layer.arriving[unit])}{slope} = ", palette.text),
            (number(delta).strip(), palette.signed(delta)),
        ],
        [(f"   times {below}: ", palette.muted), *separated(weights, palette), *rest],
    ]


_VIEWS: dict[Phase, Callable[[Snapshot, StepEvent | PhaseEvent, Chain, Palette], list[Row]]] = {
    Phase.FORWARD: _forward,
    Phase.LOSS: _loss,
    Phase.BACKWARD: _backward,
}
