"""An unbounded output under a loss that is meant for a bounded one.

Condition: the loss takes targets of a range only and no logits, and the model's output may be any real number. Outside
the range a logarithm in the loss is not defined. The cross-entropy of this library takes a real output as a logit, as
``binary_cross_entropy_with_logits`` of PyTorch does, and is not meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import StartFacts
from hltcore.diagnostics.finding import Finding

__all__ = ["check"]


def check(facts: StartFacts) -> Iterator[Finding]:
    """Compare the kind of the output with the loss's range."""
    loss, model = facts.loss, facts.model
    if loss.targets is not None and not loss.logits and model.output == "real":
        low, high = loss.targets
        told = (
            f"{loss.name} is meant for numbers in [{low:g}, {high:g}], and a prediction of {model.name} can be any "
            "real number."
        )
        advice = "Use a model whose output is a probability, or a loss that takes logits, such as loss=cross-entropy."
        yield Finding("unbounded-output", facts.step, facts.step, model.name, told, advice)
