"""Run: where a training run stands, and how it gets to any other point of its history.

An edit is what somebody asks for (``edits``). Checked against the run as it is, it becomes a change, which can be made
without failing half-way (``changes``). Once made, it is an edit record in the branch (``history``), with a
checkpoint of the state right after it, from which the steps that follow are replayed.
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.changes import prepare
from hltcore.edits import Edit, Mark, Position, Switch
from hltcore.engine import Engine, Saved
from hltcore.errors import HltError, SeekError
from hltcore.events import PhaseEvent, StepEvent
from hltcore.failure import failure
from hltcore.history import CHECKPOINT_EVERY, Branch
from hltcore.inspection import Inspector
from hltcore.pause import Here, Paused
from hltcore.phase import Phase
from hltcore.records import Checkpoint, EditRecord
from hltcore.spec import RunSpec
from hltcore.step import Step

__all__ = ["Run"]


class Run:
    """The moving parts under a ``Trainer``.

    Args:
        spec: The settings; its marks are not looked at.
        checks: Whether every check looks at it as it is recorded.

    Attributes:
        engine: Model, data, loss and optimizer.
        branch: This line of the run's history.
        lines: All lines of the run's history, this one among them, oldest first.
        steps: Completed steps.
        epoch: Completed epochs.
        offset: Completed steps of the present epoch.
        last: The step that led here; None at the start and after an edit.
        inspector: Looks at it with every check.
    """

    def __init__(self, spec: RunSpec, *, checks: bool = True) -> None:
        self.lines: list[Branch] = []
        self.inspector = Inspector(None if checks else ())
        self._start(Engine(spec))

    @classmethod
    def along(cls, branch: Branch) -> Run:
        """A run of its own at the start of a line of history; on somebody else's it must not go past the end.

        Raises:
            SeekError: The line was left.
        """
        branch.check_current()
        run = cls.__new__(cls)
        run.lines = [branch]
        run.inspector = Inspector(())
        run.branch = branch
        first = branch.last_before(0)
        run.engine = Engine(first.spec)
        run.stand_at(first)
        return run

    def copy(self) -> Run:
        """A run of its own with this line of history, that stands after the same step."""
        run = Run.along(self.branch.copy())
        run.inspector = Inspector(None if self.inspector.looks else ())
        run.seek(self.steps)
        return run

    def _start(self, engine: Engine) -> None:
        self.engine = engine
        self.steps = self.epoch = self.offset = 0
        self.last: StepEvent | None = None
        self._paused: Paused | None = None
        self._before = engine.buffer.snapshot()
        self.branch = Branch(engine.spec)
        self.lines.append(self.branch)
        self.branch.keep(self._checkpoint())
        self.inspector.start(self.engine, self.branch)

    def stand_at(self, checkpoint: Checkpoint) -> None:
        """Go to a checkpoint, not replaying what led there."""
        if self.engine.spec != checkpoint.spec:
            self.engine = Engine(checkpoint.spec)
        self.engine.restore(checkpoint.saved)
        self.steps, self.epoch, self.offset = checkpoint.step, checkpoint.epoch, checkpoint.offset
        self._paused = None
        self.last = None
        self._before = self.engine.buffer.snapshot()

    def restart(self) -> None:
        """Begin a new line of history with the present settings, from their initialisation."""
        self.begin(self.engine.spec)

    def begin(self, spec: RunSpec) -> None:
        """Begin a new line of history."""
        self._start(Engine(spec))

    def checkout(self, branch: Branch) -> None:
        """Return to a line that was left, to the same step, or to its end where it is shorter."""
        if branch not in self.lines:
            raise SeekError("This line of history is not one of this run.")
        steps = min(self.steps, branch.steps)
        branch.reclaim()
        self.branch = branch
        self.seek(steps)

    @property
    def phase(self) -> Phase | None:
        """The last phase done of a step that is not complete."""
        return self._paused.done if self._paused else None

    @property
    def phase_event(self) -> PhaseEvent | None:
        """What is known of a step that is not complete."""
        paused = self._paused
        return paused.step.phase_event(paused.done) if paused and paused.done else None

    @property
    def inside(self) -> bool:
        """Whether a step is begun and not complete."""
        return self._paused is not None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The way from the start to this very state."""
        entries = self.branch.entries_until(self.steps)
        marks = [entry.mark for entry in entries]
        if self.steps > (entries[-1].step if entries else 0) or self.phase is not None:
            marks.append(Mark(Position(self.offset, self.epoch, self.phase)))
        return tuple(marks)

    def step(self) -> StepEvent:
        """Do one step, or what is left of a paused one; when that fails, all is as before the step.

        Raises:
            StepError: The model, the loss or the optimizer cannot do it.
        """
        paused = self._paused
        done = paused.done if paused else None
        step = None
        here = self._here(paused)
        try:
            step, phases = (paused.step, paused.phases) if paused else self._begin()
            for done in phases:  # noqa: B007 - what went wrong depends on how far it came
                pass
            return self._complete(step)
        except BaseException as error:
            self._undo(here, done)
            if not isinstance(error, Exception) or isinstance(error, HltError):
                raise
            raise self._failure(error, step, done) from error

    def next_phase(self) -> PhaseEvent:
        """Do one phase; the fifth completes the step. When it fails, all is as before the step.

        Raises:
            StepError: The model, the loss or the optimizer cannot do it.
        """
        paused = self._paused
        done = paused.done if paused else None
        here = self._here(paused)
        try:
            if paused is None:
                start = self.engine.save()
                self._paused = paused = Paused(*self._begin(), start)
            paused.done = done = next(paused.phases)
            if done is Phase.UPDATE:
                self._complete(paused.step)
            return paused.step.phase_event(done)
        except BaseException as error:
            self._undo(here, done)
            if not isinstance(error, Exception) or isinstance(error, HltError):
                raise
            raise self._failure(error, paused.step if paused else None, done) from error

    def _here(self, paused: Paused | None) -> Here:
        saved = paused.start.memory if paused else self.engine.buffer.save()
        optimizer = paused.start.optimizer if paused else None
        where = (self.steps, self.epoch, self.offset)
        return Here(self.engine, where, self.last, self._before, self.branch.steps, saved, optimizer)

    def _undo(self, here: Here, done: Phase | None) -> None:
        """Go back to where a step began that somebody's error or Ctrl-C has broken off."""
        self._paused = None
        self.engine, self.last, self._before = here.engine, here.last, here.before
        self.steps, self.epoch, self.offset = here.where
        self.branch.cut(here.recorded)
        self.inspector.forget()
        self.engine.buffer.restore(here.memory)
        if here.optimizer is not None:
            self.engine.restore(Saved(here.memory, here.optimizer))
        elif done in (Phase.BACKWARD, Phase.UPDATE):
            self._replay(here)

    def _replay(self, here: Here) -> None:
        """Get the optimizer's state back, which a step does not save at its beginning: that would slow each one."""
        goal = self.steps
        checkpoint = self._behind(goal)
        self.stand_at(checkpoint)
        try:
            while self.steps < goal:
                step, phases = self._begin()
                for _ in phases:
                    pass
                self._complete(step)
            self.last = here.last
        except Exception:  # what worked before does not now: the checkpoint is the last point that is whole
            self.stand_at(checkpoint)

    def _failure(self, error: Exception, step: Step | None, done: Phase | None) -> HltError:
        if step is None or done is not Phase.FORWARD:
            return failure(error, done)
        return failure(error, done, step.phase_event(done).predictions, self.engine.output)

    def cancel(self) -> None:
        """Undo what was done of a paused step."""
        if self._paused is not None:
            self.engine.restore(self._paused.start)
            self._paused = None

    def _begin(self) -> tuple[Step, Iterator[Phase]]:
        return self.engine.begin(self.steps, self.epoch, self.offset, self._before)

    def _complete(self, step: Step) -> StepEvent:
        event, last = step.event(), self.last
        self._paused = None
        self.last = event
        self._before = step.updated
        self.steps += 1
        self.offset += 1
        if self.offset == self.engine.feed.steps_per_epoch:
            self.epoch += 1
            self.offset = 0
        if self.steps > self.branch.steps:
            self._record(event, last)
        else:
            self._pass_edit()
        return event

    def _record(self, event: StepEvent, before: StepEvent | None) -> None:
        loss = event.loss
        self.branch.append(loss)
        self.inspector.step(self.engine, self.branch, event, before, loss)
        if self.offset == 0:
            self.branch.start_epoch(self.epoch, self.steps, self.engine.scores())
            self.inspector.epoch(self.engine, self.branch, self.epoch, event)
        if self.steps % CHECKPOINT_EVERY == 0:
            self.branch.keep(self._checkpoint())

    def _pass_edit(self) -> None:
        edited = self.branch.edited_at(self.steps)
        if edited is not None:
            self.stand_at(edited)

    def seek(self, steps: int) -> None:
        """Go to the state in which so many steps are complete, with the edits made there."""
        self.stand_at(self._behind(steps))
        while self.steps < steps:
            self.step()

    def _behind(self, steps: int) -> Checkpoint:
        return self.branch.edited_at(steps) or self.branch.last_before(max(steps - 1, 0))

    def apply(self, edit: Edit) -> bool:
        """Make an edit; where this point is not the last one, the run forks here.

        Returns:
            Whether it changed anything; otherwise nothing is recorded.
        """
        change = prepare(self.engine, edit)
        if change.edit == Switch(()):
            return False
        self.cancel()
        if self.steps < self.branch.steps:
            self.branch = self.branch.fork(self.steps)
            self.lines.append(self.branch)
        mark = Mark(Position(self.offset, self.epoch), change.edit)
        before, self.engine = self.engine, change.engine
        change.write()
        if change.new_pass and self.offset:
            self.epoch += 1
            self.offset = 0
            self.branch.start_epoch(self.epoch, self.steps, before.scores())
        self.last = None
        self._before = self.engine.buffer.snapshot()
        self.branch.edit(EditRecord(self.steps, mark, self.engine.spec, change.anew))
        self.branch.keep(self._checkpoint())
        self.inspector.start(self.engine, self.branch)
        return True

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(self.steps, self.epoch, self.offset, self.engine.spec, self.engine.save())
