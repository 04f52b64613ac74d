"""Events: what happened in a run, as frozen facts that compare, pickle and write as one JSON line (see ``recording``).

The numbers of a step are kept as packed float32, exactly as they lay in memory, and unpacked when asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hltcore.layout import Layout
from hltcore.packing import unpack
from hltcore.phase import Phase

__all__ = [
    "Batch",
    "Edited",
    "EpochEvent",
    "Evaluation",
    "Event",
    "Layout",
    "PhaseEvent",
    "RunStarted",
    "Score",
    "StepEvent",
]

Tensors = dict[str, Any]


@dataclass(frozen=True)
class RunStarted:
    """A run stands before its first step.

    Attributes:
        spec: The line that names the run.
        features: The names of the columns of x.
        classes: What the targets 0 and 1 stand for.
    """

    spec: str
    features: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Edited:
    """The run was changed between two steps.

    Attributes:
        step: Steps that were complete.
        edit: What was done, in the words of a spec.
        spec: The line that names the run from here on.
    """

    step: int
    edit: str
    spec: str


@dataclass(frozen=True)
class Score:
    """How well the model does on some examples, all under the same parameters.

    Attributes:
        loss: The mean of their losses, without any penalty; NaN where it is not defined.
        right: How many predictions are on the side of their targets; None for targets that are numbers.
        count: How many examples there are.
    """

    loss: float
    right: int | None
    count: int

    @property
    def accuracy(self) -> float:
        """The share of the examples that are right; NaN for targets that are numbers."""
        return math.nan if self.right is None else self.right / self.count


@dataclass(frozen=True)
class EpochEvent:
    """An epoch is over, of data with held-out examples; both scores are of the parameters at its end.

    Attributes:
        step: Steps that are complete.
        epoch: Epochs that are complete, this one among them.
        training: The score on the examples trained on.
        held_out: The score on those held out.
    """

    step: int
    epoch: int
    training: Score
    held_out: Score


@dataclass(frozen=True)
class Batch:
    """The examples of one step.

    Attributes:
        rows: Their rows in the data set.
        labels: Their names.
        xs: Their inputs.
        targets: Their targets.
    """

    rows: tuple[int, ...]
    labels: tuple[str, ...]
    xs: tuple[tuple[float, ...], ...]
    targets: tuple[float, ...]


@dataclass(frozen=True)
class _Facts:
    """What a step and a part of a step have in common.

    Attributes:
        step: Which update this is; the first is 0.
        epoch: Passes through the data that were complete before it.
        lr: The learning rate.
        batch: The examples.
        layout: Names and shapes of the packed numbers.
    """

    step: int
    epoch: int
    lr: float
    batch: Batch
    layout: Layout
    _before: bytes
    _forward: bytes
    _gradients: bytes

    @property
    def example(self) -> Any:
        """The row of the example, or a tuple of rows for a batch of several."""
        return _single(self.batch.rows)

    @property
    def x(self) -> tuple[Any, ...]:
        """The input: a tuple of floats, or a tuple of such rows for a batch of several."""
        return _single(self.batch.xs)  # type: ignore[no-any-return]

    @property
    def target(self) -> Any:
        """The target y: a float, or a tuple for a batch of several."""
        return _single(self.batch.targets)

    @property
    def prediction(self) -> Any:
        """The prediction ŷ before the update: a float, or a tuple for a batch of several."""
        return _single(self.predictions)

    @property
    def predictions(self) -> tuple[float, ...]:
        """The prediction ŷ for each example of the batch, before the update."""
        return unpack(self._forward[self.layout.prediction])

    @property
    def last_pre_activations(self) -> tuple[float, ...]:
        """The last layer's output before its activation function, for each example of the batch."""
        return unpack(self._forward[self.layout.last])

    @property
    def pre_activations(self) -> Tensors:
        """By layer name: its output before the activation function."""
        return self.layout.pre_activations.nested(self._forward[: 4 * self.layout.pre_activations.size])

    @property
    def activations(self) -> Tensors:
        """By layer name: its output after the activation function."""
        start = 4 * self.layout.pre_activations.size
        return {**self.pre_activations, **self.layout.activations.nested(self._forward[start:])}

    @property
    def parameters(self) -> Tensors:
        """By name, before the update: a tuple of floats, or of rows for a matrix."""
        return self.layout.parameters.nested(self._before)

    @property
    def gradients(self) -> Tensors:
        """By parameter name: what the gradient buffers hold."""
        return self.layout.parameters.nested(self._gradients)

    def gradient(self, name: str) -> tuple[float, ...] | None:
        """What one parameter's gradient buffer holds, in row-major order; None where there is no such parameter."""
        return self.layout.parameters.one(self._gradients, name)


@dataclass(frozen=True)
class StepEvent(_Facts):
    """One complete step: prediction, loss, gradients, and the parameters before and after."""

    _loss: bytes
    _updated: bytes

    @property
    def loss(self) -> float:
        """The loss of the batch, before the update; with the penalty, where there is regularisation."""
        return unpack(self._loss)[0]

    @property
    def penalty(self) -> float:
        """What L1 and L2 regularisation added to the loss; 0 without."""
        return next(iter(unpack(self._loss)[1:]), 0.0)

    @property
    def updated(self) -> Tensors:
        """By name: the parameters after the update."""
        return self.layout.parameters.nested(self._updated)

    def moved(self, name: str, row: int) -> bool:
        """Whether the update changed anything in one row of a matrix, or one number of a vector."""
        layout = self.layout.parameters
        return layout.row(self._before, name, row) != layout.row(self._updated, name, row)

    @property
    def unmoved(self) -> tuple[str, ...]:
        """The names of the parameters of which the update left every number as it was."""
        return self.layout.parameters.equal(self._before, self._updated)


@dataclass(frozen=True)
class PhaseEvent(_Facts):
    """A step paused after one of its phases; what is not known yet is None.

    Attributes:
        phase: The phase that was just done.
    """

    phase: Phase
    _loss: bytes | None
    _discarded: bytes | None
    _updated: bytes | None

    @property
    def loss(self) -> float | None:
        """The loss of the batch, from the loss phase on; with the penalty, where there is regularisation."""
        return None if self._loss is None else unpack(self._loss)[0]

    @property
    def penalty(self) -> float:
        """What L1 and L2 regularisation added to the loss, from the loss phase on; 0 without."""
        return 0.0 if self._loss is None else next(iter(unpack(self._loss)[1:]), 0.0)

    @property
    def discarded(self) -> Tensors | None:
        """By parameter name: the gradients that zero-grad threw away, from that phase on."""
        return None if self._discarded is None else self.layout.parameters.nested(self._discarded)

    @property
    def updated(self) -> Tensors | None:
        """By name: the parameters after the update, in the last phase."""
        return None if self._updated is None else self.layout.parameters.nested(self._updated)


@dataclass(frozen=True)
class Evaluation:
    """Every example of the data set under the present parameters.

    Attributes:
        predictions: ŷ of each row.
        losses: The loss of each row by itself; NaN where it is not defined.
        threshold: The prediction from which on class 1 is predicted; None for targets that are numbers, of which no
            prediction is right or wrong.
    """

    predictions: tuple[float, ...]
    losses: tuple[float, ...]
    threshold: float | None

    def says(self, row: int) -> int | None:
        """The class that is predicted for a row, 0 or 1; None where there are none, or the prediction is no number."""
        prediction = self.predictions[row]
        return None if self.threshold is None or math.isnan(prediction) else int(prediction >= self.threshold)

    def right(self, row: int, target: float) -> bool:
        """Whether a row's prediction is on the side of its target."""
        return self.says(row) == int(target >= 0.5)

    def count_right(self, targets: Sequence[float]) -> int:
        """How many predictions are on the side of their targets."""
        return sum(self.right(row, target) for row, target in enumerate(targets))


def _single(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 else values


Event: TypeAlias = "RunStarted | Edited | StepEvent | PhaseEvent | EpochEvent"
