"""Trainer: a run that can be stepped, paused in any phase, taken back, changed and forked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hltcore._torch import torch
from hltcore.changes import prepare
from hltcore.datasets import Dataset
from hltcore.edits import Edit, LoadParameters, Mark, Position, SetParameter
from hltcore.engine import Engine, Saved
from hltcore.errors import OptionError, SeekError, ShapeError, SpecError, StepError, quoted
from hltcore.events import PhaseEvent, RunStarted, StepEvent
from hltcore.history import CHECKPOINT_EVERY, Branch, Checkpoint, Entry
from hltcore.phase import Phase
from hltcore.spec import RunSpec
from hltcore.step import Step

__all__ = ["Evaluation", "Trainer"]


@dataclass(frozen=True)
class Evaluation:
    """Every example of the data set under the present parameters.

    Attributes:
        predictions: ŷ of each row.
        losses: The loss of each row by itself; NaN where it is not defined.
        threshold: The prediction from which on class 1 is predicted.
    """

    predictions: tuple[float, ...]
    losses: tuple[float, ...]
    threshold: float


@dataclass
class _Paused:
    """A step that is not complete."""

    step: Step
    phases: Iterator[Phase]
    start: Saved
    done: Phase | None = None


class Trainer:
    """Owns a run: trains it step by step, and takes it to any point it has been at.

    Args:
        model: Name of the model.
        dataset: Name of the data set.
        settings: Any other setting of ``RunSpec``, and any option of the model, data set, loss or optimizer:
            ``loss``, ``optimizer``, ``lr``, ``seed``, ``batch``, ``shuffle``, ``init``, ``updates``, ``hidden``, …

    Raises:
        UnknownNameError: A name is in no registry.
        OptionError: A setting is unknown or its value not allowed.
        TargetError: The data set's targets do not fit the loss.
    """

    def __init__(self, model: str = "logistic-regression", dataset: str = "language-id", **settings: Any) -> None:
        self._open(RunSpec().changed(model=model, dataset=dataset, **settings))

    @classmethod
    def from_spec(cls, spec: str | RunSpec) -> Trainer:
        """Make the run that a spec names, and run it to the spec's point.

        Raises:
            HltError: The line cannot be read, or its marks cannot be reached.
        """
        whole = RunSpec.parse(spec) if isinstance(spec, str) else spec
        trainer = cls.__new__(cls)
        trainer._open(whole.start)
        for _ in trainer.follow(whole.marks):
            pass
        return trainer

    def _open(self, spec: RunSpec) -> None:
        self._restart(Engine(spec))
        self._left: list[Branch] = []

    def _restart(self, engine: Engine) -> None:
        self._engine = engine
        self._step = self._epoch = self._offset = 0
        self._paused: _Paused | None = None
        self._last: StepEvent | None = None
        self._before = engine.buffer.snapshot()
        self._branch = Branch(engine.spec)
        self._branch.keep(self._checkpoint())

    # What it is

    @property
    def spec(self) -> RunSpec:
        """The line that leads to this very state: settings, every edit on the way, and the point reached."""
        marks = [entry.mark for entry in self._branch.entries_until(self._step)]
        phase = self._paused.done if self._paused else None
        since = self._branch.entries_until(self._step)[-1].step if marks else 0
        if self._step > since or phase is not None:
            marks.append(Mark(Position(self._offset, self._epoch, phase)))
        return replace(self._branch.root, marks=tuple(marks))

    @property
    def settings(self) -> RunSpec:
        """The settings now in force, without a way that led here."""
        return self._engine.spec

    @property
    def dataset(self) -> Dataset:
        """The data."""
        return self._engine.dataset

    @property
    def model(self) -> torch.nn.Module:
        """The module; its parameters are views of one buffer, and not to be replaced."""
        return self._engine.model

    @property
    def steps(self) -> int:
        """Completed steps (parameter updates) at this point."""
        return self._step

    @property
    def position(self) -> Position:
        """Completed epochs, and completed steps and phases of the present one."""
        return Position(self._offset, self._epoch, self._paused.done if self._paused else None)

    @property
    def steps_per_epoch(self) -> int:
        """Steps in one pass through the data."""
        return self._engine.feed.steps_per_epoch

    @property
    def parameters(self) -> dict[str, Any]:
        """By name, the present parameters: a tuple of floats, or of rows for a matrix."""
        return self._engine.buffer.layout.nested(self._engine.buffer.snapshot())

    @property
    def last_event(self) -> StepEvent | None:
        """The step that led here; None at the start and after an edit."""
        return self._last

    @property
    def history(self) -> Branch:
        """Losses, epochs and edits of this line of the run, also those ahead of this point; not to be changed."""
        return self._branch

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The lines of the run that were left by a fork or a reset, oldest first."""
        return tuple(self._left)

    @property
    def started(self) -> RunStarted:
        """The run's settings as an event."""
        return RunStarted(str(self._branch.root), self.dataset.features, self.dataset.classes)

    # Forward

    def step(self) -> StepEvent:
        """Do one step, or what is left of a paused one.

        Returns:
            What it did.

        Raises:
            StepError: The loss is not defined for the prediction; nothing has changed.
        """
        paused = self._paused
        step, phases = (paused.step, paused.phases) if paused else self._begin()
        try:
            for _ in phases:
                pass
        except StepError:
            self._cancel()
            raise
        return self._complete(step)

    def phase(self) -> PhaseEvent:
        """Do the next phase of a step; the fifth completes it.

        Raises:
            StepError: The loss is not defined for the prediction; the step is as if not begun.
        """
        if self._paused is None:
            start = self._engine.save()
            self._paused = _Paused(*self._begin(), start)
        paused = self._paused
        try:
            paused.done = next(paused.phases)
        except StepError:
            self._cancel()
            raise
        if paused.done is Phase.UPDATE:
            self._complete(paused.step)
        return paused.step.phase_event(paused.done)

    def run(self, *, steps: int | None = None, epochs: int | None = None) -> Iterator[StepEvent]:
        """Do many steps, each when its event is asked for.

        Args:
            steps: How many steps.
            epochs: How many epochs; the present one counts, if it has begun.

        Raises:
            OptionError: Not exactly one of the two is given, or it is negative.
        """
        if (steps is None) == (epochs is None):
            raise OptionError("run() takes either steps or epochs.")
        count = steps if epochs is None else epochs
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise OptionError(f"run() takes a whole number from 0 on, not {quoted(count)}.")
        if epochs is None:
            last = self._step + count
            return self._steps(lambda: self._step < last)
        end = self._epoch + count
        return self._steps(lambda: self._epoch < end)

    def _steps(self, go_on: Callable[[], bool]) -> Iterator[StepEvent]:
        while go_on():
            yield self.step()

    def follow(self, marks: Sequence[Mark]) -> Iterator[StepEvent]:
        """Run from point to point and make the edits that stand there.

        Raises:
            SpecError: A point lies behind, or its epoch has no such step.
            HltError: An edit is not allowed.
        """
        for mark in marks:
            yield from self._advance(mark.position)
            if mark.edit is not None:
                self.apply(mark.edit)
            while mark.position.phase is not None and self.position.phase is not mark.position.phase:
                self.phase()

    def _advance(self, goal: Position) -> Iterator[StepEvent]:
        if goal.epoch is None:
            if goal.step < self._step:
                raise SpecError(f"The point @{goal} lies before step {self._step}.")
            yield from self._steps(lambda: self._step < goal.step)
            return
        end = (goal.epoch, goal.step)
        if goal.step >= self.steps_per_epoch:
            raise SpecError(f"The point @{goal} does not exist: an epoch has {self.steps_per_epoch} steps.")
        if end < (self._epoch, self._offset):
            raise SpecError(f"The point @{goal} lies before {self.position}.")
        yield from self._steps(lambda: (self._epoch, self._offset) < end)

    def _begin(self) -> tuple[Step, Iterator[Phase]]:
        return self._engine.begin(self._step, self._epoch, self._offset, self._before)

    def _complete(self, step: Step) -> StepEvent:
        event = step.event()
        self._paused = None
        self._last = event
        self._before = step.updated
        self._step += 1
        self._offset += 1
        if self._offset == self._engine.feed.steps_per_epoch:
            self._epoch += 1
            self._offset = 0
        if self._step > self._branch.steps:
            self._branch.append(event.loss)
            if self._offset == 0:
                self._branch.start_epoch(self._epoch, self._step)
            if self._step % CHECKPOINT_EVERY == 0:
                self._branch.keep(self._checkpoint())
        else:
            edited = self._branch.edited_at(self._step)
            if edited is not None:
                self._restore(edited)
        return event

    # Back

    def back(self, n: int = 1) -> None:
        """Go back n steps; out of a paused step, the first of them goes to that step's beginning.

        Raises:
            SeekError: There are not so many.
        """
        inside = 1 if self._paused else 0
        if isinstance(n, bool) or not isinstance(n, int) or n < 0 or n > self._step + inside:
            raise SeekError(f"Cannot go back {quoted(n)} steps: {self._step} are complete.")
        if n:
            self.seek(self._step - n + inside)

    def seek(self, step: int | str | Position) -> None:
        """Go to the state in which so many steps are complete, with the edits made there.

        Args:
            step: Completed steps; or a point as in a spec, such as ``"12e+3"``.

        Raises:
            SeekError: The run has not come that far.
        """
        if isinstance(step, bool) or (isinstance(step, int) and step < 0):
            raise SeekError(f"{step} is not a number of completed steps.")
        position = Position(step) if isinstance(step, int) else step
        if isinstance(position, str):
            position = Position.parse(position)
        goal = self._branch.find(position)
        checkpoint = self._branch.edited_at(goal) or self._branch.last_before(max(goal - 1, 0))
        self._restore(checkpoint)
        while self._step < goal:
            self.step()
        while position.phase is not None and self.position.phase is not position.phase:
            self.phase()

    # Change

    def switch(self, **changes: Any) -> None:
        """Go on with other settings: ``model``, ``dataset``, ``loss``, ``optimizer``, ``lr``, any of ``RunSpec``.

        Parameters go on where they fit. Another model, hidden size, initialisation or seed, or data with another
        number of features, starts them anew from the seed. Another data set or batch begins a new epoch.

        Raises:
            HltError: A name is unknown, a value is not allowed, or the parts do not fit; nothing has changed.
        """
        _, switch = self._engine.spec.switched(changes)
        if switch.changes:
            self.apply(switch)

    def reseed(self, seed: int) -> None:
        """Start the parameters anew from a seed, here in the history.

        Raises:
            OptionError: It is not a seed.
        """
        self.switch(seed=seed)

    def reset(self) -> None:
        """Start again before the first step, with the present settings and the seed's initialisation."""
        engine = Engine(self._engine.spec)
        self._left.append(self._branch)
        self._restart(engine)

    def set_parameter(self, name: str, index: int | Sequence[int], value: float) -> None:
        """Set one number of one parameter.

        Args:
            name: The parameter ("linear1.weight").
            index: Its place, one number for each dimension.
            value: The new value.

        Raises:
            ShapeError: There is no such number, or the value is not finite; nothing has changed.
        """
        place = (index,) if isinstance(index, int) else tuple(index)
        self.apply(SetParameter(name, place, value))

    def load_parameters(self, values: Sequence[Sequence[float]]) -> None:
        """Set all parameters.

        Args:
            values: One flat list for each parameter, in ``model.parameters()`` order.

        Raises:
            ShapeError: A list has the wrong length, or a number is not finite; nothing has changed.
        """
        names = self._engine.buffer.layout.names
        if len(values) != len(names):
            raise ShapeError(f"The model has {len(names)} parameters ({', '.join(names)}), not {len(values)}.")
        self.apply(LoadParameters(tuple((name, tuple(numbers)) for name, numbers in zip(names, values))))

    def apply(self, edit: Edit) -> None:
        """Make an edit; where this point is not the last one, the run forks here.

        Raises:
            HltError: It is not allowed; nothing has changed.
        """
        change = prepare(self._engine, edit)
        mark = Mark(Position(self._offset, self._epoch), change.edit)
        self._cancel()
        if self._step < self._branch.steps:
            self._left.append(self._branch)
            self._branch = self._branch.fork(self._step)
        self._engine = change.engine
        change.write()
        if change.new_pass and self._offset:
            self._epoch += 1
            self._offset = 0
            self._branch.start_epoch(self._epoch, self._step)
        self._last = None
        self._before = self._engine.buffer.snapshot()
        self._branch.entries.append(Entry(self._step, mark, self._engine.spec))
        self._branch.keep(self._checkpoint())

    # Look

    def predict(self, x: Sequence[Any]) -> Any:
        """The model's output under the present parameters.

        Args:
            x: One number for each feature, or a sequence of such rows.

        Returns:
            A float, or a tuple of floats for rows.

        Raises:
            ShapeError: The numbers are not as many as the features.
        """
        try:
            inputs = torch.tensor(x, dtype=torch.float32)
        except (TypeError, ValueError, RuntimeError):
            raise ShapeError(f"{quoted(x)} is not a row of numbers, nor a sequence of such rows.") from None
        width = len(self.dataset.features)
        if inputs.dim() not in (1, 2) or inputs.shape[-1] != width:
            raise ShapeError(f"x needs {width} numbers ({', '.join(self.dataset.features)}), not {quoted(x)}.")
        output = self._engine.predict(inputs)
        return output.item() if inputs.dim() == 1 else tuple(output.reshape(-1).tolist())

    def evaluate(self) -> Evaluation:
        """Every example by itself under the present parameters."""
        pairs = [self._engine.evaluate(examples) for examples in self._engine.feed.rows]
        predictions, losses = zip(*pairs)
        return Evaluation(predictions, losses, self._engine.threshold)

    # Inside

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(self._step, self._epoch, self._offset, self._engine.spec, self._engine.save())

    def _restore(self, checkpoint: Checkpoint) -> None:
        if self._engine.spec != checkpoint.spec:
            self._engine = Engine(checkpoint.spec)
        self._engine.restore(checkpoint.saved)
        self._step, self._epoch, self._offset = checkpoint.step, checkpoint.epoch, checkpoint.offset
        self._paused = None
        self._last = None
        self._before = self._engine.buffer.snapshot()

    def _cancel(self) -> None:
        """Undo what was done of a paused step."""
        if self._paused is not None:
            self._engine.restore(self._paused.start)
            self._paused = None
