"""Stage: how the main screen draws a run, whatever kind of run it is."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Protocol

from textual.strip import Strip

from hltcore.diagnostics.finding import Finding
from tui.arrangement import Needs
from tui.cells import Focus
from tui.course.scene import Scene
from tui.lens import Lens
from tui.moment import Moment
from tui.panels.parameters import ParameterView, Shaped
from tui.panels.script import Place
from tui.theme import Palette

__all__ = ["Looks", "Stage"]


@dataclass(frozen=True)
class Looks:
    """What is looked at, and in which colours.

    Attributes:
        palette: The styles.
        focus: The number that the arrow keys stand on; with no place in it, a whole tensor.
        chosen: The finding that they stand on.
        lens: How much of a large matrix is seen.
        wide: The parameters whose columns are wide by now, and stay so.
    """

    palette: Palette
    focus: Focus | None = None
    chosen: Finding | None = None
    lens: Lens = field(default_factory=Lens)
    wide: frozenset[Shaped] = frozenset()


class Stage(Protocol):
    """A run at one moment, ready to be drawn."""

    @property
    def moment(self) -> Moment:
        """The run."""

    def status(self, palette: Palette, width: int) -> list[Strip]:
        """Three lines: what runs, where it stands, and a sentence."""

    def parameters(self, looks: Looks, width: int, *, gradients: bool) -> ParameterView:
        """The parameters in so many columns, with their gradients if these are wanted and fit."""

    def needs(self, parameters: tuple[int, int]) -> Needs:
        """What the arrangement depends on.

        Args:
            parameters: Columns and lines of the parameters.
        """

    def walk(self, focus: Focus | None, direction: str) -> Focus | None:
        """What the arrow keys come to from there."""

    def holds(self, focus: Focus) -> bool:
        """Whether it has such a number, or such a tensor."""

    def title(self, name: str, looks: Looks) -> str:
        """What stands above a panel."""

    def is_picture(self, name: str) -> bool:
        """Whether all of a panel changes with every step, so that it comes after what is read, and not so often."""

    def lines(self, name: str, looks: Looks, width: int, height: int) -> list[Strip]:
        """A panel's lines in so many columns, made for so many rows; what is longer scrolls."""

    def matrix(self, focus: Focus | None) -> tuple[int, int] | None:
        """Rows and columns of the tensor that is drawn as a matrix; None where there is none."""

    def place_in_script(self) -> Place | None:
        """Where the run stands in its script; None where there is none, or it has not begun."""

    def scene(self, focus: Focus | None, panels: Set[str]) -> Scene | None:
        """What a lesson's task looks at; None where no lesson can be about it."""
