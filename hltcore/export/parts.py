"""Parts: each part of a run as source, from what its registry entry says, or else from its factory's own source."""

from __future__ import annotations

from collections.abc import Callable
from keyword import iskeyword

from hltcore.errors import ExportError, printable
from hltcore.export.gather import gathered
from hltcore.initialisations import registry as initialisations
from hltcore.models import registry as models
from hltcore.places import Place
from hltcore.registry import Entry, Own
from hltcore.spec import RunSpec
from hltcore.written import Written

__all__ = ["criterion", "initialisation", "model", "numbers", "optimizer", "other_model"]


def model(spec: RunSpec, inputs: int) -> Written:
    """What makes the model, from so many features.

    Raises:
        ExportError: It is an object that a script passed, or has no source.
    """
    if isinstance(spec.model, Own):
        raise ExportError(
            f"The model {printable(spec.model)} is an object that a script passed: only that script has its source."
        )
    return _part("model", spec.entries["model"], (inputs,), spec.options_of("model"))


def other_model(name: str, inputs: int) -> Written:
    """What makes another model, with its defaults."""
    entry = models.get(name)
    return _part("model", entry, (inputs,), entry.complete({}))


def initialisation(spec: RunSpec) -> Written:
    """The statements that fill a new model's parameters; none where its layers have done it."""
    entry = initialisations.get(spec.init)
    return _part("initialisation", entry, ("model",), {}, plain=str)


def criterion(spec: RunSpec) -> Written:
    """What makes the loss function."""
    output = models.get(spec.model).output
    return _part("loss", spec.entries["loss"], (output,), spec.options_of("loss"))


def optimizer(spec: RunSpec, parameters: str) -> Written:
    """What makes the optimizer of some parameters, given as Python."""
    options = spec.options_of("optimizer")
    return _part("optimizer", spec.entries["optimizer"], (parameters, repr(spec.lr)), options, plain=str)


def _part(
    kind: str,
    entry: Entry,
    given: tuple[object, ...],
    options: dict[str, bool | int | float | str],
    plain: Callable[[object], str] = repr,
) -> Written:
    if entry.script is not None:
        return entry.script(*given, **options)
    define, imports = gathered(f"{kind} {entry.name}", entry.factory)
    words = [*map(plain, given), *(f"{name}={value!r}" for name, value in options.items())]
    return Written(f"{entry.factory.__name__}({', '.join(words)})", define, imports)


def numbers(place: Place) -> str:
    """Some numbers of the model's parameters, as a tensor that shares them."""
    words = place.name.split(".")
    if all(word.isidentifier() and not iskeyword(word) for word in words):
        told = f"model.{place.name}"
    else:
        told = f"model.get_parameter({place.name!r})"
    return f"{told}.data" + (f"[{', '.join(map(str, place.index))}]" if place.index else "")
