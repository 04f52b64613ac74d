"""Initialisations by name: how a new model's parameters get their first values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hltcore.registry import Entry, Registry

if TYPE_CHECKING:
    from torch.nn import Module

__all__ = ["InitialisationEntry", "register", "registry"]


@dataclass(frozen=True)
class InitialisationEntry(Entry):
    """An initialisation that a spec can name; ``factory(model)`` fills a new model's parameters in place."""


registry: Registry[InitialisationEntry] = Registry("initialisation", "hltcore.initialisations", InitialisationEntry)


def register(
    name: str, factory: Callable[[Module], None], *, summary: str = "", aliases: tuple[str, ...] = ()
) -> InitialisationEntry:
    """Add an initialisation.

    Args:
        name: Its name in specs (``init=NAME``).
        factory: Called with a model as PyTorch made it, the random generator seeded; fills its parameters in place.
        summary: One line for lists.
        aliases: Other names.

    Raises:
        RegistryError: A name is malformed or taken.
    """
    return registry.add(InitialisationEntry(name, factory, summary, aliases))


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


register(
    "pytorch",
    _pytorch,
    summary="PyTorch's defaults: uniform in ±1/√inputs; embeddings from N(0, 1)",
    aliases=("default",),
)
register("zeros", _constant(0.0), summary="every parameter 0: hidden units stay twins")
register("ones", _constant(1.0), summary="every parameter 1: hidden units stay twins")
register("normal", _weights("normal"), summary="weights from N(0, 1), biases 0")
register(
    "xavier",
    _weights("xavier"),
    summary="weights uniform in ±√(6/(inputs + outputs)), biases 0",
    aliases=("glorot",),
)
register("kaiming", _weights("kaiming"), summary="weights uniform in ±√(6/inputs), biases 0", aliases=("he",))
