"""Room: how much of the main screen the parameters take, and what the panels that have room there need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tui.arrangement import Box, Needs, arrange, examples_at_least
from tui.beside import arrange_with
from tui.cells import Focus
from tui.panels.parameters import ParameterView
from tui.screens.drawn import PADDING, SCROLLBAR, surface_view
from tui.screens.stage import Looks, Stage
from tui.view import View

__all__ = ["boxes_in", "needs_of", "parameters_in", "view_of"]

_WIDE = 110
_LEAST = 24  # columns of parameters


def parameters_in(width: int, stage: Stage, looks: Looks, alone: str, lesson_panel: str) -> ParameterView:
    """The parameters as they fit beside the other panels.

    Args:
        width: Columns of the screen that the panels have.
        stage: The run.
        looks: What is looked at.
        alone: The panel that is alone on the screen; "" where all are there.
        lesson_panel: The panel that a lesson's page is about; "" where there is none.
    """
    twin = stage.moment.twin
    halves = width >= _WIDE or twin or lesson_panel not in ("", "parameters", "examples")
    most = width // 2 if halves else width - examples_at_least(width)
    if alone == "parameters":
        most = width
    gradients = (width >= _WIDE and not twin) or alone == "parameters"
    return stage.parameters(looks, most - PADDING - SCROLLBAR, gradients=gradients)


def needs_of(stage: Stage, parameters: ParameterView, height: int) -> Needs:
    """What the arrangement depends on, with parameters as they are drawn, in so many rows."""
    wide = max((strip.cell_length for strip in parameters.lines), default=0)
    scrollbar = SCROLLBAR * (len(parameters.lines) > height // 3)  # it may need one
    return stage.needs((max(wide, _LEAST) + PADDING + scrollbar, len(parameters.lines)))


def boxes_in(
    width: int, height: int, needs: Needs, alone: str, lesson_panel: str, lesson: Box | None
) -> Mapping[str, Box]:
    """Where each panel stands, a lesson's page among them, in so many columns and rows beside that page.

    Args:
        width: Columns at hand.
        height: Rows at hand.
        needs: What it depends on.
        alone: The panel that is alone on the screen; "" where all are there.
        lesson_panel: The panel that a lesson's page is about; "" where there is none.
        lesson: The page; None where there is none.
    """
    if lesson is None:
        return arrange(width, height, needs, alone)
    return arrange_with(width, height, needs, alone, lesson_panel) | {"lesson": lesson}


def view_of(boxes: Mapping[str, Box], focus: Focus | None) -> View:
    """What the panels that are shown need beyond the run's own state."""
    told = focus if "story" in boxes else None
    box = boxes.get("surface")
    view = View(told) if box is None else surface_view(told, box.width - PADDING, box.height - 1)
    network, embedding, story, script = (name in boxes for name in ("network", "embedding", "story", "script"))
    return replace(view, network=network, embedding=embedding, story=story, script=script)
