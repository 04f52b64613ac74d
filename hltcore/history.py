"""History: enough of a run to reach any of its steps again, bit for bit, and the branches left behind."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field

from hltcore.edits import Edit, Mark, Position
from hltcore.engine import Saved
from hltcore.errors import SeekError
from hltcore.spec import RunSpec

__all__ = ["CHECKPOINT_EVERY", "Branch", "Checkpoint", "Entry"]

CHECKPOINT_EVERY = 64
"""Steps between two checkpoints: what is replayed to reach a step is at most this."""


@dataclass(frozen=True)
class Entry:
    """An edit made to the run.

    Attributes:
        step: Steps that were complete.
        mark: The same point in epochs, and the edit.
        spec: The run's settings from here on, without marks.
    """

    step: int
    mark: Mark
    spec: RunSpec

    @property
    def edit(self) -> Edit:
        """What was done."""
        assert self.mark.edit is not None
        return self.mark.edit


@dataclass(frozen=True)
class Checkpoint:
    """The whole state of a run between two steps.

    Attributes:
        step: Steps that are complete.
        epoch: Epochs that are complete.
        offset: Steps of the present epoch that are complete.
        spec: The settings, without marks.
        saved: Parameters, gradients and optimizer state.
    """

    step: int
    epoch: int
    offset: int
    spec: RunSpec
    saved: Saved


@dataclass
class Branch:
    """One line of a run's history, from its start to its last step.

    Attributes:
        root: The settings at the start, without marks.
        entries: The edits in their order.
        losses: The loss of each step, float32.
        epoch_starts: For each epoch, how many steps were complete when it began.
    """

    root: RunSpec
    entries: list[Entry] = field(default_factory=list)
    losses: array[float] = field(default_factory=lambda: array("f"))
    epoch_starts: array[int] = field(default_factory=lambda: array("q", [0]))
    _checkpoints: list[Checkpoint] = field(default_factory=list)

    @property
    def steps(self) -> int:
        """How many steps were recorded."""
        return len(self.losses)

    def append(self, loss: float) -> None:
        """Record a step's loss."""
        self.losses.append(loss)

    def start_epoch(self, epoch: int, step: int) -> None:
        """Record that an epoch began."""
        if epoch == len(self.epoch_starts):
            self.epoch_starts.append(step)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint; it takes the place of one at the same step."""
        if self._checkpoints and self._checkpoints[-1].step == checkpoint.step:
            self._checkpoints.pop()
        self._checkpoints.append(checkpoint)

    def cut(self, steps: int) -> None:
        """Drop what was recorded of a step that was not completed after so many."""
        del self.losses[steps:]
        while self.epoch_starts[-1] > steps:
            self.epoch_starts.pop()
        while self._checkpoints[-1].step > steps:
            self._checkpoints.pop()

    def last_before(self, step: int) -> Checkpoint:
        """The last checkpoint at or before a step."""
        return self._checkpoints[bisect_right(self._checkpoints, step, key=lambda item: item.step) - 1]

    def edited_at(self, step: int) -> Checkpoint | None:
        """The state after the edits at a step, if there were any."""
        edited = any(entry.step == step for entry in reversed(self.entries))
        return self.last_before(step) if edited else None

    def entries_until(self, step: int) -> list[Entry]:
        """The edits up to a step, that step's included."""
        return [entry for entry in self.entries if entry.step <= step]

    def fork(self, step: int) -> Branch:
        """A branch that shares everything up to a step, that step's edits included."""
        starts = array("q", (start for start in self.epoch_starts if start <= step))
        checkpoints = self._checkpoints[: bisect_right(self._checkpoints, step, key=lambda item: item.step)]
        return Branch(self.root, self.entries_until(step), self.losses[:step], starts, checkpoints)

    def find(self, position: Position) -> int:
        """How many steps were complete at a point.

        Raises:
            SeekError: The run has not come that far, or the epoch has no such step.
        """
        if position.epoch is None:
            if position.step > self.steps:
                raise SeekError(f"Step {position.step} is past the end: the run has {self.steps} steps so far.")
            return position.step
        if position.epoch >= len(self.epoch_starts):
            raise SeekError(f"{position} is past the end: the run is in epoch {len(self.epoch_starts) - 1}.")
        start = self.epoch_starts[position.epoch]
        end = self.epoch_starts[position.epoch + 1] if position.epoch + 1 < len(self.epoch_starts) else self.steps
        if start + position.step > end:
            raise SeekError(f"{position} does not exist: epoch {position.epoch} has {end - start} steps so far.")
        return start + position.step
