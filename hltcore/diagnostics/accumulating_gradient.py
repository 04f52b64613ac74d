"""A gradient that accumulates: it was not emptied before the backward pass.

Condition: the gradient of the output's bias differs by more than 1 % from this step's own, Σ ∂loss/∂ŷ · f′(z) over the
batch. ``backward()`` adds to what the gradient buffer holds (PyTorch: "Zeroing out gradients"), so that without
``zero_grad()`` it holds the sum of all steps so far.
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.chain import SLOPES
from hltcore.diagnostics.facts import EpochFacts
from hltcore.diagnostics.finding import Finding

__all__ = ["check"]

_APART = 0.01
_LEAST = 1e-4


def check(facts: EpochFacts) -> Iterator[Finding]:
    """Reckon the bias's gradient from the loss, and compare."""
    event, activation, layer = facts.event, SLOPES[facts.functions[-1]], facts.event.layout.pre_activations.names[-1]
    slope = facts.loss.form_for(facts.model.output).slope
    held = event.gradient(f"{layer}.bias")
    if slope is None or held is None:
        return
    examples = zip(event.last_pre_activations, event.predictions, event.batch.targets)
    own = sum([slope(p, y) * activation(z, p) for z, p, y in examples])
    apart = abs(held[0] - own)
    if apart > _LEAST and apart > _APART * max(abs(held[0]), abs(own)):
        told = (
            f"The gradient of {layer}.bias is {held[0]:.4g}, and this step's own is {own:.4g}: what earlier steps left "
            "there was not emptied."
        )
        advice = "Call zero_grad() before every backward(), on an optimizer that holds these parameters."
        place = (f"{layer}.bias", (0,))
        yield Finding("accumulating-gradient", facts.step, facts.step, f"{layer}.bias", told, advice, place)
