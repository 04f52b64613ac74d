"""A loss below zero: it pays for predictions that are wrong in one direction.

Condition: the loss of a step is below 0. A loss measures how wrong a prediction is, so that its least value belongs to
the right one; without a lower bound, gradient descent makes ŷ smaller for ever (Goodfellow, Bengio and Courville, Deep
Learning, 2016, section 4.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hltcore.diagnostics.facts import StepFacts
from hltcore.diagnostics.finding import Finding

__all__ = ["check"]


def check(facts: StepFacts) -> Iterable[Finding]:
    """Compare the loss to 0."""
    return _below(facts) if facts.loss < 0 else ()


def _below(facts: StepFacts) -> Iterator[Finding]:
    event, name = facts.event, facts.settings.loss
    batch = event.batch
    single = len(batch.rows) == 1
    what = f"a batch of {len(batch.rows)} examples" if batch.rows else "a batch"
    if single:
        what = f"{batch.labels[0]} (ŷ = {event.predictions[0]:.4g}, y = {batch.targets[0]:g})"
    told = f"The loss of {what} is {facts.loss:.4g}, below 0: {name} rewards predictions that are wrong."
    advice = "Use a loss that is 0 for the right prediction and above it for all others: loss=mse or loss=l1."
    yield Finding("loss-below-zero", facts.step, facts.step, batch.labels[0] if single else "", told, advice)
