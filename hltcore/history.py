"""History: enough of a run to reach any of its steps again, bit for bit, and the branches left behind."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from hltcore.edits import Edit, Mark, Position
from hltcore.engine import Saved
from hltcore.errors import SeekError
from hltcore.spec import RunSpec

if TYPE_CHECKING:
    from hltcore.diagnostics import Finding

__all__ = ["CHECKPOINT_EVERY", "Branch", "Checkpoint", "EditRecord", "Look"]

CHECKPOINT_EVERY = 64
"""Steps between two checkpoints: what is replayed to reach a step is at most this."""


@dataclass(frozen=True)
class EditRecord:
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


class _Dated(Protocol):
    """Something that stands at a step."""

    @property
    def step(self) -> int:
        """Completed steps."""


_SERIES = (
    "_entries",
    "_losses",
    "_epoch_starts",
    "_held_out",
    "_training",
    "_checkpoints",
    "_findings",
    "_looks",
)


class Branch:
    """One line of a run's history, from its start to its last step.

    A line that is left by a fork hands what came before the fork on to the new line, and keeps only what it has for
    itself: a run's history is no larger than what was computed in it, however often it forks.

    Args:
        root: The settings at the start, without marks.
    """

    def __init__(self, root: RunSpec) -> None:
        self.root = root
        self._entries: list[EditRecord] = []
        self._losses: array[float] = array("f")
        self._epoch_starts: array[int] = array("q", [0])
        self._held_out: array[float] = array("f")
        self._training: array[float] = array("f")
        self._checkpoints: list[Checkpoint] = []
        self._findings: list[Finding] = []
        self._looks: list[Look] = []
        self._heir: Branch | None = None
        self._handed: dict[str, int] = {}

    @property
    def entries(self) -> list[EditRecord]:
        """The edits in their order."""
        return self._all("_entries")  # type: ignore[no-any-return]

    @property
    def losses(self) -> array[float]:
        """The loss of each step, float32."""
        return self._all("_losses")  # type: ignore[no-any-return]

    @property
    def epoch_starts(self) -> array[int]:
        """For each epoch, how many steps were complete when it began."""
        return self._all("_epoch_starts")  # type: ignore[no-any-return]

    @property
    def held_out(self) -> array[float]:
        """For each epoch that is over, the mean loss over the held-out rows at its end; NaN where there is none."""
        return self._all("_held_out")  # type: ignore[no-any-return]

    @property
    def training(self) -> array[float]:
        """The same over the rows that are trained on, for data with held-out rows; NaN for others."""
        return self._all("_training")  # type: ignore[no-any-return]

    @property
    def findings(self) -> list[Finding]:
        """What the checks found, in order."""
        return self._all("_findings")  # type: ignore[no-any-return]

    @property
    def looks(self) -> list[Look]:
        """What was kept at the ends of the epochs at which checks looked."""
        return self._all("_looks")  # type: ignore[no-any-return]

    def findings_until(self, step: int) -> list[Finding]:
        """What was found up to a step, that step's included."""
        findings = self.findings
        return findings[: _until(findings, step)]

    def find_out(self, finding: Finding) -> None:
        """Record a finding."""
        self._findings.append(finding)

    def look(self, look: Look) -> None:
        """Record a look."""
        self._looks.append(look)

    def _all(self, name: str) -> Any:
        """A whole series: the line's own, or put together from what it handed on and what it kept."""
        branch, series, missing = self, getattr(self, name), self._handed.get(name, 0)
        if branch._heir is None:
            return series
        pieces = [series]
        while branch._heir is not None:
            branch = branch._heir
            handed = branch._handed.get(name, 0)
            pieces.append(getattr(branch, name)[: max(0, missing - handed)])
            missing = min(missing, handed)
        whole = series[:0]
        for piece in reversed(pieces):
            whole += piece
        return whole

    @property
    def steps(self) -> int:
        """How many steps were recorded."""
        return len(self._losses) + self._handed.get("_losses", 0)

    def append(self, loss: float) -> None:
        """Record a step's loss."""
        self._losses.append(loss)

    def edit(self, record: EditRecord) -> None:
        """Record an edit."""
        self._entries.append(record)

    def start_epoch(self, epoch: int, step: int, training: float, held_out: float) -> None:
        """Record that an epoch began, and the mean losses at the end of the one before."""
        if epoch == len(self._epoch_starts):
            self._epoch_starts.append(step)
            self._training.append(training)
            self._held_out.append(held_out)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint; it takes the place of one at the same step."""
        if self._checkpoints and self._checkpoints[-1].step == checkpoint.step:
            self._checkpoints.pop()
        self._checkpoints.append(checkpoint)

    def cut(self, steps: int) -> None:
        """Drop what was recorded of a step that was not completed after so many."""
        del self._losses[steps:]
        while self._epoch_starts[-1] > steps:
            self._epoch_starts.pop()
        for series in (self._training, self._held_out):
            del series[len(self._epoch_starts) - 1 :]
        while self._checkpoints[-1].step > steps:
            self._checkpoints.pop()
        del self._findings[_until(self._findings, steps) :]
        del self._looks[_until(self._looks, steps) :]

    def check_current(self) -> None:
        """Refuse to be replayed once it was left: what came before the fork belongs to the line that goes on.

        Raises:
            SeekError: It was left.
        """
        if self._heir is not None:
            raise SeekError("The run has left this line of history: return to it first.")

    def last_before(self, step: int) -> Checkpoint:
        """The last checkpoint at or before a step, of the line that the run is on."""
        return self._checkpoints[_until(self._checkpoints, step) - 1]

    def edited_at(self, step: int) -> Checkpoint | None:
        """The state after the edits at a step, if there were any, on the line that the run is on."""
        count = _until(self._entries, step)
        return self.last_before(step) if count and self._entries[count - 1].step == step else None

    def entries_until(self, step: int) -> list[EditRecord]:
        """The edits up to a step, that step's included."""
        entries = self.entries
        return entries[: _until(entries, step)]

    def entries_at(self, step: int) -> list[EditRecord]:
        """The edits at a step."""
        entries = self.entries
        return entries[_until(entries, step - 1) : _until(entries, step)]

    def fork(self, step: int) -> Branch:
        """A line that goes on from a step, that step's edits included; this one is left, and changes no more."""
        heir = Branch(self.root)
        epochs = bisect_right(self._epoch_starts, step)
        counts = {
            "_entries": _until(self._entries, step),
            "_losses": step,
            "_epoch_starts": epochs,
            "_training": epochs - 1,
            "_held_out": epochs - 1,
            "_checkpoints": _until(self._checkpoints, step - 1),
            "_findings": _until(self._findings, step),
            "_looks": _until(self._looks, step),
        }
        for name, count in counts.items():
            series = getattr(self, name)
            setattr(self, name, series[count:])
            del series[count:]
            setattr(heir, name, series)
        # One at the very step is for both: an edit there puts another in its place, and not in the line that is left.
        heir._checkpoints += self._checkpoints[: _until(self._checkpoints, step)]
        self._heir, self._handed = heir, counts
        return heir

    def copy(self) -> Branch:
        """The same line, to go on with by itself."""
        twin = Branch(self.root)
        for name in _SERIES:
            setattr(twin, name, self._all(name)[:])
        return twin

    def reclaim(self) -> None:
        """Take back the past that was handed on, so that the run can go on along this line again.

        The line that holds it (where the heirs end) then has it from here.
        """
        owner, counts = self, dict(self._handed)
        while owner._heir is not None:
            counts = {name: min(count, owner._handed[name]) for name, count in counts.items()}
            owner = owner._heir
        if owner is self:
            return
        whole = {name: self._all(name) for name in counts}
        for name, count in counts.items():
            setattr(owner, name, getattr(owner, name)[count:])
            setattr(self, name, whole[name])
        owner._heir, owner._handed = self, counts
        self._heir, self._handed = None, {}

    @property
    def end(self) -> Position:
        """Its last point."""
        starts = self.epoch_starts
        return Position(self.steps - starts[-1], len(starts) - 1)

    @property
    def line(self) -> RunSpec:
        """The whole of it as a spec: settings, every edit, and its last point."""
        entries = self.entries
        marks = [entry.mark for entry in entries]
        if self.steps > (entries[-1].step if entries else 0):
            marks.append(Mark(self.end))
        return replace(self.root, marks=tuple(marks))

    def shared_with(self, other: Branch) -> int | None:
        """Steps that two lines have in common; None where they began differently."""
        if self.root != other.root:
            return None
        mine, others = self.entries, other.entries
        for entry, its in zip(mine, others):
            if entry != its:
                return min(entry.step, its.step)
        longer = mine if len(mine) > len(others) else others
        further = [entry.step for entry in longer[min(len(mine), len(others)) :][:1]]
        return min(self.steps, other.steps, *further)

    def ends_before(self, position: Position) -> bool:
        """Whether a point lies past the end."""
        end = self.end
        if position.epoch is None:
            return (self.steps, False) < (position.step, position.phase is not None)
        here = (end.epoch or 0, end.step, False)
        return here < (position.epoch, position.step, position.phase is not None)

    def checkpoints_after(self, step: int) -> list[Checkpoint]:
        """The checkpoints after a step, of the line that the run is on."""
        return self._checkpoints[_until(self._checkpoints, step) :]

    def find(self, position: Position) -> int:
        """How many steps were complete at a point.

        Raises:
            SeekError: The run has not come that far, or the epoch has no such step.
        """
        if position.epoch is None:
            if position.step > self.steps:
                raise SeekError(f"Step {position.step} is past the end: the run has {self.steps} steps so far.")
            return position.step
        starts = self.epoch_starts
        if position.epoch >= len(starts):
            raise SeekError(f"{position} is past the end: the run is in epoch {len(starts) - 1}.")
        start = starts[position.epoch]
        complete = position.epoch + 1 < len(starts)
        end = starts[position.epoch + 1] if complete else self.steps
        if start + position.step > end:
            raise SeekError(f"{position} does not exist: epoch {position.epoch} has {end - start} steps so far.")
        if complete and start + position.step == end and not self._broken_off(position, end):
            raise SeekError(f"{position} does not exist: it is where epoch {position.epoch + 1} begins.")
        return start + position.step

    def _broken_off(self, position: Position, step: int) -> bool:
        """Whether an edit at this point of an epoch began the next one."""
        return any(r.mark.position == Position(position.step, position.epoch) for r in self.entries_at(step))


def _until(items: Sequence[_Dated], step: int) -> int:
    """How many of them stand at or before a step."""
    return bisect_right(items, step, key=lambda item: item.step)
