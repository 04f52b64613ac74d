"""hlt-tui: the terminal app that shows a training run, step by step, as live panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["show"]


def show(trainer: Trainer) -> None:
    """Show a run that a script has made, until the user leaves the screen; the trainer then stands where she left it.

    Everything that the keys do is done to this trainer. It is not saved as a session: it is the script's.

    Args:
        trainer: The run; its model and data may be objects of your own.

    Raises:
        HltError: There is no terminal that could show it, or the run broke off.
    """
    from tui.showing import show_trainer  # late: it imports the whole screen

    show_trainer(trainer)
