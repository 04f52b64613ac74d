"""Update: what the optimizer made of each number of the parameters in the step that was just done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.strip import Strip

from tui.cells import cells, place_text, value_at
from tui.formatting import change_mark, clip, number, shape
from tui.panels.picked import row_name, untouched
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Piece, ended, line, prose

if TYPE_CHECKING:
    from hltcore.events import PhaseEvent, StepEvent

__all__ = ["update_lines"]

_NAME, _NUMBERS = 22, (10, 8)  # columns


def update_lines(
    snapshot: Snapshot, event: StepEvent | PhaseEvent, palette: Palette, width: int, most: int
) -> list[Strip]:
    """Each parameter before and after the step, with its gradient and what the optimizer keeps of it.

    Args:
        snapshot: The run.
        event: The step.
        palette: The styles.
        width: Columns at hand; where they are few, what matters least is left out.
        most: Parameters that are shown at most.
    """
    kept = list(dict.fromkeys(key for keys in snapshot.optimizer_state.values() for key, t in keys.items() if shape(t)))
    columns, room = _fitting_columns(kept, width)
    rule = f"{snapshot.settings.optimizer}, lr {event.lr:g}"
    names = "".join(f"  {clip(name, room).strip():>{room}}" for name in columns)
    named = max(min(_NAME, width - len(columns) * (room + 2) - len(" ▲")), 1)
    lines = [line((clip(rule, named), palette.muted), (names, palette.muted))]
    if snapshot.tape is not None and snapshot.optimizer_rule != "θ − lr·g":
        lines = [*prose(f"What {snapshot.settings.optimizer} keeps is not recorded.", palette.muted, width), *lines]
    before, gradients = event.parameters, event.gradients  # unpacked once, and not for each number
    after = event.updated or before
    # Of an embedding table first what the step touched.
    for cell in sorted(cells(before), key=lambda cell: untouched(snapshot, cell))[:most]:
        value, new = value_at(before, cell), value_at(after, cell)
        numbers = {
            "before": value,
            "gradient": value_at(gradients, cell),
            **dict(snapshot.optimizer_state_of(cell)),
            "change": new - value,
            "after": new,
        }
        title = clip(place_text(cell), named)
        mark = (change_mark(value, new), palette.accent)
        row = line(
            *_update_row(title, numbers, columns, room, palette), mark, (row_name(snapshot, cell), palette.muted)
        )
        lines.append(ended(row, width, palette.muted))
    return lines


def _fitting_columns(kept: list[str], width: int) -> tuple[list[str], int]:
    """What is told of each number, and in how many columns each; where room is short, what matters least is not."""
    columns = ["before", "gradient", *kept, "change", "after"]
    for name in ("before", *reversed(kept), "after", "gradient"):
        for room in _NUMBERS:
            if _NAME + len(columns) * (room + 2) + len(" ▲") <= width:
                return columns, room
        columns.remove(name)
    return columns, _NUMBERS[-1]


def _update_row(
    title: str, numbers: dict[str, float], columns: list[str], room: int, palette: Palette
) -> Iterator[Piece]:
    moved = numbers["change"] != 0
    yield title, palette.text if moved else palette.muted
    for name in columns:
        value = numbers.get(name)
        text = "" if value is None else "-" if name == "change" and not moved else number(value)
        yield f"  {text.strip():>{room}}", palette.muted if value is None else palette.signed(value)
    yield " ", palette.text
