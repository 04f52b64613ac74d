"""Twin: another run that goes in lock-step with the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hltcore.edits import Edit
from tui.observer import Observer
from tui.snapshot import Snapshot

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["Twin"]


class Twin:
    """At most one run beside the first."""

    def __init__(self) -> None:
        self._trainer: Trainer | None = None
        self._observer = Observer()

    def fork(self, trainer: Trainer, edit: Edit) -> None:
        """Begin a twin at this very state, with one edit made.

        Raises:
            HltError: The edit is not allowed; there is no twin then.
        """
        twin = trainer.copy()
        twin.apply(edit)
        self._trainer, self._observer = twin, Observer()
        self.follow(trainer)

    def end(self) -> None:
        """Let it go."""
        self._trainer = None

    def follow(self, trainer: Trainer) -> None:
        """Take it to the step and phase at which the first run stands, forward or back.

        Raises:
            HltError: It cannot do the step.
        """
        twin = self._trainer
        if twin is None:
            return
        phase = trainer.position.phase
        done = twin.position.phase
        behind = done is not None and (phase is None or done.number > phase.number)
        if twin.steps > trainer.steps or (twin.steps == trainer.steps and behind):
            twin.seek(trainer.steps)
        if trainer.steps - twin.steps > 1:
            twin.seek(min(trainer.steps, twin.history.steps))
        while twin.steps < trainer.steps:
            twin.step()
        while twin.position.phase is not phase:
            twin.phase()

    def observe(self) -> Snapshot | None:
        """The run as it stands."""
        return None if self._trainer is None else self._observer.observe(self._trainer)
