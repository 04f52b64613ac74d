"""Initialisations by name: how a new model's parameters get their first values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hltcore.registry import Entry, Registry
from hltcore.written import Written

if TYPE_CHECKING:
    from torch.nn import Module

__all__ = ["InitialisationEntry", "register", "registry"]


@dataclass(frozen=True)
class InitialisationEntry(Entry):
    """An initialisation that a spec can name; ``factory(model)`` fills a new model's parameters in place."""


registry: Registry[InitialisationEntry] = Registry("initialisation", "hltcore.initialisations", InitialisationEntry)


def register(
    name: str,
    factory: Callable[[Module], None],
    *,
    summary: str = "",
    aliases: tuple[str, ...] = (),
    script: Callable[[str], Written] | None = None,
) -> InitialisationEntry:
    """Add an initialisation.

    Args:
        name: Its name in specs (``init=NAME``).
        factory: Called with a model as PyTorch made it, the random generator seeded; fills its parameters in place.
        summary: One line for lists.
        aliases: Other names.
        script: Tells how it is written in a plain script: gets the model as Python, and returns a ``Written`` whose
            ``call`` is statements.

    Raises:
        RegistryError: A name is malformed or taken.
    """
    return registry.add(InitialisationEntry(name, factory, summary, aliases, script=script))


def _pytorch(model: Module) -> None:
    """Leave the values that the layers' own constructors drew."""


def _constant(value: float) -> Callable[[Module], None]:
    def fill(model: Module) -> None:
        from hltcore._torch import torch

        constant_ = torch.nn.init.constant_

        for parameter in model.parameters():
            constant_(parameter, value)

    return fill


def _weights(method: str) -> Callable[[Module], None]:
    """Draw matrices by a method of ``torch.nn.init``; vectors (biases) start at 0, as their papers have it."""

    def fill(model: Module) -> None:
        from hltcore._torch import torch

        init = torch.nn.init

        draw: Any = {"normal": init.normal_, "xavier": init.xavier_uniform_, "kaiming": init.kaiming_uniform_}[method]
        for parameter in model.parameters():
            if parameter.dim() > 1:
                draw(parameter)
            else:
                init.zeros_(parameter)

    return fill


def _written(matrices: str, vectors: str) -> Callable[[str], Written]:
    """A method of ``torch.nn.init`` for matrices, and one for vectors."""

    def write(model: str) -> Written:
        if not matrices:
            return Written("")
        loop = f"for parameter in {model}.parameters():\n"
        if matrices == vectors:
            return Written(f"{loop}    torch.nn.init.{matrices}(parameter)")
        return Written(
            f"{loop}    if parameter.dim() > 1:\n        torch.nn.init.{matrices}(parameter)\n"
            f"    else:\n        torch.nn.init.{vectors}(parameter)"
        )

    return write


register(
    "pytorch",
    _pytorch,
    summary="PyTorch's defaults: uniform in ±1/√inputs; embeddings from N(0, 1)",
    aliases=("default",),
    script=_written("", ""),
)
register(
    "zeros",
    _constant(0.0),
    summary="every parameter 0: hidden units stay twins",
    script=_written("zeros_", "zeros_"),
)
register(
    "ones", _constant(1.0), summary="every parameter 1: hidden units stay twins", script=_written("ones_", "ones_")
)
register("normal", _weights("normal"), summary="weights from N(0, 1), biases 0", script=_written("normal_", "zeros_"))
register(
    "xavier",
    _weights("xavier"),
    summary="weights uniform in ±√(6/(inputs + outputs)), biases 0",
    aliases=("glorot",),
    script=_written("xavier_uniform_", "zeros_"),
)
register(
    "kaiming",
    _weights("kaiming"),
    summary="weights uniform in ±√(6/inputs), biases 0",
    aliases=("he",),
    script=_written("kaiming_uniform_", "zeros_"),
)
