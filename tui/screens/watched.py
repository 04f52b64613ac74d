"""Watched stage: the panels of a recorded training loop, in one table."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from textual.strip import Strip

from tui.arrangement import Needs
from tui.cells import Focus, holds, walk
from tui.course.scene import Scene
from tui.footage import Footage
from tui.panels.findings import finding_view, findings_title
from tui.panels.matrix import matrix_lines, matrix_shape, matrix_title, tensor_name
from tui.panels.parameters import ParameterView, parameter_view
from tui.panels.tensors import tensor_view
from tui.panels.watched import batch_lines, layer_lines, status_of, update_lines
from tui.panels.watched_story import watched_story_lines, watched_story_title
from tui.screens.drawn import SCROLLBAR
from tui.screens.stage import Looks
from tui.theme import Palette
from tui.widgets.lines import prose

__all__ = ["WatchedStage"]

_Draw = Callable[[Footage, Looks, int, int], list[Strip]]


@dataclass(frozen=True)
class _Panel:
    """One panel: what stands above it, and its lines."""

    title: Callable[[Footage, Looks], str]
    draw: _Draw
    picture: bool = False


def _matrix(footage: Footage, looks: Looks, width: int, height: int) -> list[Strip]:
    name = tensor_name(footage.tensors, looks.focus)
    tensor = footage.tensors[name] if name is not None else None
    return matrix_lines(tensor, looks.lens, looks.palette, width, height)


def _matrix_title(footage: Footage, looks: Looks) -> str:
    name = tensor_name(footage.tensors, looks.focus)
    return matrix_title(name, footage.tensors[name] if name is not None else None)


def _without(what: str) -> _Panel:
    """A panel that a recorded training loop does not have."""
    told = f"{what} belongs to the models and data of this program; a training loop of your own does not record it."

    def draw(footage: Footage, looks: Looks, width: int, height: int) -> list[Strip]:
        return prose(told, looks.palette.muted, width)

    return _Panel(lambda footage, looks: what, draw)


PANELS: dict[str, _Panel] = {
    "examples": _Panel(lambda f, s: "Batch", lambda f, s, w, h: batch_lines(f, s.palette, w, h)),
    "inside": _Panel(lambda f, s: "What the step did", lambda f, s, w, h: update_lines(f, s.palette, w, h)),
    "findings": _Panel(
        lambda f, s: findings_title(f), lambda f, s, w, h: finding_view(f, s.palette, w, s.chosen).lines
    ),
    "surface": _without("The prediction over the plane"),
    "embedding": _without("The embedding"),
    "twin-parameters": _without("A twin"),
    "twin-examples": _without("A twin"),
    "network": _Panel(lambda f, s: "Activations", lambda f, s, w, h: layer_lines(f, s.palette, w, h)),
    "script": _without("The script"),
    "matrix": _Panel(_matrix_title, _matrix),
    "story": _Panel(
        lambda f, s: watched_story_title(f, s.focus),
        lambda f, s, w, h: watched_story_lines(f, s.palette, w, h, s.focus),
    ),
}


@dataclass(frozen=True)
class WatchedStage:
    """A recorded training loop, ready to be drawn.

    Attributes:
        moment: The run.
    """

    moment: Footage

    def status(self, palette: Palette, width: int) -> list[Strip]:
        """Three lines: the log and the model, the counts, and a sentence."""
        return status_of(self.moment, palette, width)

    def parameters(self, looks: Looks, width: int, *, gradients: bool) -> ParameterView:
        """Every number of a small model; of others a list of the tensors."""
        moment = self.moment
        if not moment.parameters:
            return tensor_view(moment, looks.palette, width, looks.focus)
        return parameter_view(moment, looks.palette, width, gradients=gradients, focus=looks.focus, wide=looks.wide)

    def needs(self, parameters: tuple[int, int]) -> Needs:
        """What the arrangement depends on."""
        beside = "examples" if self.moment.parameters else "matrix"  # no number twice
        return Needs(parameters=parameters, examples=0, watched=beside)

    def walk(self, focus: Focus | None, direction: str) -> Focus | None:
        """The next number, or the next tensor in the list."""
        if self.moment.parameters:
            return walk(self.moment.parameters, focus, direction)
        names = list(self.moment.tensors)
        if not names:
            return None
        here = tensor_name(self.moment.tensors, focus) or names[0]  # with no focus the first one is marked
        change = {"up": -1, "down": 1}.get(direction, 0)
        return names[min(max(names.index(here) + change, 0), len(names) - 1)], ()

    def holds(self, focus: Focus) -> bool:
        """Whether it has such a number, or such a tensor."""
        if self.moment.parameters:
            return holds(self.moment.parameters, focus)
        return focus[0] in self.moment.tensors

    def title(self, name: str, looks: Looks) -> str:
        """What stands above a panel."""
        if name != "parameters":
            return PANELS[name].title(self.moment, looks)
        if self.moment.parameters or not self.moment.tensors:
            return "Parameters"
        return f"Parameters: {len(self.moment.tensors):,} tensors · ↑ ↓ chooses"

    def is_picture(self, name: str) -> bool:
        """Whether all of a panel changes with every step."""
        return PANELS[name].picture

    def lines(self, name: str, looks: Looks, width: int, height: int) -> list[Strip]:
        """A panel's lines."""
        draw = PANELS[name].draw
        lines = draw(self.moment, looks, width, height)
        return lines if len(lines) <= height else draw(self.moment, looks, width - SCROLLBAR, height)

    def matrix(self, focus: Focus | None) -> tuple[int, int] | None:
        """Rows and columns of the chosen tensor, as far as it is recorded."""
        name = tensor_name(self.moment.tensors, focus)
        if name is None:
            return None
        tensor = self.moment.tensors[name]
        return matrix_shape((tensor.whole or tensor.matrix).shape)

    def place_in_script(self) -> None:
        """There is no script."""
        return None

    def scene(self, focus: Focus | None, panels: Set[str]) -> Scene | None:
        """No lesson is about somebody else's run."""
        return None
