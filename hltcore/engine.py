"""Engine: the torch side of a run, built from its spec: model, data, loss and optimizer, ready to step."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from hltcore import datasets, losses, models, optimizers, places
from hltcore._torch import torch
from hltcore.datasets import Dataset
from hltcore.derived import Beside, Derived, by_autograd
from hltcore.events import Layout, Score
from hltcore.failure import defined, failure
from hltcore.feed import Examples, Feed
from hltcore.fitting import check_fit
from hltcore.freezing import FrozenUpdater
from hltcore.fresh import new_model
from hltcore.models import Output
from hltcore.parameters import ParameterBuffer
from hltcore.passes import Autograd
from hltcore.penalty import make_penalty
from hltcore.phase import Phase
from hltcore.repeatable import check_repeatable
from hltcore.spec import RunSpec
from hltcore.step import Step
from hltcore.tracing import Traced, trace
from hltcore.updaters import Ownership, StaleUpdater, State, Updater, make_updater
from hltcore.ways import Ways

__all__ = ["Engine", "Saved"]

_ONE_BY_ONE = 16
"""Examples up to which each is computed by itself, with the very bits of a step on it."""


class Saved(NamedTuple):
    """All that changes in an engine as it steps: with its spec, enough to go on from here.

    Attributes:
        memory: Parameters and gradients, packed.
        optimizer: The optimizer's state.
    """

    memory: bytes
    optimizer: State


class Engine:
    """A run's working parts.

    Args:
        spec: What to build; its marks are not looked at.
        keep: An engine whose parameters go on, if they fit; otherwise they start anew from the seed.

    Attributes:
        spec: What was built.
        dataset: The data.
        feed: The order of the data.
        held_out: The rows that are not trained on; None when there are none.
        buffer: The parameters.
        model: The module, whose parameters live in the buffer.
        fresh: Whether the parameters started anew.
        output: The model's kind of output.
        threshold: The prediction from which on class 1 is predicted; None for targets that are numbers.

    Raises:
        HltError: The parts do not fit each other.
    """

    def __init__(self, spec: RunSpec, keep: Engine | None = None) -> None:
        self.spec = spec = spec.pinned
        entry = models.registry.get(spec.model)
        loss = losses.registry.get(spec.loss)
        source = datasets.registry.get(spec.dataset)
        self.dataset: Dataset = source.factory(**spec.options_of("dataset"))
        check_fit(entry, source, self.dataset)
        held_out = self.dataset.held_out
        for data in (self.dataset, held_out) if held_out else (self.dataset,):
            loss.check_data(data)
        self.output: Output = entry.output
        self.threshold = loss.threshold(entry.output) if self.dataset.classes else None
        self._form = loss.form_for(entry.output)
        self.feed = Feed(self.dataset, spec.batch, spec.shuffle, spec.seed)
        self.held_out = Feed(held_out, "all", shuffle=False, seed=0) if held_out else None
        kept = keep if keep is not None and keep._fits(spec, len(self.dataset.features)) else None
        self.fresh = kept is None
        self.model: torch.nn.Module = kept.model if kept else self._build_model()
        self.buffer: ParameterBuffer = kept.buffer if kept else ParameterBuffer(self.model)
        self._named = tuple(self.model.named_parameters())
        self._traced: Traced = kept._traced if kept else trace(self.model)
        if kept is None and self._traced.foreign:
            check_repeatable(self.model, self._traced, (self.feed.whole.x, self.feed.rows[0].x))
        self._layouts: dict[int, Layout] = {}
        self.layout_of(self.feed.rows[0])
        self._loss_function = loss.factory(entry.output, **spec.options_of("loss"))
        self._penalty = make_penalty(spec.l1, spec.l2, self.model)
        autograd = Autograd(self._traced, self._loss_function, self._penalty)
        self._ways = Ways(self.model, spec, self.output, self.buffer, autograd)
        self._ways.of(self.feed.size)
        self._updater = self._freeze(self._build_updater(kept))

    def _fits(self, spec: RunSpec, inputs: int) -> bool:
        """Whether a run of that spec goes on with these parameters."""
        mine = (self.spec.model, self.spec.options_of("model"), self.spec.init, self.spec.seed)
        same = mine == (spec.model, spec.options_of("model"), spec.init, spec.seed)
        return same and inputs == len(self.dataset.features)

    def _build_model(self) -> torch.nn.Module:
        return new_model(self.spec, len(self.dataset.features))

    def _build_updater(self, keep: Engine | None) -> Updater:
        spec = self.spec
        if spec.updates:
            return StaleUpdater(spec.lr, self.buffer.layout.names)
        options = spec.options_of("optimizer")
        updater = make_updater(optimizers.registry.get(spec.optimizer), spec.lr, options, self.model, self.buffer)
        if keep is not None:
            before = (keep.spec.optimizer, keep.spec.options_of("optimizer"), keep.spec.updates)
            if before == (spec.optimizer, options, ""):
                updater.restore(keep._updater.save())
        return updater

    def _freeze(self, updater: Updater) -> Updater:
        numbers = [number for place in places.read(self.spec.frozen) for number in self.buffer.numbers(place)]
        return FrozenUpdater(updater, self.buffer, numbers) if numbers else updater

    def layout_of(self, examples: Examples) -> Layout:
        """Names and shapes of the numbers that a step on these examples gives."""
        size = len(examples.batch.rows)
        if size not in self._layouts:
            self._layouts[size] = self._traced.layout(examples.x, self.buffer.layout)
        return self._layouts[size]

    def prepare(self, rows: int) -> Beside | None:
        """Lay out what ``derive`` needs for so many examples; None where autograd does it."""
        return self._ways.beside(rows)

    def derive(self, examples: Examples, penalties: float = 1) -> Derived:
        """What ``differentiate`` gives, without autograd where that has the same bits."""
        beside = self.prepare(len(examples.batch.rows))
        return beside(examples) if beside else by_autograd(*self.differentiate(examples, penalties))

    def begin(self, number: int, epoch: int, offset: int, before: bytes) -> tuple[Step, Iterator[Phase]]:
        """A step about to be done, and its phases."""
        examples = self.feed.at(epoch, offset)
        step = Step(number, epoch, examples, self.layout_of(examples), before)
        return step, step.phases(self._ways.of(len(examples.batch.rows)), self._updater, self.buffer)

    def save(self) -> Saved:
        """All that changes as it steps."""
        return Saved(self.buffer.save(), self._updater.save())

    def restore(self, saved: Saved) -> None:
        """Put back what ``save`` returned."""
        self.buffer.restore(saved.memory)
        self._updater.restore(saved.optimizer)

    def predict(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions under the present parameters.

        Raises:
            StepError: The model cannot be computed.
        """
        return self.watch(x)[0]

    def watch(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Predictions under the present parameters, and all values on the way to them, in the order of the layout.

        Raises:
            StepError: The model cannot be computed.
        """
        try:
            with torch.no_grad():
                return self._traced(x)
        except Exception as error:
            raise failure(error, None) from error

    def scores(self) -> tuple[Score, Score] | None:
        """The scores on the rows trained on and on those held out, under the present parameters.

        None for data that hold no rows out. A loss is NaN where it is not defined, and nothing is right then where
        the model cannot be computed.
        """
        if self.held_out is None:
            return None
        return self.score(self.feed.whole), self.score(self.held_out.whole)

    def score(self, examples: Examples) -> Score:
        """How well the present parameters do on some examples; what cannot be computed is told as in ``scores``.

        Whoever asks for the rows' losses by ``evaluate`` is told why there are none; the run is to go on.
        """
        count = len(examples.batch.rows)
        loss, right = math.nan, None if self.threshold is None else 0
        try:
            with torch.no_grad():
                prediction = self._traced(examples.x)[0]
                if self.threshold is None:
                    return Score(self._loss_function(prediction, examples.target).item() / count, None, count)
                wanted = (prediction >= self.threshold) == (examples.target >= 0.5)
                right = int((wanted & ~prediction.isnan()).sum().item())
                loss = self._loss_function(prediction, examples.target).item() / count
        except Exception:
            return Score(loss, right, count)
        return Score(loss, right, count)

    def differentiate(
        self, examples: Examples, penalties: float = 1
    ) -> tuple[list[torch.Tensor], torch.Tensor, float, dict[str, torch.Tensor]]:
        """One forward and backward pass, which changes nothing, not even a gradient buffer.

        Args:
            examples: The examples.
            penalties: How many times the penalty is added.

        Returns:
            All values on the way to the predictions, in the order of the layout; the predictions; the sum of
            the losses; and by parameter name the gradient of losses and penalties.
        """
        named = {name: parameter for name, parameter in self._named if parameter.requires_grad}
        watched, prediction, loss = self._losses(examples)
        objective = sum((penalties * term for term in self._penalty()), loss)
        gradients = torch.autograd.grad(objective, list(named.values()), allow_unused=True, materialize_grads=True)
        return watched, prediction, loss.item(), dict(zip(named, gradients))

    def objective(self, examples: Examples) -> float:
        """The sum of the losses and the penalty under the present parameters."""
        with torch.no_grad():
            return float(sum(self._penalty(), self._losses(examples)[-1]))

    def _losses(self, examples: Examples) -> tuple[list[torch.Tensor], torch.Tensor, torch.Tensor]:
        prediction, watched = self._traced(examples.x)
        return watched, prediction, self._loss_function(prediction, examples.target)

    @property
    def ownership(self) -> Ownership:
        """What the optimizer was given, beside what the model has."""
        return self._updater.ownership

    @property
    def optimizer_state(self) -> dict[str, dict[str, Any]]:
        """By parameter name, what the optimizer keeps."""
        return self._updater.state()

    def evaluate_all(self, feed: Feed, rows: tuple[int, ...] = ()) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Predictions and losses of all examples of a feed, or of some rows, each by itself.

        Raises:
            StepError: The model or the loss cannot be computed.
        """
        value = self._form.value
        if (len(rows) or len(feed.rows)) <= _ONE_BY_ONE or value is None:
            predictions, losses = zip(*map(self.evaluate, map(feed.rows.__getitem__, rows) if rows else feed.rows))
            return predictions, losses
        examples = feed.sample(rows) if rows else feed.whole
        predictions = tuple(self.predict(examples.x).reshape(-1).tolist())
        return predictions, tuple(map(value, predictions, examples.batch.targets))

    def evaluate(self, examples: Examples) -> tuple[float, float]:
        """Prediction and loss of one example under the present parameters; NaN for a loss that is not defined.

        Raises:
            StepError: The model or the loss cannot be computed.
        """
        tensor = self.predict(examples.x)
        prediction = tensor.item()
        try:
            with torch.no_grad():
                return prediction, self._loss_function(tensor, examples.target).item()
        except Exception as error:
            if isinstance(error, RuntimeError) and not defined((prediction,), self.output):
                return prediction, math.nan
            raise failure(error, Phase.FORWARD, (prediction,), self.output) from error
