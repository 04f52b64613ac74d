"""Log checks: which checks can look at an event log, and those that look at what only a log has."""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.diagnostics import Finding
from hltcore.errors import UncheckedError
from hltcore.log_facts import Stretch
from hltcore.logged import LogStarted, WholeTensor
from hltcore.units import RECTIFIERS, is_dead

__all__ = ["AT_EPOCHS", "AT_ODD_STEPS", "CANNOT", "dead_units", "unowned"]

AT_ODD_STEPS = ("not-finite", "loss-below-zero")
"""Checks that look at a step whose loss is odd."""
AT_EPOCHS = (
    *("unmoved-parameter", "vanishing-gradient", "exploding-gradient", "diverging", "plateau", "step-too-large"),
    *("step-too-small", "overfitting"),
)
"""Checks that look at the end of an epoch."""

_NO_DATA = "A log does not hold the data set."
_NO_EXAMPLES = "A log does not hold every example under the same parameters."
_NO_MODEL = "A log does not say how the model computes."
CANNOT = {
    "contradicting-examples": _NO_DATA,
    "not-separable": _NO_DATA,
    "linear-stack": _NO_MODEL,
    "twin-units": _NO_MODEL,
    "carried-parameters": _NO_DATA,
    "unbounded-output": _NO_MODEL,
    "saturated-unit": _NO_EXAMPLES,
    "constant-output": _NO_EXAMPLES,
    "accumulating-gradient": "A log does not name the loss function.",
    "summed-batch": "A log does not name the loss function.",
}
"""Why each of the others cannot look."""
_KINDS = {"ReLU": "relu", "ReLU6": "relu"}
_NAMED = 4


def unowned(started: LogStarted | None) -> Iterator[Finding]:
    """Parameters that ask for a gradient and that the optimizer does not hold, by identity, as it steps tensors.

    Raises:
        UncheckedError: The log does not say what the optimizer holds.
    """
    if started is None or not started.optimizer:
        raise UncheckedError("The log does not say which parameters the optimizer holds.")
    names = started.unowned
    if not names:
        return
    trained = len(started.shapes) - len(started.frozen)
    few = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    which = f"none of the {trained} parameters" if len(names) == trained else f"not all of the {trained} parameters"
    other = f"{started.strangers} tensors that are not this model's, and " if started.strangers else ""
    told = f"The optimizer holds {other}{which} of {started.model}: no step will change {few}."
    advice = "Make the optimizer after the model, from its model.parameters(), or freeze what is not to be trained."
    yield Finding("unowned-parameters", 0, 0, started.model, told, advice, (names[0], (0,) * len(_shape(started))))


def _shape(started: LogStarted) -> tuple[int, ...]:
    return started.shapes.get(started.unowned[0], ())


def dead_units(facts: Stretch) -> Iterator[Finding]:
    """Units of rectifiers that no recorded example of an epoch opens.

    Raises:
        UncheckedError: No activations of a rectifier are recorded.
    """
    functions = _functions(facts)
    looked = False
    for name, function in functions.items():
        columns: dict[int, list[float]] = {}
        for step in facts.seen:
            z = step.pre_activations.get(name)
            if isinstance(z, WholeTensor):
                looked = True
                _gather(columns, z)
        for unit, zs in columns.items():
            if is_dead(function, zs) and all(value == value for value in zs):
                told = (
                    f"No recorded example of the last epoch opens {name}[{unit}]: of its {len(zs)} z the highest is "
                    f"{max(zs):.4g}."
                )
                advice = "Try another seed, a smaller learning rate, more hidden units, or set its bias above 0."
                yield Finding("dead-unit", facts.step, facts.step, f"{name}[{unit}]", told, advice)
    if not looked:
        raise UncheckedError("The log has no activations of a ReLU: watch them with activations=True.")


def _functions(facts: Stretch) -> dict[str, str]:
    """The rectifiers, by name."""
    if facts.last.event is not None:
        layout = facts.last.event.layout
        pairs = zip(layout.pre_activations.names, layout.functions)
        return {name: function for name, function in pairs if function in RECTIFIERS}
    layers = {} if facts.started is None else facts.started.layers
    return {name: _KINDS[kind] for name, kind in layers.items() if kind in _KINDS}


def _gather(columns: dict[int, list[float]], z: WholeTensor) -> None:
    """Sort numbers by unit: the second dimension of a batch, or the only one there is."""
    if len(z.shape) < 2:
        for unit, value in enumerate(z.flat):
            columns.setdefault(unit, []).append(value)
        return
    units = z.shape[1]
    each = z.size // (z.shape[0] * units) if z.size else 1
    for place, value in enumerate(z.flat):
        columns.setdefault(place // each % units, []).append(value)
