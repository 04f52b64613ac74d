"""Standing: where a run stands and what it has become; the part of ``Trainer`` that changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hltcore._torch import torch
from hltcore.datasets import Dataset
from hltcore.diagnostics import Finding, Unchecked
from hltcore.edits import Position
from hltcore.embedding import Embedding, embedding_of
from hltcore.errors import OptionError, ShapeError, printable, quoted
from hltcore.events import EpochEvent, Evaluation, PhaseEvent, RunStarted, StepEvent
from hltcore.gradcheck import GradientCheck, check_gradients
from hltcore.history import Branch
from hltcore.run import Run
from hltcore.sampling import sample
from hltcore.spec import RunSpec
from hltcore.surface import Surface

__all__ = ["Standing"]


class Standing:
    """What a run tells of itself.

    Args:
        run: The run.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

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
    def functions(self) -> tuple[str, ...]:
        """The name of each layer's activation function; empty for a model that is not a row of layers."""
        engine = self._run.engine
        return engine.layout_of(engine.feed.rows[0]).functions

    @property
    def embedding(self) -> Embedding | None:
        """The rows of the embedding table, which of them the last step touched, and what is near to what.

        None for a model that has no such table.
        """
        last = self.last_phase or self.last_event
        return embedding_of(self.dataset.features, self.functions, self.parameters, last)

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
    def epochs(self) -> tuple[EpochEvent, ...]:
        """How well the model did at the end of each epoch before this point, on the rows trained on and held out.

        Epochs of data without held-out rows are left out.
        """
        ended = map(self.history.epoch_event, range(1, self._run.epoch + 1))
        return tuple(event for event in ended if event is not None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks found along this line of history up to its end, oldest first.

        Raises:
            OptionError: The run was made without checks.
        """
        if not self._run.inspector.looks:
            raise OptionError("This run was made with checks=False: nothing was looked for.")
        return tuple(self._run.branch.findings)

    @property
    def unchecked(self) -> tuple[Unchecked, ...]:
        """The checks that have not looked at this line of history, or failed when they did, with why."""
        return self._run.inspector.unchecked(self.functions, bool(self.dataset.classes), self._run.branch)

    @property
    def checked(self) -> tuple[str, ...]:
        """The names of the checks that have looked at this line of history."""
        return self._run.inspector.checked(self.functions, bool(self.dataset.classes), self._run.branch)

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The lines of the run that were left by a fork, a reset or ``open``, oldest first."""
        return tuple(branch for branch in self._run.lines if branch is not self.history)

    @property
    def lines(self) -> tuple[Branch, ...]:
        """All lines of the run, this one among them, oldest first."""
        return tuple(self._run.lines)

    @property
    def line(self) -> RunSpec:
        """The line that leads to the end of this line of history, also where this point is not the last one."""
        return self._run.branch.line

    @property
    def started(self) -> RunStarted:
        """The run's settings as an event."""
        return RunStarted(str(self._run.branch.root), self.dataset.features, self.dataset.classes)

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

    @property
    def optimizer_state(self) -> dict[str, dict[str, Any]]:
        """By parameter name, what the optimizer keeps, by PyTorch's names ("exp_avg", "momentum_buffer", "step").

        Values are floats and nested tuples. A parameter of which nothing is kept is left out: all are, in plain SGD.
        """
        return self._run.engine.optimizer_state

    def evaluate(self, *, held_out: bool = False, rows: Sequence[int] = ()) -> Evaluation:
        """Every example by itself under the present parameters; losses are those of the data, without any penalty.

        Many examples are computed together, which may round the last bit of a prediction otherwise than a step does.

        Args:
            held_out: Whether to take the examples that are not trained on.
            rows: Only these, by their places; all where none is named.

        Raises:
            OptionError: The data set holds out none.
            StepError: The model or the loss cannot be computed.
        """
        engine = self._run.engine
        feed = engine.held_out if held_out else engine.feed
        if feed is None:
            raise OptionError(f"The data set {printable(self.dataset.name)} holds out no examples.")
        return Evaluation(*engine.evaluate_all(feed, tuple(rows)), engine.threshold)

    def check_gradients(self) -> tuple[GradientCheck, ...]:
        """Each parameter's gradient of the loss over all examples, beside differences of that loss in float64.

        Raises:
            StepError: The loss cannot be computed, in float64, or is not finite.
        """
        return check_gradients(self._run.engine)

    def surface(self, columns: int, rows: int, *, units: tuple[int, int] | None = None) -> Surface:
        """The predictions over the plane of the data, under the present parameters.

        Args:
            columns: Points from left to right.
            rows: Points from top to bottom.
            units: Columns and rows of a picture of each hidden unit; None for none.

        Returns:
            The predictions, and where they are; the same place for the same data, so that pictures can follow.

        Raises:
            OptionError: The data have no plane, or a size is no whole number from 1 on.
            StepError: The model cannot be computed.
        """
        return sample(self._run.engine, columns, rows, units)
