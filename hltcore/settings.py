"""Settings: what a spec says of every run: the kinds of its parts, and what can be set beside them."""

from __future__ import annotations

from typing import Any

from hltcore import datasets, initialisations, losses, models, optimizers
from hltcore.options import Option, flag, integer, number, word
from hltcore.places import canonical as canonical_places
from hltcore.registry import Registry

__all__ = ["REGISTRIES", "SETTINGS"]

REGISTRIES: dict[str, Registry[Any]] = {
    "model": models.registry,
    "dataset": datasets.registry,
    "loss": losses.registry,
    "optimizer": optimizers.registry,
}
"""By kind, what a run is made of, in the order of a spec."""


def _batch(text: str) -> str:
    if text.casefold() == "all":
        return "all"
    return str(integer("batch", 1, "", minimum=1).read(text))


def _owner(name: str) -> str:
    return models.registry.canonical(name) if name else ""


def _owners() -> tuple[str, ...]:
    return ("", *models.registry.names())


SETTINGS: tuple[Option, ...] = (
    number("lr", 0.1, "learning rate", minimum=0.0),
    integer("seed", 0, "where the random numbers start"),
    word("batch", "1", "examples in one step, from 1 to all", _batch),
    flag("shuffle", False, "another order of the examples in every epoch, from the seed"),
    word(
        "init",
        "pytorch",
        "how parameters get their first values",
        initialisations.registry.canonical,
        choices=initialisations.registry.names,
    ),
    number("l1", 0.0, "L1 regularisation: the loss plus l1·Σ|w| over all weights", minimum=0.0),
    number("l2", 0.0, "L2 regularisation: the loss plus l2/2·Σw² over all weights", minimum=0.0),
    word("updates", "", "another model, whose parameters the optimizer was given by mistake", _owner, choices=_owners),
    word("frozen", "", "what no update changes, as in linear1.bias+linear1.weight[0,1]", canonical_places),
)
"""What every run has, whatever its parts."""
