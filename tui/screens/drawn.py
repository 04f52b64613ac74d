"""Drawn: the panels of a run of this library that are lines of text, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.strip import Strip

from hltcore.dataset import Dataset
from hltcore.options import write
from hltcore.packing import pack
from tui.cells import Focus
from tui.formatting import change_mark, flat, plain, shape
from tui.panels.examples import classes_line, example_lines, score
from tui.panels.findings import finding_view, findings_title
from tui.panels.matrix import matrix_lines, matrix_title, tensor_name
from tui.panels.parameters import parameter_view
from tui.panels.script import script_lines, script_title
from tui.panels.step import step_lines
from tui.panels.surface import picture_size, surface_lines
from tui.panels.units import UNIT_PICTURE, unit_lines
from tui.screens.stage import Looks
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.view import View

if TYPE_CHECKING:
    from hltcore.logged import WholeTensor

__all__ = ["DRAWN", "PADDING", "SCROLLBAR", "Drawing", "focused_tensor", "parameters_title", "surface_view"]

PADDING = 2
"""Columns of a panel that stay free, left and right together."""

SCROLLBAR = 1
_UNITS = 8  # lines
_UNITS_FROM = 22


@dataclass(frozen=True)
class Drawing:
    """What a panel is drawn from.

    Attributes:
        snapshot: The run.
        looks: What of it is looked at, and in which colours.
    """

    snapshot: Snapshot
    looks: Looks

    @property
    def palette(self) -> Palette:
        """The styles."""
        return self.looks.palette

    @property
    def focused(self) -> Snapshot:
        """The snapshot with this focus, which the run may not have heard of yet: then its path is not known."""
        focus = self.looks.focus
        return self.snapshot if self.snapshot.focus == focus else replace(self.snapshot, focus=focus, path=())


@dataclass(frozen=True)
class Panel:
    """One panel.

    Attributes:
        title: What stands above it.
        draw: Its lines in so many columns, made for so many rows; what is longer scrolls.
        picture: Whether all of it changes with every step, so that it comes after what is read, and not so often.
    """

    title: Callable[[Drawing], str]
    draw: Callable[[Drawing, int, int], list[Strip]]
    picture: bool = False

    def fitted(self, drawing: Drawing, width: int, height: int) -> list[Strip]:
        """Its lines, with room for a scroll bar where they are too many."""
        lines = self.draw(drawing, width, height)
        return lines if len(lines) <= height else self.draw(drawing, width - SCROLLBAR, height)


def _examples(drawing: Drawing, width: int, height: int) -> list[Strip]:
    snapshot, palette = drawing.snapshot, drawing.palette
    lines = example_lines(snapshot, palette, width, other=snapshot.twin)
    return lines if snapshot.twin else [*lines, classes_line(snapshot, palette, width)]


def _examples_title(drawing: Drawing) -> str:
    snapshot = drawing.snapshot
    data = snapshot.dataset
    features = f"what is not 0 of {len(data.features)}" if data.sparse else ", ".join(map(plain, data.features))
    name = "A · " if snapshot.twin else ""
    return f"{name}Examples{_excerpt(data)}{_scores(snapshot)} · x: {features}"


def _twin_examples_title(drawing: Drawing) -> str:
    twin = drawing.snapshot.twin
    return f"B · Examples{_scores(twin) if twin else ''}"


def _surface_title(drawing: Drawing) -> str:
    return f"Prediction over the plane{_excerpt(drawing.snapshot.dataset)}{_scores(drawing.snapshot)}"


def _excerpt(data: Dataset) -> str:
    """How many of very many examples are shown."""
    if not data.rows:
        return ""
    held = data.held_out
    more = f"; held out {len(held):,} of {held.whole:,}" if held is not None and held.rows else ""
    return f" shown: {len(data):,} of {data.whole:,}{more}, evenly spread"


def _scores(snapshot: Snapshot) -> str:
    """How well the model does on the examples, and on those held out, where there are some."""
    if snapshot.held_out is None or snapshot.dataset.held_out is None or snapshot.evaluation is None:
        return ""
    data, held = snapshot.dataset, snapshot.dataset.held_out
    pairs = [(snapshot.evaluation, data.targets), (snapshot.held_out, held.targets)]
    right, loss = zip(*(score(evaluation, targets) for evaluation, targets in pairs))
    told = f" · {'; held out '.join(right)}" if all(right) else ""
    return f"{told} · loss {'; held out '.join(loss)}"


def parameters_title(snapshot: Snapshot) -> str:
    """The title of the parameters; beside a twin, what the two have different."""
    if snapshot.twin is None:
        return "Parameters"
    return f"A · {_differing(snapshot, snapshot.twin)}"


def _twin_title(drawing: Drawing) -> str:
    snapshot = drawing.snapshot
    return f"B · {_differing(snapshot.twin, snapshot)}" if snapshot.twin else "B"


def _differing(snapshot: Snapshot, other: Snapshot) -> str:
    """The settings that this run has different from the other one."""
    pairs = snapshot.settings.differences(other.settings)
    told = [f"{name}={write(mine)}" for name, (mine, its) in pairs.items() if mine is not None and its is not None]
    if told:
        return plain("  ".join(told))
    return "the same settings and numbers" if _same_numbers(snapshot, other) else "the same settings, other numbers"


def _same_numbers(snapshot: Snapshot, other: Snapshot) -> bool:
    """Whether two runs of one model are at the same numbers, as they are before the twin began."""
    pairs = ((flat(tensor), flat(other.parameters[name])) for name, tensor in snapshot.parameters.items())
    return not any(change_mark(mine, its).strip() for tensors in pairs for mine, its in zip(*tensors))


def _twin_parameters(drawing: Drawing, width: int, height: int) -> list[Strip]:
    snapshot, twin = drawing.snapshot, drawing.snapshot.twin
    if twin is None:
        return []
    return parameter_view(twin, drawing.palette, width, gradients=False, other=snapshot, wide=drawing.looks.wide).lines


def _twin_examples(drawing: Drawing, width: int, height: int) -> list[Strip]:
    twin = drawing.snapshot.twin
    if twin is None:
        return []
    return example_lines(twin, drawing.palette, width, other=drawing.snapshot)


def _units_height(height: int) -> int:
    """Lines for the hidden units' pictures under the surface; none where it needs all there are."""
    return min(height // 3, _UNITS) if height >= _UNITS_FROM else 0


def surface_view(focus: Focus | None, width: int, height: int) -> View:
    """What the surface panel needs from the run in so much room."""
    below = _units_height(height)
    return View(focus, picture_size(width, height - below), UNIT_PICTURE if below else None)


def _surface(drawing: Drawing, width: int, height: int) -> list[Strip]:
    snapshot, palette = drawing.snapshot, drawing.palette
    below = _units_height(height)
    colour = bool(palette.ramp)
    lines = surface_lines(snapshot.surface, snapshot, palette, width, height - below, colour=colour)
    if below and snapshot.surface is not None:
        lines += unit_lines(snapshot.surface, palette, width, below, colour=colour)
    return lines


def _network(drawing: Drawing, width: int, height: int) -> list[Strip]:
    from tui.panels.network import network_lines  # late, as all that comes after the first frame

    snapshot = drawing.snapshot
    functions = snapshot.functions or None
    return network_lines(
        snapshot, drawing.palette, width, height, functions=functions, dead=snapshot.dead, focus=drawing.looks.focus
    )


def _inside(drawing: Drawing, width: int, height: int) -> list[Strip]:
    """What the phase did; where it has more lines than there are rows, without the empty ones."""
    lines = step_lines(drawing.snapshot, drawing.palette, width)
    return lines if len(lines) <= height else [line for line in lines if line.text.strip()]


def _embedding(drawing: Drawing, width: int, height: int) -> list[Strip]:
    from tui.panels.embedding import embedding_lines

    return embedding_lines(drawing.focused, drawing.palette, width, height)


def _embedding_title(drawing: Drawing) -> str:
    from tui.panels.embedding import embedding_title

    return embedding_title(drawing.snapshot)


def _story(drawing: Drawing, width: int, height: int) -> list[Strip]:
    from tui.panels.story import story_lines

    return story_lines(drawing.focused, drawing.palette, width, height)


def _story_title(drawing: Drawing) -> str:
    from tui.panels.story import story_title

    return story_title(drawing.focused)


def _findings(drawing: Drawing, width: int, height: int) -> list[Strip]:
    return finding_view(drawing.snapshot, drawing.palette, width, drawing.looks.chosen).lines


def focused_tensor(snapshot: Snapshot, focus: Focus | None) -> WholeTensor | None:
    """The tensor of the focused number, or the first one."""
    name = tensor_name(snapshot.parameters, focus)
    if name is None:
        return None
    from hltcore.logged import WholeTensor  # late: before torch is there, there are no parameters

    tensor = snapshot.parameters[name]
    return WholeTensor(shape(tensor), pack(flat(tensor)))


def _matrix(drawing: Drawing, width: int, height: int) -> list[Strip]:
    tensor = focused_tensor(drawing.snapshot, drawing.looks.focus)
    return matrix_lines(tensor, drawing.looks.lens, drawing.palette, width, height)


def _matrix_title(drawing: Drawing) -> str:
    name = tensor_name(drawing.snapshot.parameters, drawing.looks.focus)
    return matrix_title(name, focused_tensor(drawing.snapshot, drawing.looks.focus))


DRAWN: dict[str, Panel] = {
    "examples": Panel(_examples_title, _examples),
    "inside": Panel(lambda d: "Inside the step", _inside),
    "findings": Panel(lambda d: findings_title(d.snapshot), _findings),
    "surface": Panel(_surface_title, _surface, picture=True),
    "embedding": Panel(_embedding_title, _embedding, picture=True),
    "twin-parameters": Panel(_twin_title, _twin_parameters),
    "twin-examples": Panel(_twin_examples_title, _twin_examples),
    "network": Panel(lambda d: "Network", _network, picture=True),
    "matrix": Panel(_matrix_title, _matrix),
    "script": Panel(lambda d: script_title(d.snapshot), lambda d, w, h: script_lines(d.snapshot, d.palette, w)),
    "story": Panel(_story_title, _story),
}
