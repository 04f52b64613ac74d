"""Records: what a line of history is made of, and all of it in order."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from hltcore.edits import Edit, Mark
from hltcore.engine import Saved
from hltcore.events import Score
from hltcore.spec import RunSpec

if TYPE_CHECKING:
    from hltcore.diagnostics import Finding

__all__ = ["UNDECIDED", "Checkpoint", "Counts", "EditRecord", "Look", "Records", "Skip", "until"]

Counts = dict[str, int]
"""How many of each series, by its name in ``Records``."""

_EPOCHS = ("training", "held_out", "right", "held_right", "rows", "held_rows")
"""The series with a number for each epoch that is over."""
_NONE = Score(math.nan, -1, 0)
UNDECIDED = -2
"""How many are right where the targets are numbers, of which none is right or wrong."""


@dataclass(frozen=True)
class EditRecord:
    """An edit made to the run.

    Attributes:
        step: Steps that were complete.
        mark: The same point in epochs, and the edit.
        spec: The run's settings from here on, without marks.
        anew: Whether it left no number of the parameters as it was.
    """

    step: int
    mark: Mark
    spec: RunSpec
    anew: bool

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


@dataclass(frozen=True)
class Look:
    """What is kept of a look at the end of an epoch, for the looks that follow.

    Attributes:
        step: Completed steps.
        norm: The length of the gradient over all examples.
        level: The mean loss over all examples.
        held: What was found to hold but must last to count: check, where, completed steps since which it does, and
            at how many looks it did.
    """

    step: int
    norm: float
    level: float
    held: tuple[tuple[str, str, int, int], ...]


@dataclass(frozen=True)
class Skip:
    """A check that could not tell.

    Attributes:
        step: Completed steps.
        edits: Edits made before: after another one it may be able to.
        check: The check.
        why: Why it could not.
    """

    step: int
    edits: int
    check: str
    why: str


class Dated(Protocol):
    """Something that stands at a step."""

    @property
    def step(self) -> int:
        """Completed steps."""


def until(items: Sequence[Dated], step: int) -> int:
    """How many of them stand at or before a step."""
    return bisect_right(items, step, key=lambda item: item.step)


@dataclass
class Records:
    """A stretch of history, each kind of record a series of its own.

    Attributes:
        entries: The edits.
        losses: The loss of each step, float32.
        epoch_starts: For each epoch, how many steps were complete when it began.
        training: For each epoch that is over, the mean loss over the rows trained on, for data with held-out rows.
        held_out: The same over the held-out rows.
        right: For each epoch that is over, how many of the rows trained on were right; -1 without held-out rows, -2
            where targets are numbers.
        held_right: The same of the held-out rows.
        rows: For each epoch that is over, how many rows were trained on.
        held_rows: The same of the held-out rows.
        checkpoints: States to go on from.
        findings: What the checks found.
        looks: What was kept of their looks.
        skips: What they could not tell.
    """

    entries: list[EditRecord] = field(default_factory=list)
    losses: array[float] = field(default_factory=lambda: array("f"))
    epoch_starts: array[int] = field(default_factory=lambda: array("q", [0]))
    training: array[float] = field(default_factory=lambda: array("f"))
    held_out: array[float] = field(default_factory=lambda: array("f"))
    right: array[int] = field(default_factory=lambda: array("i"))
    held_right: array[int] = field(default_factory=lambda: array("i"))
    rows: array[int] = field(default_factory=lambda: array("i"))
    held_rows: array[int] = field(default_factory=lambda: array("i"))
    checkpoints: list[Checkpoint] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)

    @property
    def series(self) -> dict[str, MutableSequence[Any]]:
        """Every series by its name, to be read and replaced: they are all that there is of a stretch."""
        return vars(self)

    def counts(self, step: int) -> Counts:
        """How much of each series belongs to the past of a fork after a step, that step's edits included."""
        epochs = bisect_right(self.epoch_starts, step)
        return {
            "entries": until(self.entries, step),
            "losses": step,
            "epoch_starts": epochs,
            **dict.fromkeys(_EPOCHS, epochs - 1),
            "checkpoints": until(self.checkpoints, step - 1),
            "findings": until(self.findings, step),
            "looks": until(self.looks, step),
            "skips": until(self.skips, step),
        }

    def take(self, counts: Counts) -> Records:
        """Take so many of each series, the first ones, out of this stretch."""
        taken = Records()
        for name, count in counts.items():
            series = taken.series[name] = self.series[name]
            self.series[name] = series[count:]
            del series[count:]
        return taken

    def copy(self) -> Records:
        """The same in series of its own."""
        twin = Records()
        twin.series.update({name: series[:] for name, series in self.series.items()})
        return twin

    def end_epoch(self, scores: tuple[Score, Score] | None) -> None:
        """Record the scores at the end of an epoch; None for data without held-out rows."""
        training, held_out = scores or (_NONE, _NONE)
        values = (training.loss, held_out.loss, training.right, held_out.right, training.count, held_out.count)
        for name, value in zip(_EPOCHS, values):
            self.series[name].append(UNDECIDED if value is None else value)

    def cut(self, steps: int) -> None:
        """Drop what was recorded of a step that was not completed after so many."""
        del self.losses[steps:]
        while self.epoch_starts[-1] > steps:
            self.epoch_starts.pop()
        for name in _EPOCHS:
            del self.series[name][len(self.epoch_starts) - 1 :]
        while self.checkpoints[-1].step > steps:
            self.checkpoints.pop()
        for dated in (self.findings, self.looks, self.skips):
            del dated[until(dated, steps) :]
