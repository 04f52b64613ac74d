"""Compare: ``python -m hltcore compare`` says how far other features of the same data get."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from hltcore import printing
from hltcore.commands.arguments import add_spec, count, spec_of
from hltcore.commands.command import Command
from hltcore.contenders import feature_sets
from hltcore.errors import printable

__all__ = ["COMPARE"]


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser)
    parser.add_argument("--epochs", type=count, metavar="N", help="how many each (default: about 3000 steps)")


def _lines(arguments: argparse.Namespace) -> Iterator[str]:
    spec = spec_of(arguments)
    feature_sets(spec)  # refuses without torch
    from hltcore.comparison import compare

    *_, rows = compare(spec, epochs=arguments.epochs)
    arguments.code = 2 if all(row.refusal for row in rows) else 0
    yield f"-- {printable(spec)}"
    yield from printing.comparison(rows)


COMPARE = Command(
    "compare",
    "train a run for each of several sets of features",
    "Train a run for each of several sets of features of its data set, all with the same settings, and say how\n"
    "far each gets on the examples trained on and on those held out. SPEC is as for train, with no point.",
    _arguments,
    _lines,
    rest="spec",
)
