"""Showing: a run that a script has made, on the screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from hltcore.errors import HltError
from tui.app import HltApp
from tui.course.guide import Guide
from tui.course.library import Library
from tui.course.sources import folders
from tui.terminal import capabilities, unfit_terminal

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["show_trainer"]


def show_trainer(trainer: Trainer) -> None:
    """What ``tui.show`` does."""
    unfit = unfit_terminal()
    if unfit:
        raise HltError(f"{unfit}.")
    switches = sys.getswitchinterval()
    try:
        failure = HltApp(
            trainer.settings, capabilities(None), guide=Guide(Library(more=folders())), trainer=trainer
        ).run()
    finally:
        sys.setswitchinterval(switches)
    if failure:
        raise HltError(failure)
