"""History: enough of a run to reach any of its steps again, bit for bit, and the branches left behind."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import TYPE_CHECKING

from hltcore.edits import Mark, Position
from hltcore.errors import SeekError
from hltcore.events import EpochEvent, Score
from hltcore.records import UNDECIDED, Checkpoint, Counts, EditRecord, Look, Records, Skip, until
from hltcore.spec import RunSpec

if TYPE_CHECKING:
    from hltcore.diagnostics import Finding

__all__ = ["CHECKPOINT_EVERY", "Branch"]

CHECKPOINT_EVERY = 64
"""Steps between two checkpoints: what is replayed to reach a step is at most this."""


class Branch:
    """One line of a run's history, from its start to its last step.

    A line that is left by a fork hands what came before the fork on to the new line, and keeps only what it has for
    itself: a run's history is no larger than what was computed in it, however often it forks.

    Args:
        root: The settings at the start, without marks.
    """

    def __init__(self, root: RunSpec) -> None:
        self.root = root
        self._own = Records()
        self._heir: Branch | None = None
        self._handed: Counts = {}

    @property
    def entries(self) -> list[EditRecord]:
        """The edits in their order."""
        return self.whole("entries").entries

    @property
    def losses(self) -> array[float]:
        """The loss of each step, float32."""
        return self.whole("losses").losses

    @property
    def epoch_starts(self) -> array[int]:
        """For each epoch, how many steps were complete when it began."""
        return self.whole("epoch_starts").epoch_starts

    @property
    def held_out(self) -> array[float]:
        """For each epoch that is over, the mean loss over the held-out rows at its end; NaN where there is none."""
        return self.whole("held_out").held_out

    @property
    def training(self) -> array[float]:
        """The same over the rows that are trained on, for data with held-out rows; NaN for others."""
        return self.whole("training").training

    def epoch_event(self, epoch: int) -> EpochEvent | None:
        """The end of an epoch, by how many were complete then; None for data without held-out rows.

        Raises:
            SeekError: That epoch is not over on this line.
        """
        records = self.whole("epoch_starts", "training", "held_out", "right", "held_right", "rows", "held_rows")
        if not 0 < epoch < len(records.epoch_starts):
            raise SeekError(f"Epoch {epoch} is not over: the run is in epoch {len(records.epoch_starts) - 1}.")
        place = epoch - 1
        if not records.rows[place]:
            return None
        right, held_right = (
            None if count == UNDECIDED else count for count in (records.right[place], records.held_right[place])
        )
        training = Score(records.training[place], right, records.rows[place])
        held_out = Score(records.held_out[place], held_right, records.held_rows[place])
        return EpochEvent(records.epoch_starts[epoch], epoch, training, held_out)

    @property
    def findings(self) -> list[Finding]:
        """What the checks found, in order."""
        return self.whole("findings").findings

    @property
    def looks(self) -> list[Look]:
        """What was kept at the ends of the epochs at which checks looked."""
        return self.whole("looks").looks

    def findings_until(self, step: int) -> list[Finding]:
        """What was found up to a step, that step's included."""
        findings = self.findings
        return findings[: until(findings, step)]

    def find_out(self, finding: Finding) -> None:
        """Record a finding."""
        self._own.findings.append(finding)

    def look(self, look: Look) -> None:
        """Record a look."""
        self._own.looks.append(look)

    @property
    def skips(self) -> list[Skip]:
        """What the checks could not tell."""
        return self.whole("skips").skips

    def skip(self, skip: Skip) -> None:
        """Record that a check could not tell."""
        self._own.skips.append(skip)

    def whole(self, *names: str) -> Records:
        """Series of these names whole: the line's own, or put together from what it handed on and what it kept."""
        if self._heir is None:
            return self._own
        whole = Records()
        for name in names:
            branch, series, missing = self, self._own.series[name], self._handed[name]
            pieces = [series]
            while branch._heir is not None:
                branch = branch._heir
                handed = branch._handed.get(name, 0)
                pieces.append(branch._own.series[name][: max(0, missing - handed)])
                missing = min(missing, handed)
            whole_series = series[:0]
            for piece in reversed(pieces):
                whole_series += piece
            whole.series[name] = whole_series
        return whole

    @property
    def steps(self) -> int:
        """How many steps were recorded."""
        return len(self._own.losses) + self._handed.get("losses", 0)

    def append(self, loss: float) -> None:
        """Record a step's loss."""
        self._own.losses.append(loss)

    def edit(self, record: EditRecord) -> None:
        """Record an edit."""
        self._own.entries.append(record)

    def start_epoch(self, epoch: int, step: int, scores: tuple[Score, Score] | None) -> None:
        """Record that an epoch began, and the scores at the end of the one before."""
        if epoch == len(self._own.epoch_starts):
            self._own.epoch_starts.append(step)
            self._own.end_epoch(scores)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint; it takes the place of one at the same step."""
        if self._own.checkpoints and self._own.checkpoints[-1].step == checkpoint.step:
            self._own.checkpoints.pop()
        self._own.checkpoints.append(checkpoint)

    def cut(self, steps: int) -> None:
        """Drop what was recorded of a step that was not completed after so many."""
        self._own.cut(steps)

    def check_current(self) -> None:
        """Refuse to be replayed once it was left: what came before the fork belongs to the line that goes on.

        Raises:
            SeekError: It was left.
        """
        if self._heir is not None:
            raise SeekError("The run has left this line of history: return to it first.")

    def last_before(self, step: int) -> Checkpoint:
        """The last checkpoint at or before a step, of the line that the run is on."""
        return self._own.checkpoints[until(self._own.checkpoints, step) - 1]

    def edited_at(self, step: int) -> Checkpoint | None:
        """The state after the edits at a step, if there were any, on the line that the run is on."""
        count = until(self._own.entries, step)
        return self.last_before(step) if count and self._own.entries[count - 1].step == step else None

    def entries_until(self, step: int) -> list[EditRecord]:
        """The edits up to a step, that step's included."""
        entries = self.entries
        return entries[: until(entries, step)]

    def entries_at(self, step: int) -> list[EditRecord]:
        """The edits at a step."""
        entries = self.entries
        return entries[until(entries, step - 1) : until(entries, step)]

    def fork(self, step: int) -> Branch:
        """A line that goes on from a step, that step's edits included; this one is left, and changes no more."""
        heir = Branch(self.root)
        counts = self._own.counts(step)
        heir._own = self._own.take(counts)
        # One at the very step is for both: an edit there puts another in its place, and not in the line that is left.
        heir._own.checkpoints += self._own.checkpoints[: until(self._own.checkpoints, step)]
        self._heir, self._handed = heir, counts
        return heir

    def copy(self) -> Branch:
        """The same line, to go on with by itself.

        Raises:
            SeekError: It was left.
        """
        self.check_current()
        twin = Branch(self.root)
        twin._own = self._own.copy()
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
        self._own = self.whole(*counts)
        owner._own.take(counts)
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
        return self._own.checkpoints[until(self._own.checkpoints, step) :]

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
