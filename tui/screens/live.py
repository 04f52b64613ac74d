"""Live stage: the panels of a run of this library, be it trained here or recorded."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from textual.strip import Strip

from tui.arrangement import Needs
from tui.cells import Focus, holds, walk
from tui.course.scene import Scene
from tui.panels.matrix import matrix_shape
from tui.panels.parameters import ParameterView, parameter_view, shown_first
from tui.panels.script import Place, marked_place
from tui.panels.status import status_lines
from tui.screens.drawn import DRAWN, Drawing, focused_tensor, parameters_title
from tui.screens.stage import Looks
from tui.snapshot import Snapshot
from tui.theme import Palette

__all__ = ["RunStage"]


@dataclass(frozen=True)
class RunStage:
    """A run of this library, ready to be drawn.

    Attributes:
        moment: The run.
    """

    moment: Snapshot

    def status(self, palette: Palette, width: int) -> list[Strip]:
        """Three lines: the spec, the counts, and a sentence."""
        return status_lines(self.moment, palette, width)

    def parameters(self, looks: Looks, width: int, *, gradients: bool) -> ParameterView:
        """Every number."""
        moment = self.moment
        return parameter_view(
            moment,
            looks.palette,
            width,
            gradients=gradients,
            focus=looks.focus,
            other=moment.twin,
            wide=looks.wide,
        )

    def needs(self, parameters: tuple[int, int]) -> Needs:
        """What the arrangement depends on."""
        moment = self.moment
        return Needs(
            parameters=parameters,
            examples=len(moment.dataset) + 2,
            plane=moment.dataset.has_plane,
            table=moment.embedding is not None,
            twin=moment.twin is not None,
        )

    def walk(self, focus: Focus | None, direction: str) -> Focus | None:
        """The next number."""
        return walk(self.moment.parameters, focus, direction, shown_first(self.moment))

    def holds(self, focus: Focus) -> bool:
        """Whether its model has such a number."""
        return holds(self.moment.parameters, focus)

    def title(self, name: str, looks: Looks) -> str:
        """What stands above a panel."""
        if name == "parameters":
            return parameters_title(self.moment)
        return DRAWN[name].title(Drawing(self.moment, looks))

    def is_picture(self, name: str) -> bool:
        """Whether all of a panel changes with every step."""
        return DRAWN[name].picture

    def lines(self, name: str, looks: Looks, width: int, height: int) -> list[Strip]:
        """A panel's lines."""
        return DRAWN[name].fitted(Drawing(self.moment, looks), width, height)

    def matrix(self, focus: Focus | None) -> tuple[int, int] | None:
        """Rows and columns of the focused number's tensor, or of the first one."""
        tensor = focused_tensor(self.moment, focus)
        return None if tensor is None else matrix_shape(tensor.shape)

    def place_in_script(self) -> Place | None:
        """Where the run stands in its script."""
        return marked_place(self.moment)

    def scene(self, focus: Focus | None, panels: Set[str]) -> Scene | None:
        """What a lesson's task looks at."""
        return Scene(self.moment, focus, frozenset(panels))
