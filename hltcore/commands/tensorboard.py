"""Tensorboard: ``python -m hltcore tensorboard`` prints a loss that TensorBoard keeps as an event log."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from hltcore.commands.command import Command

__all__ = ["TENSORBOARD"]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a run's folder, or one of its files of events")
    parser.add_argument("--tag", default="", help="the scalar that is the loss (default: the one called so)")


def _lines(arguments: argparse.Namespace) -> Iterable[str]:
    from hltcore.integrations import tensorboard

    return tensorboard.lines(arguments.path, arguments.tag)


TENSORBOARD = Command(
    "tensorboard",
    "print a loss that TensorBoard keeps as an event log",
    "Print the loss that a run has written for TensorBoard as an event log, to be replayed beside others:\n"
    "python -m hltcore tensorboard runs/first > first.jsonl; hlt-tui replay first.jsonl second.jsonl",
    _arguments,
    _lines,
    json=lambda arguments: True,
)
