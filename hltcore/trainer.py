"""Trainer: a run that can be stepped, paused in any phase, taken back, changed and forked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hltcore._torch import torch
from hltcore.changes import whole
from hltcore.datasets import Dataset
from hltcore.edits import Edit, LoadParameters, Mark, Position, SetParameter
from hltcore.errors import OptionError, SeekError, ShapeError, SpecError, printable, quoted
from hltcore.events import Edited, Evaluation, PhaseEvent, RunStarted, StepEvent
from hltcore.history import Branch
from hltcore.run import Run
from hltcore.spec import RunSpec

__all__ = ["Trainer"]


class Trainer:
    """Owns a run: trains it step by step, and takes it to any point it has been at.

    Args:
        model: Name of the model.
        dataset: Name of the data set.
        settings: Any other setting of ``RunSpec``, and any option of the model, data set, loss or optimizer:
            ``loss``, ``optimizer``, ``lr``, ``seed``, ``batch``, ``shuffle``, ``init``, ``l1``, ``l2``, ``updates``,
            ``frozen``, ``hidden``, …

    Raises:
        UnknownNameError: A name is in no registry.
        OptionError: A setting is unknown or its value not allowed.
        TargetError: The data set's targets do not fit the loss.
        ShapeError: The data are none, or the model's parameters or output are not what a run can keep.
        RegistryError: A package that should provide a part fails to.
    """

    def __init__(self, model: str = "logistic-regression", dataset: str = "language-id", **settings: Any) -> None:
        self._run = Run(RunSpec().changed(model=model, dataset=dataset, **settings))

    @classmethod
    def from_spec(cls, spec: str | RunSpec) -> Trainer:
        """Make the run that a spec names, and run it to the spec's point.

        Raises:
            HltError: The line cannot be read, or its marks cannot be reached.
        """
        whole = RunSpec.parse(spec) if isinstance(spec, str) else spec
        trainer = cls.__new__(cls)
        trainer._run = Run(whole.start)
        for _ in trainer.follow(whole.marks):
            pass
        return trainer

    @property
    def spec(self) -> RunSpec:
        """The line that leads to this very state: settings, every edit on the way, and the point reached."""
        return replace(self._run.branch.root, marks=self._run.marks)

    @property
    def settings(self) -> RunSpec:
        """The settings now in force, without the way that led here."""
        return self._run.engine.spec

    @property
    def dataset(self) -> Dataset:
        """The data."""
        return self._run.engine.dataset

    @property
    def model(self) -> torch.nn.Module:
        """The module; its parameters are views of one buffer, and not to be replaced.

        It is another object after a switch or a reset that starts the parameters anew, and after going back over
        any switch: ask again then.
        """
        return self._run.engine.model

    @property
    def steps(self) -> int:
        """Completed steps (parameter updates) at this point."""
        return self._run.steps

    @property
    def position(self) -> Position:
        """Completed epochs, and completed steps and phases of the present one."""
        return Position(self._run.offset, self._run.epoch, self._run.phase)

    @property
    def steps_per_epoch(self) -> int:
        """Steps in one pass through the data."""
        return self._run.engine.feed.steps_per_epoch

    @property
    def parameters(self) -> dict[str, Any]:
        """By name, the present parameters: a tuple of floats, or of rows for a matrix."""
        buffer = self._run.engine.buffer
        return buffer.layout.nested(buffer.snapshot())

    @property
    def last_event(self) -> StepEvent | None:
        """The step that led here; None at the start and after an edit."""
        return self._run.last

    @property
    def last_phase(self) -> PhaseEvent | None:
        """The phase that led here, inside a step; None between two steps."""
        return self._run.phase_event

    @property
    def history(self) -> Branch:
        """Losses, epochs and edits of this line of the run, also those ahead of this point; not to be changed."""
        return self._run.branch

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The lines of the run that were left by a fork or a reset, oldest first."""
        return tuple(self._run.left)

    @property
    def started(self) -> RunStarted:
        """The run's settings as an event."""
        return RunStarted(str(self._run.branch.root), self.dataset.features, self.dataset.classes)

    def step(self) -> StepEvent:
        """Do one step, or what is left of a paused one.

        Returns:
            What it did.

        Raises:
            StepError: The model, the loss or the optimizer cannot do it; the step is as if not begun.
        """
        return self._run.step()

    def phase(self) -> PhaseEvent:
        """Do the next phase of a step; the fifth completes it.

        Returns:
            What is known by then.

        Raises:
            StepError: The model, the loss or the optimizer cannot do it; the step is as if not begun.
        """
        return self._run.next_phase()

    def run(self, *, steps: int | None = None, epochs: int | None = None) -> Iterator[StepEvent]:
        """Do many steps, each when its event is asked for.

        Args:
            steps: How many steps.
            epochs: How many epochs; the present one counts, if it has begun.

        Returns:
            The events, one for each step.

        Raises:
            OptionError: Not exactly one of the two is given, or it is no whole number from 0 on.
        """
        if (steps is None) == (epochs is None):
            raise OptionError("run() takes either steps or epochs.")
        if epochs is None:
            last = self._run.steps + _whole(steps)
            return self._while(lambda: self._run.steps < last)
        end = self._run.epoch + _whole(epochs)
        return self._while(lambda: self._run.epoch < end)

    def _while(self, go_on: Callable[[], bool]) -> Iterator[StepEvent]:
        step = self._run.step
        while go_on():
            yield step()

    def follow(self, marks: Sequence[Mark]) -> Iterator[StepEvent | Edited | PhaseEvent]:
        """Run from point to point and make the edits that stand there, each when its event is asked for.

        Returns:
            An event for each step, each edit that changes something, and each phase of a last step not completed.

        Raises:
            SpecError: A point lies behind, or its epoch has no such step.
            HltError: An edit is not allowed.
        """
        for mark in marks:
            yield from self._advance(mark.position)
            if mark.edit is not None and self._run.apply(mark.edit):
                record = self.history.entries[-1]
                yield Edited(record.step, str(record.edit), str(self.spec))
            while self.position.phase is not mark.position.phase:
                yield self.phase()

    def _advance(self, goal: Position) -> Iterator[StepEvent]:
        run = self._run
        if goal.epoch is None:
            if goal.step < run.steps:
                raise SpecError(f"The point @{goal} lies before step {run.steps}.")
            yield from self._while(lambda: run.steps < goal.step)
            return
        end = (goal.epoch, goal.step)
        if goal.step >= self.steps_per_epoch:
            raise SpecError(f"The point @{goal} does not exist: an epoch has {self.steps_per_epoch} steps.")
        if end < (run.epoch, run.offset):
            raise SpecError(f"The point @{goal} lies before @{self.position}.")
        yield from self._while(lambda: (run.epoch, run.offset) < end)

    def back(self, n: int = 1) -> None:
        """Go back n steps; out of a paused step, the first of them goes to that step's beginning.

        Raises:
            SeekError: There are not so many.
        """
        inside = int(self._run.inside)
        if isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= self.steps + inside:
            done = "no step is complete" if self.steps == 0 else f"steps complete: {self.steps}"
            raise SeekError(f"Cannot go back by {quoted(n)[1:-1]}: {done}.")
        if n:
            self._run.seek(self.steps - n + inside)

    def seek(self, point: int | str | Position) -> None:
        """Go to a point of the run, with the edits made there.

        Args:
            point: Completed steps; or a point as in a spec, such as ``"12e+3"``.

        Raises:
            SeekError: The run has not come that far.
            SpecError: The text is not a point.
        """
        if isinstance(point, str):
            point = Position.parse(point)
        if not isinstance(point, Position):
            if isinstance(point, bool) or not isinstance(point, int) or not 0 <= point < 2**63:
                raise SeekError(f"{quoted(point)} is not a number of completed steps.")
            point = Position(point)
        self._run.seek(self._run.branch.find(point))
        while self.position.phase is not point.phase:
            self.phase()

    def switch(self, **changes: Any) -> None:
        """Go on with other settings: ``model``, ``dataset``, ``loss``, ``optimizer``, ``lr``, any of ``RunSpec``.

        Parameters go on where they fit. Another model, hidden size, initialisation or seed, or data with another
        number of features, starts them anew from the seed. Another data set or batch begins a new epoch.

        Raises:
            HltError: A name is unknown, a value is not allowed, or the parts do not fit; nothing has changed.
        """
        _, switch = self.settings.switched(changes)
        if switch.changes:
            self.apply(switch)

    def reseed(self, seed: int) -> None:
        """Start the parameters anew from a seed, here in the history.

        Raises:
            OptionError: It is not a seed; nothing has changed.
        """
        self.switch(seed=seed)

    def reset(self) -> None:
        """Start again before the first step, with the present settings and the seed's initialisation."""
        self._run.restart()

    def set_parameter(self, name: str, index: int | Sequence[int], value: float) -> None:
        """Set one number of one parameter.

        Args:
            name: The parameter ("linear1.weight").
            index: Its place, one number for each dimension.
            value: The new value.

        Raises:
            ShapeError: There is no such number, or the value is not finite; nothing has changed.
        """
        self.apply(SetParameter(name, whole(index), value))

    def load_parameters(self, values: Sequence[Sequence[float]]) -> None:
        """Set all parameters.

        Args:
            values: One flat list for each parameter, in ``model.parameters()`` order.

        Raises:
            ShapeError: A list has the wrong length, or a number is not finite; nothing has changed.
        """
        names = self._run.engine.buffer.layout.names
        try:
            lists = [tuple(numbers) for numbers in values]
        except TypeError:
            raise ShapeError(f"{quoted(values)} is not one list of numbers for each of {', '.join(names)}.") from None
        if len(lists) != len(names):
            raise ShapeError(f"The model has {len(names)} parameters ({', '.join(names)}), not {len(lists)}.")
        self.apply(LoadParameters(tuple(zip(names, lists))))

    def apply(self, edit: Edit) -> None:
        """Make an edit; where this point is not the last one, the run forks here.

        A step that is paused is undone first.

        Raises:
            HltError: It is not allowed; nothing has changed.
        """
        self._run.apply(edit)

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
        except (TypeError, ValueError, RuntimeError, OverflowError):
            raise ShapeError(f"{quoted(x)} is not a row of numbers, nor a sequence of such rows.") from None
        width = len(self.dataset.features)
        if inputs.dim() not in (1, 2) or inputs.shape[-1] != width:
            names = ", ".join(map(printable, self.dataset.features))
            raise ShapeError(f"x needs {width} numbers ({names}), not {quoted(x)}.")
        output = self._run.engine.predict(inputs)
        return output.item() if inputs.dim() == 1 else tuple(output.reshape(-1).tolist())

    def evaluate(self) -> Evaluation:
        """Every example by itself under the present parameters; losses are those of the data, without any penalty."""
        engine = self._run.engine
        predictions, losses = zip(*map(engine.evaluate, engine.feed.rows))
        return Evaluation(predictions, losses, engine.threshold)


def _whole(count: int | None) -> int:
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise OptionError(f"run() takes a whole number from 0 on, not {quoted(count)}.")
    return count
