"""Parameters that the optimizer does not own: it was given another model's.

Condition: the run's ``updates`` names another model. An optimizer steps the tensors it was given, by identity
(PyTorch's ``torch.optim``: "optimizer.param_groups"); a model made later has others.
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import StartFacts
from hltcore.diagnostics.finding import Finding
from hltcore.diagnostics.numbers import flat

__all__ = ["check"]


def check(facts: StartFacts) -> Iterator[Finding]:
    """Compare whose parameters are updated with whose are trained."""
    settings = facts.settings
    if settings.updates:
        count = sum(1 for _ in flat(tuple(facts.parameters.values())))
        told = (
            f"The optimizer holds the parameters of {settings.updates} and none of the {count} of {settings.model}: no "
            "step will change them, and their gradients are never emptied."
        )
        advice = "Make the optimizer anew from this model's parameters: updates=" + settings.model + "."
        place = (next(iter(facts.parameters)), (0, 0))
        yield Finding("unowned-parameters", facts.step, facts.step, settings.model, told, advice, place)
