"""Survey: the facts that checks look at, gathered from a run's parts and its history."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import Any

from hltcore.diagnostics import EpochFacts, LayerFacts, StartFacts
from hltcore.engine import Engine
from hltcore.events import Layout, StepEvent
from hltcore.feed import Examples
from hltcore.history import Branch
from hltcore.origin import carried
from hltcore.packing import unpack

__all__ = ["epoch_facts", "numbers_of", "prepare", "start_facts"]

_PAST = 20
"""Epochs, and looks, that a check is told of."""
_HELD_OUT = 200
"""Epochs of which a check is told the held-out loss: it may rise slowly."""


def numbers_of(engine: Engine) -> int:
    """How many numbers a forward pass on all examples gives."""
    layout = engine.layout_of(_looked_at(engine))
    return layout.pre_activations.size + layout.activations.size


def _looked_at(engine: Engine) -> Examples:
    """All examples, or an excerpt of very many."""
    rows = engine.dataset.excerpt.rows
    return engine.feed.sample(rows) if rows else engine.feed.whole


def prepare(engine: Engine) -> None:
    """Lay out what a look at all examples needs."""
    engine.prepare(len(_looked_at(engine).batch.rows))


def start_facts(engine: Engine, branch: Branch) -> StartFacts:
    """The run as it is set up, at the end of a line of history."""
    missing, foreign = engine.ownership
    return StartFacts(**_settings(engine, branch), carried=carried(engine, branch), unowned=missing, foreign=foreign)


def _settings(engine: Engine, branch: Branch) -> dict[str, Any]:
    return {
        "step": branch.steps,
        "settings": engine.spec,
        "dataset": engine.dataset,
        "functions": engine.layout_of(engine.feed.rows[0]).functions,
        "parameters": engine.buffer.layout.nested(engine.buffer.snapshot()),
    }


def epoch_facts(engine: Engine, branch: Branch, epoch: int, event: StepEvent) -> EpochFacts:
    """All examples under the present parameters, at the end of a line of history and of an epoch."""
    examples = _looked_at(engine)
    rows, every = len(examples.batch.rows), len(engine.dataset)
    # An excerpt has its share of an epoch's penalties.
    steps = engine.feed.steps_per_epoch if rows == every else engine.feed.steps_per_epoch * rows / every
    derived, layout = engine.derive(examples, steps), engine.layout_of(examples)
    numbers = tuple((derived.gradients / rows).tolist())
    edited = branch.entries[-1].step if branch.entries else 0
    norm = math.hypot(*numbers)
    full, after = _full_step(engine, branch, epoch, event)
    looks = [look for look in branch.looks[-_PAST:] if look.step > edited]
    return EpochFacts(
        **{**_settings(engine, branch), "dataset": engine.dataset.excerpt},
        epoch=epoch,
        event=event,
        predictions=unpack(derived.forward[layout.prediction]),
        layers=_layers(layout, unpack(derived.forward), rows),
        gradients=derived.layout.named(numbers),
        full=full,
        after=after,
        norms=(*(look.norm for look in looks), norm),
        levels=(*(look.level for look in looks), derived.loss / rows),
        **_epochs(branch, edited, every),
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


def _layers(layout: Layout, numbers: tuple[float, ...], rows: int) -> tuple[LayerFacts, ...]:
    """Each layer's values, unit by unit."""
    if not layout.functions:
        return ()
    columns, start = [], 0
    for shape in (*layout.pre_activations.shapes, *layout.activations.shapes):
        end = start + math.prod(shape)
        width = (end - start) // rows
        columns.append(tuple(numbers[start + unit : end : width] for unit in range(width)))
        start = end
    names = layout.pre_activations.names
    before = dict(zip(names, columns))
    after = {**before, **dict(zip(layout.activations.names, columns[len(names) :]))}
    return tuple(LayerFacts(name, f, before[name], after[name]) for name, f in zip(names, layout.functions))


def _epochs(branch: Branch, edited: int, rows: int) -> dict[str, Any]:
    """The last epochs that are complete and began after the last edit."""
    starts, losses = branch.epoch_starts, branch.losses
    last = len(starts) - 1
    begun = bisect_left(starts, edited)
    first, early = max(begun, last - _PAST), max(begun, last - _HELD_OUT)
    bounds = list(zip(starts[first:last], starts[first + 1 :]))
    return {
        "losses": tuple(sum(losses[start:end]) / rows for start, end in bounds),
        "training": tuple(branch.training[early:last]),
        "held_out": tuple(branch.held_out[early:last]),
    }
