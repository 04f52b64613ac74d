"""Arguments: what several subcommands ask for: a run, and how far it goes on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hltcore import file_arguments
from hltcore.events import Event
from hltcore.spec import RunSpec

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["EPOCHS", "add_length", "add_spec", "count", "events_of", "length_of", "spec_of"]

EPOCHS = 49
"""Passes through the data when nobody says how many: the lecture's ``range(1, 50)``."""


def count(text: str) -> int:
    """Read a whole number from 0 on."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def add_spec(parser: argparse.ArgumentParser) -> None:
    """Add what names a run: the words of its spec, a file of data, a share to hold out."""
    parser.add_argument("spec", nargs="*", metavar="SPEC", help="the run, in one or several words")
    file_arguments.add_arguments(parser)


def spec_of(arguments: argparse.Namespace) -> RunSpec:
    """The run that is named."""
    return file_arguments.run_of(" ".join(arguments.spec), arguments)


def add_length(parser: argparse.ArgumentParser) -> None:
    """Add how far the run goes on from its last point."""
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=count, metavar="N", help="go N steps on from the spec's last point")
    length.add_argument(
        "--epochs", type=count, metavar="N", help=f"go N epochs on (default: {EPOCHS} if the spec names no point)"
    )


def length_of(arguments: argparse.Namespace, spec: RunSpec) -> tuple[int | None, int | None]:
    """How many steps or epochs a run goes on from its last point; None where the other says it, or nothing does."""
    steps, epochs = arguments.steps, arguments.epochs
    return (None, EPOCHS) if steps is None and epochs is None and not spec.marks else (steps, epochs)


def events_of(trainer: Trainer, spec: RunSpec, steps: int | None, epochs: int | None) -> Iterator[Event]:
    """The events of a run that is at its start, to the spec's last point and as far on as is asked for."""
    yield trainer.started
    yield from trainer.follow(spec.marks)
    if steps is not None or epochs is not None:  # how many steps that is, is asked only once the last point is reached
        yield from trainer.with_epochs(trainer.run(steps=steps, epochs=epochs))
