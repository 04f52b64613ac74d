"""Log facts: what the checks of ``diagnostics`` look at, as far as an event log holds it.

They have the names that checks ask for. What a log does not hold raises ``UncheckedError`` when a check asks for it, so
that the check is told of as one that could not look, and why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hltcore.diagnostics import LayerFacts
from hltcore.errors import UncheckedError
from hltcore.events import Batch, StepEvent
from hltcore.layers import EMBEDDING
from hltcore.logged import LogStarted, LogStep, Summary, Tensor, WholeTensor
from hltcore.packing import nest

__all__ = ["Settings", "Stretch", "Told", "told"]

_DONE = 0.1
"""The part of the first epoch's mean loss under which a run is thought of as well on its way."""
_NO_TENSORS = "The log has no tensors where they are needed."


@dataclass(frozen=True)
class Settings:
    """What checks ask of a run's settings.

    Attributes:
        loss: What the loss is called.
        updates: Another model whose parameters are updated in place of this one's; a log cannot name it.
        frozen: What no update changes: without gradients nothing is missed.
    """

    loss: str = "the loss"
    updates: str = ""
    frozen: str = ""


class Told:
    """A recorded step with the names of a ``StepEvent``.

    Args:
        step: The step.
        before: The nearest step before it with tensors.
    """

    def __init__(self, step: LogStep, before: LogStep | None) -> None:
        self._step = step
        self._before = before
        self.step, self.epoch, self.loss = step.step, step.epoch, math.nan if step.loss is None else step.loss
        self.lr = math.nan if step.lr is None else step.lr

    @property
    def layout(self) -> Told:
        """It itself, for its parameters' names."""
        return self

    @property
    def batch(self) -> Batch:
        """The examples, as far as they were given."""
        given = [t for t in (self._step.target, self._step.prediction) if isinstance(t, WholeTensor)]
        single = len(given) == 2 and all(tensor.size == 1 for tensor in given)
        return Batch((0,), ("the example",), (), (given[0].flat[0],)) if single else Batch((), (), (), ())

    @property
    def predictions(self) -> tuple[float, ...]:
        """What the model said."""
        given = self._step.prediction
        return given.flat if isinstance(given, WholeTensor) else ()

    @property
    def parameters(self) -> _Named:
        """Before the step or, where these are not recorded, after the nearest step before that has tensors."""
        known = self._step.parameters or ({} if self._before is None else self._before.updated)
        if not known:
            raise UncheckedError(_NO_TENSORS)
        return _Named({name: _values(tensor) for name, tensor in known.items()})

    @property
    def updated(self) -> Mapping[str, Any]:
        """After the step; only where all numbers before it and after it are recorded."""
        if not self._step.parameters or not self._step.updated:
            raise UncheckedError("What one step changed is recorded only where every step has its tensors (every=1).")
        if any(isinstance(t, Summary) for t in (*self._step.updated.values(), *self._step.parameters.values())):
            raise UncheckedError("What one step changed cannot be told from the summaries of large parameters.")
        return {name: _values(tensor) for name, tensor in self._step.updated.items()}

    @property
    def unmoved(self) -> tuple[str, ...]:
        """The parameters that are as they were before the step or, as above, after the nearest one before."""
        before, after = self.parameters, {name: _values(tensor) for name, tensor in self._step.updated.items()}
        return tuple(name for name in before if before[name] == after[name])

    @property
    def gradients(self) -> Mapping[str, Any]:
        """By parameter; 0 where there was none, and of a large one the largest in size alone."""
        known = self._step.gradients
        return {name: _largest(known.get(name)) for name in self._step.updated}


class _Named(dict[str, Any]):
    """Tensors by name."""

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self)


class Found(Told):
    """A step that is looked through for numbers that are not finite: of large tensors one stands for all."""

    @property
    def parameters(self) -> _Named:
        return _Named(_sampled(self._step.parameters))

    @property
    def updated(self) -> Mapping[str, Any]:
        return _sampled(self._step.updated)

    @property
    def gradients(self) -> Mapping[str, Any]:
        return _sampled(self._step.gradients)

    @property
    def pre_activations(self) -> Mapping[str, Any]:
        """By module, with those of which only the output is recorded."""
        return _sampled({**self._step.activations, **self._step.pre_activations})

    @property
    def activations(self) -> Mapping[str, Any]:
        """By module."""
        return _sampled(self._step.activations)


def told(step: LogStep, *, seek: bool = False, before: LogStep | None = None) -> Any:
    """A step as checks ask for it.

    Args:
        step: The step.
        seek: Whether it is looked through for numbers that are not finite.
        before: The nearest step before it with tensors.
    """
    if step.event is not None:
        return step.event
    return Found(step, before) if seek else Told(step, before)


@dataclass(frozen=True)
class Stretch:
    """The last epoch of a log: ``EpochFacts`` as far as there are any.

    Attributes:
        started: How the run began.
        step: Steps that were complete at its end.
        epoch: Epochs that were.
        last: The last step in it that has tensors; else the last one.
        before: The nearest step before that one with tensors.
        seen: Steps with tensors, spread over it.
        losses: The mean losses of the last epochs.
        earliest: The mean loss of the first epoch since the last edit.
        training: By epoch, the mean loss on what is trained on; empty where there is no held-out data.
        held_out: The same on what is held out.
        past: The lengths of the mean gradient at the looks before.
        past_levels: The mean losses at the looks before.
    """

    started: LogStarted | None
    step: int
    epoch: int
    last: LogStep
    before: LogStep | None
    seen: Sequence[LogStep]
    losses: tuple[float, ...]
    earliest: float
    training: tuple[float, ...]
    held_out: tuple[float, ...]
    past: tuple[float, ...]
    past_levels: tuple[float, ...]

    @property
    def settings(self) -> Settings:
        """What checks ask of the run's settings."""
        started = self.started
        others = started is not None and 0 < len(started.unowned) == len(started.shapes) - len(started.frozen)
        return Settings(updates="another model" if others else "")

    @property
    def event(self) -> Told | StepEvent:
        """The last step with tensors."""
        return told(self.last, before=self.before)  # type: ignore[no-any-return]

    @property
    def parameters(self) -> Mapping[str, Any]:
        """After that step."""
        return {name: _values(tensor) for name, tensor in self.last.updated.items()}

    @property
    def wrong(self) -> tuple[int, ...]:
        """Not empty where the mean loss is above a tenth of the first epoch's: a log cannot tell which are wrong."""
        return () if self.losses and self.losses[-1] < _DONE * self.earliest else (0,)

    @property
    def wrong_told(self) -> str:
        """The same in words."""
        share = self.losses[-1] / self.earliest if self.earliest else math.inf
        return f"the loss at {share:.0%} of the first epoch's"

    @cached_property
    def gradients(self) -> Mapping[str, Any]:
        """By parameter, the mean over the epoch's recorded steps; of a large one the mean size alone."""
        if not any(step.gradients for step in self.seen):
            raise UncheckedError("The log has no gradients.")
        names = dict.fromkeys(name for step in self.seen for name in step.gradients)
        return {name: _mean([step.gradients[name] for step in self.seen if name in step.gradients]) for name in names}

    def gradient(self, name: str) -> tuple[float, ...]:
        """That of one parameter, in row-major order; empty where there is none."""
        return _flat(self.gradients.get(name, ()))

    @cached_property
    def norm(self) -> float:
        """The length of the mean gradient; where summaries are all there is, the mean of the lengths."""
        if not any(step.gradients for step in self.seen):
            return math.nan
        if any(isinstance(tensor, Summary) for step in self.seen for tensor in step.gradients.values()):
            lengths = [math.hypot(*(t.norm for t in step.gradients.values())) for step in self.seen if step.gradients]
            return sum(lengths) / len(lengths)
        return math.hypot(*(number for values in self.gradients.values() for number in _flat(values)))

    @property
    def norms(self) -> tuple[float, ...]:
        """The lengths at the last looks, this one's last."""
        if math.isnan(self.norm):
            raise UncheckedError("The log has no gradients.")
        return (*self.past, self.norm)

    @property
    def levels(self) -> tuple[float, ...]:
        """The mean losses at the same looks."""
        return (*self.past_levels, self.losses[-1])

    @property
    def layers(self) -> tuple[LayerFacts, ...]:
        """The modules with a weight of rows and columns, without their values."""
        shapes = {name: tensor.shape for name, tensor in self.last.updated.items()}
        if not shapes:
            raise UncheckedError(_NO_TENSORS)
        names = [name.removesuffix(".weight") for name, shape in shapes.items() if len(shape) > 1]
        kinds = {} if self.started is None else self.started.kinds
        functions = [EMBEDDING if kinds.get(name, "").startswith("Embedding") else "" for name in names]
        return tuple(LayerFacts(name, function) for name, function in zip(names, functions))


def _values(tensor: Tensor) -> Any:
    return tensor.values if isinstance(tensor, WholeTensor) else tensor


def _largest(tensor: Tensor | None) -> Any:
    if tensor is None:
        return (0.0,)
    return tensor.values if isinstance(tensor, WholeTensor) else (max(abs(tensor.low), abs(tensor.high)),)


def _sampled(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """The numbers of each; of a summary a single one, which is NaN where it has some that are not finite."""
    return {
        name: tensor.values if isinstance(tensor, WholeTensor) else math.nan if tensor.not_finite else 0.0
        for name, tensor in tensors.items()
    }


def _mean(tensors: Sequence[Tensor]) -> Any:
    whole = [tensor for tensor in tensors if isinstance(tensor, WholeTensor)]
    if len(whole) < len(tensors):
        return (sum(tensor.mean_size for tensor in tensors) / len(tensors),)
    sums = [sum(column) / len(whole) for column in zip(*(tensor.flat for tensor in whole))]
    return nest(sums, whole[0].shape)


def _flat(values: Any) -> tuple[float, ...]:
    if not isinstance(values, tuple):
        return (values,)
    return tuple(number for part in values for number in _flat(part))
