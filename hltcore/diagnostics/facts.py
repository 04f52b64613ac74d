"""Facts: what a check looks at, without torch; of a run's settings, of one step, or of the end of an epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import pstdev
from typing import Any, NamedTuple

from hltcore.dataset import Dataset
from hltcore.events import Layout, Score, StepEvent
from hltcore.losses import LossEntry
from hltcore.models import ModelEntry
from hltcore.options import Value
from hltcore.packing import TensorLayout, unpack
from hltcore.spec import RunSpec

__all__ = ["Carried", "EpochFacts", "LayerFacts", "RunFacts", "Seen", "StartFacts", "StepFacts"]

_OFF = 0.1


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run at any moment.

    Attributes:
        step: Completed steps.
        dataset: The data.
        settings: The settings in force, without marks.
        functions: Each layer's activation function; empty for a model that is not a row of layers.
        model: The model's entry.
        loss: The loss's entry.
    """

    step: int
    dataset: Dataset
    settings: RunSpec
    functions: tuple[str, ...]
    model: ModelEntry
    loss: LossEntry


class Carried(NamedTuple):
    """Parameters that come from other data than those at hand.

    Attributes:
        dataset: The name of the data on which they were trained last.
        options: By name, the options of that data set that are otherwise now: their values now and then; empty where
            it is another data set.
        steps: Steps that they were trained there.
        now: How well they do on the data at hand; a loss that cannot be computed is no number.
        anew: The same of parameters that start anew from the same seed; None where they cannot be made.
        why: Why they cannot; empty where they can.
    """

    dataset: str
    options: Mapping[str, tuple[Value, Value]]
    steps: int
    now: Score
    anew: Score | None
    why: str


@dataclass(frozen=True)
class StartFacts(RunFacts):
    """A run before its first step, or right after an edit.

    Attributes:
        parameters: By name, as ``Trainer.parameters`` gives them.
        carried: Where the parameters come from, if that is other data than those at hand.
        unowned: The names of parameters that the optimizer was not given, compared by identity.
        foreign: Numbers that the optimizer was given and that are not this model's.
    """

    parameters: Mapping[str, Any]
    carried: Carried | None
    unowned: tuple[str, ...]
    foreign: int


class StepFacts(NamedTuple):
    """A step that was just completed.

    Attributes:
        settings: The settings in force, without marks.
        event: The step.
        before: The step before it; None at the start and after an edit.
        loss: The step's loss.
        finite: Whether the loss is finite and, where it or the learning rate is large, the sum of the updated
            parameters is.
    """

    settings: RunSpec
    event: StepEvent
    before: StepEvent | None
    loss: float
    finite: bool

    @property
    def step(self) -> int:
        """Completed steps."""
        return self.event.step + 1


class LayerFacts(NamedTuple):
    """One layer on all examples.

    Attributes:
        name: The layer.
        function: Its activation function.
        units: How many units it has; 0 where their values are not known.
        zs: Every z, one example after the other.
        outputs: Every f(z), likewise.
    """

    name: str
    function: str
    units: int = 0
    zs: tuple[float, ...] = ()
    outputs: tuple[float, ...] = ()

    @property
    def pre_activations(self) -> tuple[tuple[float, ...], ...]:
        """For each unit, its z on each example."""
        return tuple([self.zs[unit :: self.units] for unit in range(self.units)])

    @property
    def activations(self) -> tuple[tuple[float, ...], ...]:
        """For each unit, f(z) on each example."""
        return tuple([self.outputs[unit :: self.units] for unit in range(self.units)])


class Seen(NamedTuple):
    """A forward and backward pass on all examples, as it lay in memory.

    Attributes:
        forward: All values on the way to the predictions, packed.
        layout: Their names and shapes.
        gradients: All gradients of the objective over one epoch, divided by the examples.
        names: Whose gradients these are, and their shapes.
    """

    forward: bytes
    layout: Layout
    gradients: tuple[float, ...]
    names: TensorLayout


@dataclass(frozen=True)
class EpochFacts(RunFacts):
    """All examples that are trained on, under the parameters at the end of an epoch.

    Of very many, ``dataset`` is an excerpt, and so is all that is told of examples here.
    Most checks pass by after a glance: what is read from packed numbers is read when one asks for it.

    Attributes:
        epoch: Completed epochs.
        event: The step that was just completed.
        seen: All examples, and the gradients on them.
        full: The step on a full batch that is nearest: ``event``, or, where that one's batch was what an epoch had
            left, the first step of the next epoch.
        after: By name, the gradient that the batch of ``full`` has under the parameters after that step; empty for
            a batch of one, and where it cannot be computed.
        losses: The loss of an example in each of the last epochs since the last edit, on average over its steps and
            as they were trained: with the penalty.
        training: At the end of each epoch since the last edit, the mean loss over the examples that are trained on;
            NaN for data that hold none out.
        held_out: The same over those held out.
        norms: The length of ``gradients`` at each of the last looks since the last edit, this one's last.
        levels: The mean loss over all examples at the same looks, without the penalty.
    """

    epoch: int
    event: StepEvent
    seen: Seen
    full: StepEvent
    after: Mapping[str, Any]
    losses: tuple[float, ...]
    training: Sequence[float]
    held_out: Sequence[float]
    norms: tuple[float, ...]
    levels: tuple[float, ...]

    @cached_property
    def before(self) -> Mapping[str, Any]:
        """The parameters before ``event``, by name."""
        return self.event.parameters

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """By name, as ``Trainer.parameters`` gives them: those after ``event``."""
        return self.event.updated

    @cached_property
    def predictions(self) -> tuple[float, ...]:
        """ŷ of each example."""
        return unpack(self.seen.forward[self.seen.layout.prediction])

    @cached_property
    def layers(self) -> tuple[LayerFacts, ...]:
        """Every layer on all examples; empty for a model that is not a row of layers."""
        numbers = unpack(self.seen.forward)
        return tuple(
            [
                LayerFacts(name, function, units, numbers[before], numbers[after])
                for name, function, units, before, after in self.seen.layout.layers
            ]
        )

    @cached_property
    def gradients(self) -> Mapping[str, Any]:
        """By name, the gradient of the objective (loss and penalty) over one epoch, divided by the examples."""
        return self.seen.names.named(self.seen.gradients)

    def gradient(self, name: str) -> tuple[float, ...]:
        """That of one parameter, in row-major order; empty where there is none."""
        return self.seen.names.pick(self.seen.gradients, name) or ()

    @cached_property
    def wrong(self) -> tuple[int, ...]:
        """The rows whose prediction is on the other side than their target, or no number.

        Of targets that are numbers, those that are off by more than a tenth of the targets' standard deviation: none
        is wrong, but there is something left to learn.
        """
        pairs = enumerate(zip(self.predictions, self.dataset.targets))
        if not self.dataset.classes:
            near = _OFF * pstdev(self.dataset.targets)
            return tuple([row for row, (p, y) in pairs if not abs(p - y) <= near])
        threshold = self.loss.threshold(self.model.output)
        return tuple([row for row, (p, y) in pairs if p != p or (p >= threshold) != (y >= 0.5)])

    @property
    def wrong_told(self) -> str:
        """How many these are, in words."""
        return f"{len(self.wrong)} of {len(self.predictions)} examples wrong"
