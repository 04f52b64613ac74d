"""Parameters that the optimizer does not own, and numbers that it owns and that are not this model's.

Condition: of the tensors that a step is to change, the optimizer was not given every one, or it was given others;
compared by identity, both ways. An optimizer steps the tensors it was given (PyTorch's ``torch.optim``:
"optimizer.param_groups"); a model made later has others. Where the run's ``updates`` names another model, it holds none
of this one's.
"""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics.facts import StartFacts
from hltcore.diagnostics.finding import Finding
from hltcore.diagnostics.numbers import flat
from hltcore.errors import quoted

__all__ = ["check"]

_NAMED = 3


def check(facts: StartFacts) -> Iterator[Finding]:
    """Compare what the optimizer was given with what the model has."""
    settings, parameters = facts.settings, facts.parameters
    if settings.updates:
        count = sum(1 for _ in flat(tuple(parameters.values())))
        told = (
            f"The optimizer holds the parameters of {settings.updates} and none of the {count} of {settings.model}: no "
            "step will change them, and their gradients are never emptied."
        )
        advice = "Make the optimizer anew from this model's parameters: updates=" + settings.model + "."
        where, name = settings.model, next(iter(parameters))
    elif facts.unowned or facts.foreign:
        told = f"The optimizer {quoted(settings.optimizer)} {_given(facts)}."
        advice = "Give the optimizer all parameters that it is called with, and no others."
        where = name = facts.unowned[0] if facts.unowned else ""
    else:
        return
    place = (name, (0,) * _depth(parameters[name])) if name else None
    yield Finding("unowned-parameters", facts.step, facts.step, where, told, advice, place)


def _given(facts: StartFacts) -> str:
    """What it was not given, and what else it holds."""
    missing, model = facts.unowned, facts.settings.model
    numbers = f"{facts.foreign} number{'' if facts.foreign == 1 else 's'}"
    if not missing:
        return f"holds {numbers} that are not {model}'s"
    others = len(missing) - _NAMED
    named = [*missing[:_NAMED], *([f"{others} more"] if others > 0 else [])]
    listed = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
    told = (
        f"was not given {len(missing)} of the {len(facts.parameters)} parameters of {model}, {listed}: no step will "
        "change them, and their gradients are never emptied"
    )
    return told + (f"; it holds {numbers} that are not this model's" if facts.foreign else "")


def _depth(values: object) -> int:
    """How many indices a number of a parameter has."""
    return 1 + _depth(values[0]) if isinstance(values, tuple) and values else 0
