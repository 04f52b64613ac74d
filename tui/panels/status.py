"""Status: what runs, where it stands, and what the last step or phase did."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.strip import Strip

from hltcore.dataset import Dataset
from hltcore.diagnostics.finding import Finding
from hltcore.phase import Phase
from tui.formatting import clip, feature, flat, number, places, plain, tally
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Piece, ended, line

if TYPE_CHECKING:
    from hltcore.events import PhaseEvent, StepEvent

__all__ = ["found_pieces", "status_lines"]

_PLAY_WIDTH = len("▶ 500 steps/s")
_LONGEST_LABEL = 9
_LONGEST_EDIT = 60
_LONGEST_X = 32


def status_lines(snapshot: Snapshot, palette: Palette, width: int) -> list[Strip]:
    """Three lines of so many columns: the spec, the counts, and a sentence."""
    counts = line(*_counts(snapshot, palette))
    phase = snapshot.phase_event.phase if snapshot.phase_event else None
    spare = max(map(len, Phase)) - len(phase) if phase else 0  # so that all phases of a step have the same form
    if counts.cell_length + spare > width:
        counts = line(*_short_counts(snapshot, palette))
    lines = [_spec(snapshot, palette, width), counts, line(*_sentence(snapshot, palette))]
    return [ended(strip, width, palette.muted) for strip in lines]


def _spec(snapshot: Snapshot, palette: Palette, width: int) -> Strip:
    """The settings; where they are too long, without the spaces that set the parts apart."""
    path = plain(snapshot.parts)
    others = [word for word in snapshot.words if word.partition("=")[0] not in ("lr", "seed")]
    settings = [f"lr={snapshot.settings.lr:g}", *others, f"seed={snapshot.settings.seed}"]
    tape = snapshot.tape
    which = f" ({tape.chosen + 1} of {len(tape.names)})" if tape and len(tape.names) > 1 else ""
    log = [(f"   {plain(tape.name)}{which}", palette.text)] if tape else []
    airy = line((path.replace("/", " / "), palette.strong), (f"   {'  '.join(settings)}", palette.muted), *log)
    if airy.cell_length <= width:
        return airy
    return line((path, palette.strong), (f"  {' '.join(settings)}", palette.muted), *log)


def _counts(snapshot: Snapshot, palette: Palette) -> list[Piece]:
    if not snapshot.ready:
        return [("◌ loading", palette.accent)]
    play = snapshot.doing
    phase = snapshot.phase_event.phase if snapshot.phase_event else None
    pieces = [
        (play.ljust(_PLAY_WIDTH), palette.muted if play[0] == "‖" else palette.accent),
        (f"   {tally(snapshot.steps, 'step')} done", palette.text),
        (f"   epoch {snapshot.epoch}", palette.text),
        (f", {snapshot.offset} of {tally(snapshot.steps_per_epoch, 'step')}", palette.muted),
    ]
    if phase is not None:
        pieces.append((f"   phase {phase.number} of {len(Phase)}: {phase}", palette.accent))
    if snapshot.recorded > snapshot.steps:
        where = "in history" if snapshot.tape is None else "in the log"
        pieces.append((f"   {snapshot.recorded - snapshot.steps:,} more {where}", palette.accent))
    if snapshot.tape is not None and snapshot.tape.state:
        pieces.append((f"   {plain(snapshot.tape.state)}", palette.muted))
    return pieces


def _short_counts(snapshot: Snapshot, palette: Palette) -> list[Piece]:
    """The same in fewer words; a step that stands still in a phase need not be said to be paused."""
    of = f" of {snapshot.recorded:,}" if snapshot.recorded > snapshot.steps else ""
    phase = snapshot.phase_event.phase if snapshot.phase_event else None
    play = "‖" if phase and not snapshot.playing else snapshot.doing
    pieces = [
        (play, palette.muted if play[0] == "‖" else palette.accent),
        (f"  {snapshot.steps:,}{of} steps", palette.accent if of else palette.text),
        (f"  epoch {snapshot.epoch}", palette.text),
        (f", {snapshot.offset} of {tally(snapshot.steps_per_epoch, 'step')}", palette.muted),
    ]
    if phase is not None:
        pieces.append((f"  phase {phase.number} of {len(Phase)}: {phase}", palette.accent))
    if snapshot.tape is not None and snapshot.tape.state:
        pieces.append((f"  {plain(snapshot.tape.state)}", palette.muted))
    return pieces


def _sentence(snapshot: Snapshot, palette: Palette) -> list[Piece]:
    if snapshot.note:
        mark = "✗ " if snapshot.error else ""
        return [(mark + plain(snapshot.note), palette.bad if snapshot.error else palette.muted)]
    found = [finding for finding in snapshot.findings if finding.step == snapshot.steps]
    if found and snapshot.phase_event is None and snapshot.steps and not snapshot.edit:
        return found_pieces(found, palette)
    if snapshot.phase_event is not None and snapshot.phase_event.phase is Phase.FORWARD:
        return _forward(snapshot.phase_event, palette, snapshot.dataset)
    if snapshot.phase_event is not None:
        return _PHASES[snapshot.phase_event.phase](snapshot.phase_event, palette)
    if snapshot.event is not None:
        return _step(snapshot.event, palette)
    if snapshot.edit:
        edit = clip(snapshot.edit, _LONGEST_EDIT).rstrip()
        more = "   ! 8 tells what was found" if found else ""
        return [("Changed here: ", palette.muted), (edit, palette.accent), (more, palette.bad)]
    if snapshot.steps == 0 and found:
        return [
            ("Press space for one step, L for lessons, ? for help", palette.muted),
            ("   ! 8 tells what was found", palette.bad),
        ]
    if snapshot.steps == 0:
        lessons = "L for lessons, " if snapshot.tape is None else ""
        return [(f"Press space for one step, p to play, {lessons}? for help", palette.muted)]
    return [("Between two steps", palette.muted)]


def found_pieces(found: list[Finding], palette: Palette) -> list[Piece]:
    """One finding by its name and its sentence; of several the names, as there is no room for more."""
    names = ", ".join(dict.fromkeys(finding.check for finding in reversed(found)))
    told = f": {found[0].told}" if len(found) == 1 else f" ({len(found)} findings: 8 tells)"
    return [("! ", palette.bad), (plain(names), palette.strong), (plain(told), palette.text)]


def _example(event: StepEvent | PhaseEvent) -> str:
    if len(event.batch.rows) > 1:
        return tally(len(event.batch.rows), "example")
    label = event.batch.labels[0]
    return clip(label, min(cell_len(plain(label)), _LONGEST_LABEL))


def _step(event: StepEvent, palette: Palette) -> list[Piece]:
    before, after = (
        {name: flat(tensor) for name, tensor in tensors.items()} for tensors in (event.parameters, event.updated)
    )
    pairs = [pair for name in before for pair in zip(before[name], after[name])]
    moved = sum(a != b and (a == a or b == b) for a, b in pairs)  # what was no number and is none has not moved
    told = f"{moved} of {len(pairs)} parameters moved" if moved else "no parameter moved"
    return [
        ("Last step ", palette.muted),
        (_example(event), palette.accent),
        (_prediction(event), palette.text),
        (f"  {'summed ' * (len(event.batch.rows) > 1)}loss {number(event.loss).strip()}", palette.strong),
        (f" ({number(event.penalty).strip()} is penalty)" if event.penalty else "", palette.muted),
        (f"  {told}", palette.muted if moved else palette.bad),
    ]


def _prediction(event: StepEvent | PhaseEvent) -> str:
    if len(event.batch.rows) > 1:
        return ""
    return f"  ŷ {number(event.predictions[0]).strip()}, y {feature(event.batch.targets[0])}"


def _forward(event: PhaseEvent, palette: Palette, data: Dataset) -> list[Piece]:
    x = "" if len(event.batch.rows) > 1 else f" ({_numbers(event.batch.xs[0], data)})"
    return [
        ("Forward: ", palette.muted),
        (_example(event), palette.accent),
        (f"{x} gives{_prediction(event)}" if x else f" give {len(event.predictions)} predictions", palette.text),
    ]


def _numbers(x: tuple[float, ...], data: Dataset) -> str:
    told = plain(data.told(x)) if data.sparse else ", ".join(map(feature, x))
    return clip(told, min(cell_len(told), _LONGEST_X))


def _loss(event: PhaseEvent, palette: Palette) -> list[Piece]:
    loss = "" if event.loss is None else number(event.loss).strip()
    return [
        ("Loss: ", palette.muted),
        (_example(event), palette.accent),
        (_prediction(event), palette.text),
        (f"  {'summed ' * (len(event.batch.rows) > 1)}loss {loss}", palette.strong),
    ]


def _zero_grad(event: PhaseEvent, palette: Palette) -> list[Piece]:
    kept = any(value != 0 for tensor in event.gradients.values() for value in flat(tensor))
    told = "the optimizer holds other parameters: gradients stay" if kept else "the last step's gradients are gone"
    return [("Zero-grad: ", palette.muted), (told, palette.bad if kept else palette.text)]


def _backward(event: PhaseEvent, palette: Palette) -> list[Piece]:
    # What is no number is the worst there is: it comes first.
    numbers = [
        (math.inf if value != value else abs(value), value, f"{name}{place}")
        for name, place, value in places(event.gradients)
    ]
    _, value, largest = max(numbers, key=lambda entry: entry[0])
    zero = sum(size == 0 for size, _, _ in numbers)
    return [
        ("Backward: ", palette.muted),
        (f"the largest gradient is {largest}, {number(value).strip()}", palette.text),
        (f"   {zero} of {len(numbers)} are 0", palette.muted),
    ]


_PHASES = {
    Phase.LOSS: _loss,
    Phase.ZERO_GRAD: _zero_grad,
    Phase.BACKWARD: _backward,
}
