"""List: ``python -m hltcore list`` names everything that a run can be made of."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from hltcore import diagnostics, featurizers, initialisations, printing
from hltcore.commands.command import Command
from hltcore.registry import Registry
from hltcore.settings import REGISTRIES, SETTINGS

__all__ = ["LIST"]

_PARTS: dict[str, Registry[Any]] = {
    "models": REGISTRIES["model"],
    "datasets": REGISTRIES["dataset"],
    "losses": REGISTRIES["loss"],
    "optimizers": REGISTRIES["optimizer"],
    "initialisations": initialisations.registry,
    "checks": diagnostics.registry,
    "featurizers": featurizers.registry,
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", nargs="?", choices=(*_PARTS, "settings"), help="only these (default: all)")


def _lines(arguments: argparse.Namespace) -> Iterator[str]:
    for part in (*_PARTS, "settings"):
        if arguments.part in (None, part):
            yield part
            entries = _PARTS.get(part)
            yield from printing.named(entries) if entries else (f"  {line}" for line in printing.options(SETTINGS))


LIST = Command(
    "list",
    "name everything that a run can be made of",
    "Name everything that a run can be made of, with other names, options and their defaults.",
    _arguments,
    _lines,
)
