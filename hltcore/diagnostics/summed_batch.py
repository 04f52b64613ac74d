"""A loss summed over a batch: the step grows with the batch, and is too large for it.

Condition: at the ends of two epochs the step on a full batch of N examples, the last one or else the next, is plain
gradient descent, -lr times the gradient g; its loss is the sum of theirs; lr times the curvature of that sum along the
step, 1 - g·g′/g·g with the gradient g′ that the same batch has after it, lies above 2, at which a step no longer goes
down, but at or below 2N, so that one of the mean's gradient would; the mean loss over all examples, without any
penalty, is above the lowest at the looks before; and some example is wrong. The bound of 2 over the curvature: LeCun,
Bottou, Orr and Müller, "Efficient BackProp" (1998), section 4.6; learning rate and batch size: Goyal et al., "Accurate,
Large Minibatch SGD" (2017).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding
from hltcore.diagnostics.numbers import flat

__all__ = ["check"]

_STABLE = 2
_APART = 0.01


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Compare the learning rate with the curvature of the batch's sum, and of its mean."""
    if not facts.after:
        return
    event = facts.full
    count = len(event.batch.rows)
    *before, now = facts.levels
    if not facts.wrong or now <= min(before, default=-math.inf) or not _is_sum(facts):
        return
    times = _times(facts)
    if times is not None and _STABLE < times <= _STABLE * count:
        bound = _STABLE * event.lr / times
        grown = f", above the {min(before):.4g} of an earlier epoch" if before else ""
        told = (
            f"A step's loss is the sum over its {count} examples: lr {event.lr:g} acts as {event.lr * count:g} on "
            f"their mean. Along such a step the sum's curvature is {times / event.lr:.4g}, so that a step goes up "
            f"again from lr {bound:.3g} on, and the mean's from {bound * count:.3g}; the mean loss is "
            f"{now:.4g}{grown}."
        )
        advice = f"Try lr={event.lr / count:.4g}, the learning rate over the {count} examples of a batch."
        yield Finding("summed-batch", facts.step, facts.step, "", told, advice)


def _is_sum(facts: EpochFacts) -> bool:
    """Whether the step's loss is the sum of its examples' losses."""
    event, value = facts.full, facts.loss.form_for(facts.model.output).value
    if value is None:
        return False
    total = sum(map(value, event.predictions, event.batch.targets))
    return math.isclose(event.loss - event.penalty, total, rel_tol=_APART)


def _times(facts: EpochFacts) -> float | None:
    """The learning rate times the curvature along the step; None where that is no step down the gradient."""
    event = facts.full
    tensors = (event.parameters, event.updated, event.gradients, facts.after)
    numbers = zip(*(flat(tuple(tensor[name] for name in facts.after)) for tensor in tensors))
    moved = [(b - a, g, after) for a, b, g, after in numbers if a != b]
    size: float = sum(g * g for _, g, _ in moved)
    if not size or math.hypot(*(d + event.lr * g for d, g, _ in moved)) > _APART * event.lr * math.sqrt(size):
        return None
    along: float = sum(g * after for _, g, after in moved)
    return 1 - along / size
