"""Logged: what an event log holds, as frozen facts: how a run began, its steps, and their tensors whole or summed up.

The words are those of the run's own events (``events``); what a log does not have is None or missing, never made up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from hltcore.packing import nest, unpack

if TYPE_CHECKING:
    from hltcore.events import StepEvent

__all__ = ["LogEnd", "LogProblem", "LogStarted", "LogStep", "Summary", "Tensor", "WholeTensor"]


@dataclass(frozen=True)
class WholeTensor:
    """A tensor of which every number was recorded.

    Attributes:
        shape: Its shape; ``()`` is a single number.
        packed: Its numbers as native float32, row by row.
    """

    shape: tuple[int, ...]
    packed: bytes

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)

    @cached_property
    def flat(self) -> tuple[float, ...]:
        """Its numbers, row by row."""
        return unpack(self.packed)

    @cached_property
    def values(self) -> Any:
        """Its numbers as a float (shape ``()``), a tuple of floats, or nested tuples of rows."""
        return nest(self.flat, self.shape)

    @cached_property
    def norm(self) -> float:
        """Its Euclidean length; NaN where a number is NaN."""
        return math.nan if self.not_finite and any(v != v for v in self.flat) else math.hypot(*self.flat)

    @property
    def low(self) -> float:
        """Its lowest number that is not NaN; NaN where there is none."""
        return min((v for v in self.flat if v == v), default=math.nan)

    @property
    def high(self) -> float:
        """Its highest number that is not NaN; NaN where there is none."""
        return max((v for v in self.flat if v == v), default=math.nan)

    @property
    def mean(self) -> float:
        """The mean of its numbers; NaN where there are none, or it is not defined."""
        return sum(self.flat) / self.size if self.size else math.nan

    @property
    def mean_size(self) -> float:
        """The mean of its numbers' sizes, their distances from 0."""
        return sum(map(abs, self.flat)) / self.size if self.size else math.nan

    @cached_property
    def not_finite(self) -> int:
        """How many of its numbers are infinite or NaN."""
        return sum(not math.isfinite(v) for v in self.flat)

    @property
    def whole(self) -> WholeTensor:
        """It itself: all of its numbers are known."""
        return self

    @property
    def matrix(self) -> WholeTensor:
        """It itself with two dimensions: those after the first are one, and a vector is one row."""
        if len(self.shape) == 2:
            return self
        rows = self.shape[0] if len(self.shape) > 2 else 1
        return WholeTensor((rows, self.size // rows if rows else 0), self.packed)


@dataclass(frozen=True)
class Summary:
    """A tensor too large to record: what was reckoned of it, by the run that recorded it.

    Attributes:
        shape: Its shape.
        norm: Its Euclidean length.
        low: Its lowest number.
        high: Its highest.
        mean: The mean of its numbers.
        mean_size: The mean of their sizes, their distances from 0.
        not_finite: How many are infinite or NaN; where there are any, the figures above may be, too.
        quantiles: The numbers under which 5, 25, 50, 75 and 95 % lie of an evenly spread sample of it.
        matrix: A smaller matrix of the means of its blocks; dimensions after the first count as one.
    """

    shape: tuple[int, ...]
    norm: float
    low: float
    high: float
    mean: float
    mean_size: float
    not_finite: int
    quantiles: tuple[float, ...]
    matrix: WholeTensor

    @property
    def whole(self) -> None:
        """None: not all of its numbers are known."""
        return None

    @property
    def size(self) -> int:
        """How many numbers the tensor has."""
        return math.prod(self.shape)


Tensor: TypeAlias = "WholeTensor | Summary"
Tensors: TypeAlias = "Mapping[str, Tensor]"


@dataclass(frozen=True)
class LogStarted:
    """How a run began: the first line of its log.

    Attributes:
        version: The version of the schema, major and minor.
        spec: The line that names a run of this library; empty for a training loop of somebody else.
        features: The names of the columns of x, where they have any.
        classes: What the targets 0 and 1 stand for, where that is known.
        model: The model's class; empty where it is not recorded.
        optimizer: The optimizer's class, the same.
        shapes: By name, each parameter's shape, in ``model.parameters()`` order; empty where it is not recorded.
        parameters: By name, each parameter before the first step; empty where it is not recorded.
        frozen: The parameters that ask for no gradient.
        unowned: The parameters that ask for a gradient and that the optimizer does not hold.
        strangers: How many tensors the optimizer holds that are none of the model's.
        kinds: By name, the class of each module that has parameters of its own.
        layers: By name, the class of each module whose activations are recorded.
        every: Tensors are recorded at each step whose number is a multiple of it.
        limit: Tensors of at most that many numbers are recorded whole.
        started: When, in UTC, as ISO 8601.
    """

    version: tuple[int, int]
    spec: str = ""
    features: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    model: str = ""
    optimizer: str = ""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    parameters: Tensors = field(default_factory=dict)
    frozen: tuple[str, ...] = ()
    unowned: tuple[str, ...] = ()
    strangers: int = 0
    kinds: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, str] = field(default_factory=dict)
    every: int = 1
    limit: int = 0
    started: str = ""


@dataclass(frozen=True)
class LogStep:
    """One step of a log.

    Attributes:
        step: Which update this is; the first is 0.
        epoch: Passes through the data that were complete before it; None where that is not known.
        lr: The learning rate (of the optimizer's first group); None where there is none.
        loss: The loss; None where it was not given.
        x: The input, target and prediction where they were given.
        target: See ``x``.
        prediction: See ``x``.
        parameters: By name, before the update. Empty where they are not recorded: they are those after the step
            before, if that one has tensors.
        gradients: By name; empty where tensors are not recorded at this step, without those that had none.
        updated: By name, after the update; empty where tensors are not recorded at this step.
        pre_activations: By module name, what entered an activation function; empty where not recorded.
        activations: By module name, its output; empty where not recorded.
        event: The whole step of a run of this library; None for a training loop of somebody else.
    """

    step: int
    epoch: float | None
    lr: float | None
    loss: float | None
    x: Tensor | None = None
    target: Tensor | None = None
    prediction: Tensor | None = None
    parameters: Tensors = field(default_factory=dict)
    gradients: Tensors = field(default_factory=dict)
    updated: Tensors = field(default_factory=dict)
    pre_activations: Tensors = field(default_factory=dict)
    activations: Tensors = field(default_factory=dict)
    event: StepEvent | None = None

    @property
    def has_tensors(self) -> bool:
        """Whether the parameters after it are recorded."""
        return bool(self.updated)


@dataclass(frozen=True)
class LogProblem:
    """A line of a log that is passed over.

    Attributes:
        line: Its number; the first line is 1. None where lines were passed over before it was reached.
        why: What is wrong with it, in a sentence.
    """

    line: int | None
    why: str


@dataclass(frozen=True)
class LogEnd:
    """The last line of a run that was closed, as opposed to one that was killed or still goes on.

    Attributes:
        steps: Steps that were complete.
        error: The kind of the exception that ended it; empty where there was none.
    """

    steps: int
    error: str = ""
