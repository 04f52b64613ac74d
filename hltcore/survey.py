"""Survey: the facts that checks look at, gathered from a run's parts and its history."""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import cached_property
from itertools import pairwise
from typing import Any

from hltcore import losses, models
from hltcore._torch import torch
from hltcore.diagnostics import EpochFacts, Seen, StartFacts
from hltcore.engine import Engine
from hltcore.events import Layout, StepEvent
from hltcore.feed import Examples
from hltcore.history import Branch
from hltcore.origin import carried
from hltcore.records import Records

__all__ = ["Survey"]

_PAST = 20
"""Epochs, and looks, that a check is told of."""
_HELD_OUT = 200
"""Epochs of which a check is told the held-out loss: it may rise slowly."""


class Survey:
    """Gathers facts; what is the same at every look is found once.

    Args:
        engine: The run's parts.

    Attributes:
        engine: These.
        functions: Each layer's activation function; empty for a model that is not a row of layers.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._excerpt = excerpt = engine.dataset.excerpt
        # All examples, or an excerpt of very many, which has its share of an epoch's penalties.
        self._examples = engine.feed.sample(excerpt.rows) if excerpt.rows else engine.feed.whole
        rows, every = len(self._examples.batch.rows), len(engine.dataset)
        steps = engine.feed.steps_per_epoch
        self._rows, self._every = rows, every
        self._divisor = torch.tensor(float(rows), dtype=torch.float32, device="cpu")
        self._penalties = steps if rows == every else steps * rows / every
        spec = engine.spec
        self.functions = engine.layout_of(engine.feed.rows[0]).functions
        model, loss = models.registry.get(spec.model), losses.registry.get(spec.loss)
        self._settings = spec, self.functions, model, loss

    @cached_property
    def _layout(self) -> Layout:
        return self.engine.layout_of(self._examples)

    @cached_property
    def numbers(self) -> int:
        """How many numbers a forward pass on all examples gives."""
        return self._layout.pre_activations.size + self._layout.activations.size

    def prepare(self) -> None:
        """Lay out what a look at all examples needs."""
        if self.engine.prepare(self._rows):  # otherwise the model may be one that fails on so many
            self._layout.layers  # noqa: B018

    def start(self, branch: Branch) -> StartFacts:
        """The run as it is set up, at the end of a line of history."""
        engine, buffer = self.engine, self.engine.buffer
        missing, foreign = engine.ownership
        return StartFacts(
            branch.steps,
            engine.dataset,
            *self._settings,
            parameters=buffer.layout.nested(buffer.snapshot()),
            carried=carried(engine, branch),
            unowned=missing,
            foreign=foreign,
        )

    def epoch(self, branch: Branch, epoch: int, event: StepEvent) -> EpochFacts:
        """All examples under the present parameters, at the end of a line of history and of an epoch."""
        engine, rows = self.engine, self._rows
        derived = engine.derive(self._examples, self._penalties)
        gradients = tuple(torch.div(derived.gradients, self._divisor).tolist())
        line = branch.whole("entries", "looks", "losses", "epoch_starts", "training", "held_out")
        entries, looks = line.entries, line.looks[-_PAST:]
        edited = entries[-1].step if entries else 0
        if edited:
            looks = [look for look in looks if look.step > edited]
        full, after = _full_step(engine, branch, epoch, event)
        return EpochFacts(
            event.step + 1,
            self._excerpt,
            *self._settings,
            epoch,
            event,
            Seen(derived.forward, self._layout, gradients, derived.layout),
            full,
            after,
            *_epochs(line, edited, self._every),
            (*[look.norm for look in looks], math.hypot(*gradients)),
            (*[look.level for look in looks], derived.loss / rows),
        )


def _full_step(engine: Engine, branch: Branch, epoch: int, event: StepEvent) -> tuple[StepEvent, dict[str, Any]]:
    """The nearest step on a full batch, and the gradient that its batch has after it."""
    following = engine.feed.at(epoch, 0)
    rows, size = event.batch.rows, len(following.batch.rows)
    if size == 1:
        return event, {}
    if len(rows) == size:
        whole = engine.feed.whole  # a step on all of very many rows has these very examples
        return event, _slopes(engine, whole if rows is whole.batch.rows else engine.feed.gather(rows))
    saved = engine.save()
    try:  # the next epoch's first step, which is then as if it had not been
        step, phases = engine.begin(branch.steps, epoch, 0, engine.buffer.snapshot())
        for _ in phases:
            pass
        return step.event(), _slopes(engine, following)
    except Exception:  # the run's own next step tells what is wrong
        return event, {}
    finally:
        engine.restore(saved)


def _slopes(engine: Engine, examples: Examples) -> dict[str, Any]:
    derived = engine.derive(examples)
    return derived.layout.named(tuple(derived.gradients.tolist()))


def _epochs(line: Records, edited: int, rows: int) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Of the last complete epochs that began after the last edit: the mean loss in the steps, and both scores."""
    starts, losses = line.epoch_starts, line.losses
    last = len(starts) - 1
    begun = bisect_left(starts, edited)
    first, early = max(begun, last - _PAST), max(begun, last - _HELD_OUT)
    means = tuple([sum(losses[start:end]) / rows for start, end in pairwise(starts[first:])])
    return means, tuple(line.training[early:last]), tuple(line.held_out[early:last])
