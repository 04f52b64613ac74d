"""Watched: what is shown of a recorded training loop: where it stands, its batch, its gradients, its layers."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich.cells import cell_len
from textual.strip import Strip

from hltcore.logged import Tensor
from tui.footage import Footage
from tui.formatting import clip, number, plain, tally
from tui.panels.matrix import size_text
from tui.panels.status import found_pieces
from tui.panels.tensors import change_size
from tui.theme import Palette
from tui.widgets.lines import Piece, ended, fitting, line, prose

__all__ = ["batch_lines", "layer_lines", "status_of", "update_lines"]

_ROWS = 64  # examples of a batch, and numbers of each, that are told
_LONGEST_NAME = 24
_PLAY = len("▶ 500 steps/s")


def status_of(footage: Footage, palette: Palette, width: int) -> list[Strip]:
    """Three lines: what runs, where it stands, and a sentence."""
    return [
        fitting(_what(footage, palette), width),
        ended(line(*_spaced(_counts(footage, palette))), width, palette.muted),
        ended(line(*_sentence(footage, palette)), width, palette.muted),
    ]


def _what(footage: Footage, palette: Palette) -> list[list[Piece]]:
    tape, started = footage.tape, footage.started
    name = plain(tape.name) if tape is not None else ""
    if tape is not None and len(tape.names) > 1:
        name += f" ({tape.chosen + 1} of {len(tape.names)})"
    parts: list[list[Piece]] = [[(name, palette.strong)]]
    if started is not None:
        told = ", ".join(plain(word) for word in (started.model, started.optimizer) if word)
        parts += [[(told, palette.text)]] if told else []
        count = sum(math.prod(shape) for shape in started.shapes.values())
        if started.shapes:
            counted = f"{tally(len(started.shapes), 'tensor')}, {tally(count, 'number')}"
            parts.append([(counted, palette.muted)])
    return parts


def _spaced(parts: list[list[Piece]]) -> list[Piece]:
    """Parts two columns apart."""
    pieces = list(parts[0])
    for part in parts[1:]:
        pieces += [("  ", part[0][1]), *part]
    return pieces


def _counts(footage: Footage, palette: Palette) -> list[list[Piece]]:
    if not footage.ready:
        return [[("◌ waiting", palette.accent)]]
    style = palette.accent if footage.doing[0] != "‖" else palette.muted
    parts: list[list[Piece]] = [
        [(footage.doing.ljust(_PLAY), style)],
        [(f"{tally(footage.steps, 'step')} done", palette.text)],
    ]
    if footage.recorded > footage.steps:
        parts.append([(f"{footage.recorded - footage.steps:,} more in the log", palette.accent)])
    if footage.tape is not None and footage.tape.state:
        parts.append([(plain(footage.tape.state), palette.muted)])
    step = footage.step
    if step is not None and step.epoch is not None:
        parts.append([(f"epoch {step.epoch:g}", palette.text)])
    if step is not None and step.lr is not None:
        parts.append([(f"lr {step.lr:g}", palette.muted)])
    return parts


def _sentence(footage: Footage, palette: Palette) -> list[Piece]:
    if footage.note:
        mark = "✗ " if footage.error else ""
        return [(mark + plain(footage.note), palette.bad if footage.error else palette.muted)]
    found = [finding for finding in footage.findings if finding.step == footage.steps]
    if found and footage.steps:
        return found_pieces(found, palette)
    step = footage.step
    if step is None:
        several = footage.tape is not None and len(footage.tape.names) > 1
        third = "N for the next log" if several else "end for the last one"
        why = f"Press space for one step, p to play, {third}, ? for help"
        if footage.steps > footage.first:
            why = f"Step {footage.steps} is not in the log"
        return [(why if footage.recorded else "", palette.muted)]
    loss = "no loss was given" if step.loss is None else f"loss {number(step.loss).strip()}"
    told = [("Last step ", palette.muted), (loss, palette.strong)]
    if footage.held is None:
        told.append(("   no tensors are recorded until here", palette.muted))
    elif not footage.is_held_here:
        every = footage.started.every if footage.started is not None else 1
        often = f", recorded every {every:,}" if every > 1 else ""
        told.append((f"   tensors as after step {footage.held.step + 1:,}{often}", palette.muted))
    return told


def update_lines(footage: Footage, palette: Palette, width: int, height: int) -> list[Strip]:
    """What the last recorded step did to each tensor: its gradient, its change, and the change's share of it."""
    held = footage.held
    if held is None:
        return prose("No step with tensors is recorded until here.", palette.muted, width)
    names = list(held.updated)
    if not footage.is_held_here:
        told = f"As in step {held.step + 1:,}, the last one whose tensors are recorded."
        lines = prose(told, palette.muted, width)
    else:
        lines = []
    unknown = False
    headings = ("gradient", "change", "of norm")
    named = min(max(cell_len(plain(name)) for name in names), _LONGEST_NAME, max(width - 10 * len(headings), 8))
    lines.append(line((" " * named + "".join(f"  {text:>8}" for text in headings), palette.muted)))
    for name in names[:_ROWS]:
        before, after = held.parameters.get(name), held.updated[name]
        change = change_size(before, after) if before is not None else None
        unknown |= change is None
        size = before.norm if before is not None else math.nan
        gradient = held.gradients[name].norm if name in held.gradients else None
        share = "-" if change is None or not size else f"{change / size:.2%}"
        row: list[Piece] = [(clip(name, named), palette.text)]
        for value in (gradient, change):
            told = "-" if value is None else number(value).strip()
            bad = value is not None and not math.isfinite(value)
            row.append((f"  {told:>8}", palette.bad if bad else palette.muted if value is None else palette.text))
        row.append((f"  {share:>8}", palette.muted))
        lines.append(ended(line(*row), width, palette.muted))
    if len(names) > _ROWS:
        lines += prose(
            f"… and {len(names) - _ROWS:,} more: the list of tensors (1) has all of them.", palette.muted, width
        )
    if unknown:
        told = "- is not known: that takes all numbers of a tensor, as they were before the step, too."
        lines += prose(told, palette.muted, width)
    return lines


def layer_lines(footage: Footage, palette: Palette, width: int, height: int) -> list[Strip]:
    """The activations that were recorded, layer by layer."""
    held = footage.held
    kinds = footage.started.layers if footage.started is not None else {}
    if held is None or not held.activations:
        told = "No activations are recorded: hltcore.watch(…, activations=True) records those of every layer."
        return prose(palette.spelled(told), palette.muted, width)
    return _figures(
        {f"{name} {kinds.get(name, '')}".strip(): tensor for name, tensor in held.activations.items()},
        "layer", palette, width,
    )  # fmt: skip


def batch_lines(footage: Footage, palette: Palette, width: int, height: int) -> list[Strip]:
    """What the step saw: x, target and prediction, as far as they were given."""
    held = footage.held
    given = {} if held is None else {"x": held.x, "target": held.target, "prediction": held.prediction}
    tensors = {name: tensor for name, tensor in given.items() if tensor is not None}
    if not tensors:
        told = "No batch is recorded: watch.step(loss=…, x=…, target=…, prediction=…) records it."
        return prose(palette.spelled(told), palette.muted, width)
    return [*_figures(tensors, "", palette, width), line(), *_rows(tensors, palette, width)]


def _figures(tensors: Mapping[str, Tensor], heading: str, palette: Palette, width: int) -> list[Strip]:
    """Shape, lowest, mean and highest of each tensor."""
    named = min(max(cell_len(plain(name)) for name in [*tensors, heading]), _LONGEST_NAME)
    shapes = [size_text(tensor.shape) for tensor in tensors.values()]
    sized = max(map(len, [*shapes, "shape"]))
    head = f"{heading:{named}}  {'shape':>{sized}}" + "".join(f"  {text:>8}" for text in ("lowest", "mean", "highest"))
    lines = [ended(line((head, palette.muted)), width, palette.muted)]
    for (name, tensor), told in zip(tensors.items(), shapes):
        row: list[Piece] = [(clip(name, named), palette.text), (f"  {told:>{sized}}", palette.muted)]
        for value in (tensor.low, tensor.mean, tensor.high):
            row.append((f"  {number(value)}", palette.signed(value)))
        if tensor.not_finite:
            row.append((f"  {tensor.not_finite:,} not finite", palette.bad))
        lines.append(ended(line(*row), width, palette.muted))
    return lines


def _rows(tensors: Mapping[str, Tensor], palette: Palette, width: int) -> list[Strip]:
    """The examples one by one, of what is recorded whole."""
    whole = {name: tensor.whole for name, tensor in tensors.items() if tensor.whole is not None and tensor.shape}
    count = max((tensor.shape[0] for tensor in whole.values()), default=0)
    if not count:
        return []
    columns = []
    for name, tensor in whole.items():
        wide = tensor.size // tensor.shape[0] if tensor.shape[0] else 0
        shown = min(wide, max((width - 4) // 9 // max(len(whole), 1), 1))
        columns.append((f"{name}{'' if shown == wide else f', {shown} of {wide}'}", tensor, wide, shown))
    rooms = [max(9 * shown, cell_len(head) + 1) for head, _, _, shown in columns]
    heads = ((f" {head}".ljust(room), palette.muted) for (head, *_), room in zip(columns, rooms))
    lines = [ended(line((" " * 4, palette.muted), *heads), width, palette.muted)]
    for row in range(min(count, _ROWS)):
        pieces: list[Piece] = [(f"{row:>4}", palette.muted)]
        for (_, tensor, wide, shown), room in zip(columns, rooms):
            numbers = tensor.flat[row * wide : row * wide + shown] if row < tensor.shape[0] else ()
            told: list[Piece] = [(f" {number(value)}", palette.signed(value)) for value in numbers]
            pieces += [*told, (" " * (room - 9 * len(told)), palette.text)]
        lines.append(ended(line(*pieces), width, palette.muted))
    if count > _ROWS:
        lines.append(line((f"… and {count - _ROWS:,} more", palette.muted)))
    return lines
