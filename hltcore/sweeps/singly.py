"""Singly: one seed trained by itself, as a trainer does it, without events or history."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from hltcore.engine import Engine
from hltcore.errors import HltError, StepError
from hltcore.failure import failure
from hltcore.packing import unpack
from hltcore.phase import Phase
from hltcore.spec import RunSpec
from hltcore.sweeps.outcome import Outcome, findings_of
from hltcore.units import RECTIFIERS, dead_units, layer_names

__all__ = ["Single", "outcome_of"]


class Single:
    """One run.

    Args:
        spec: What to train.
    """

    def __init__(self, spec: RunSpec) -> None:
        self.engine = Engine(spec)
        self.steps = 0
        self.epochs = 0
        self.stopped: int | None = None

    @property
    def parameters(self) -> bytes:
        """The present parameters, packed."""
        return self.engine.buffer.snapshot()

    def epoch(self) -> None:
        """Do the steps of one epoch; once a step cannot be done, none is done any more."""
        for offset in range(self.engine.feed.steps_per_epoch):
            if self.stopped is None:
                self._step(self.epochs, offset)
        self.epochs += 1

    def _step(self, epoch: int, offset: int) -> None:
        engine = self.engine
        step, phases = engine.begin(self.steps, epoch, offset, b"")
        done: Phase | None = None
        try:
            for done in phases:  # noqa: B007 - what went wrong depends on how far it came
                pass
        except Exception as error:
            if isinstance(failure(error, done), StepError) and done in (None, Phase.FORWARD, Phase.LOSS):
                self.stopped = self.steps  # nothing has been changed yet
                return
            raise failure(error, done) from error
        del step
        self.steps += 1


def outcome_of(
    spec: RunSpec, epochs: int, points: Sequence[int], after: Callable[[], None]
) -> tuple[Outcome, list[float]]:
    """Train one run to the end.

    Args:
        spec: What to train.
        epochs: For how many epochs.
        points: The numbers of completed epochs at which losses are kept.
        after: Called at the start and after each epoch.

    Returns:
        What became of it, and its mean losses at the points.

    Raises:
        HltError: It cannot be trained at all.
    """
    run = Single(spec)
    first = None
    losses: list[float] = []
    predictions: tuple[float, ...] = ()
    loss, right = math.nan, 0
    for epoch in range(epochs + 1):
        if epoch:
            run.epoch()
        predictions, right, loss = _look(run.engine)
        if first is None and right == len(predictions):
            first = epoch
        if epoch in points:
            losses.append(loss)
        after()
    packed, solved = run.parameters, right == len(predictions)
    dead = _dead(run.engine, packed)
    finite = all(map(math.isfinite, unpack(packed)))
    findings = findings_of(bool(dead), max(predictions) - min(predictions), solved, finite, run.engine.dataset.targets)
    return Outcome(spec.seed, loss, right, solved, first, dead, findings, run.stopped, packed), losses


def _dead(engine: Engine, packed: bytes) -> tuple[str, ...]:
    functions = engine.layout_of(engine.feed.rows[0]).functions
    if not any(function in RECTIFIERS for function in functions):
        return ()
    parameters = engine.buffer.layout.nested(packed)
    if not all(map(math.isfinite, unpack(packed))):
        return ()
    units = dead_units(parameters, functions, engine.dataset.xs)
    names = layer_names(parameters)
    return tuple(f"{name}[{unit}]" for name, unit in sorted(units, key=lambda at: (names.index(at[0]), at[1])))


def _look(engine: Engine) -> tuple[tuple[float, ...], int, float]:
    """The predictions for all examples, how many are right, and the mean of their losses."""
    try:
        told = [engine.evaluate(example) for example in engine.feed.rows]
    except HltError:
        return (math.nan,) * len(engine.feed.rows), 0, math.nan
    predictions = tuple(prediction for prediction, _ in told)
    targets, threshold = engine.dataset.targets, engine.threshold
    assert threshold is not None  # of targets that are numbers there is no sweep
    right = sum(p >= threshold if y >= 0.5 else p < threshold for p, y in zip(predictions, targets))
    return predictions, right, sum(loss for _, loss in told) / len(told)
