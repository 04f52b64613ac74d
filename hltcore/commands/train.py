"""Train: ``python -m hltcore train`` prints every step of a run."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from hltcore import printing
from hltcore.commands.arguments import add_length, add_spec, events_of, length_of, spec_of
from hltcore.commands.command import Command
from hltcore.export import printed

__all__ = ["TRAIN"]


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser)
    add_length(parser)
    parser.add_argument(
        "--format",
        choices=("table", "jsonl", "notebook", "script"),
        default="table",
        help="a table (default), one JSON event a line, what the lecture's loop prints, or what an exported script "
        "prints",
    )


def _lines(arguments: argparse.Namespace) -> Iterable[str]:
    spec = spec_of(arguments)
    steps, epochs = length_of(arguments, spec)
    from hltcore.trainer import Trainer  # late, as in each of these commands: it imports torch

    trainer = Trainer.from_spec(spec.start)
    events = events_of(trainer, spec, steps, epochs)
    if arguments.format == "notebook":
        from hltcore import lecture

        return lecture.lines(trainer, events)
    if arguments.format == "jsonl":
        return printing.jsonl(events)
    if arguments.format == "script":
        return printed.run_lines(events, lambda: trainer.parameters)
    return printing.Table(lambda: trainer.dataset).lines(events)


TRAIN = Command(
    "train",
    "train a run and print every step",
    "Train a run and print every step.  SPEC is MODEL/DATASET/LOSS/OPTIMIZER, then settings, then points:\n"
    "two-layer/xor/mse/sgd lr=0.05 seed=3 @12e loss=l1 @20e  runs 12 epochs, switches the loss, and runs on\n"
    "to 20. What is left out from the right has its default. A point is 120 (steps), 12e (epochs) or 12e+3.",
    _arguments,
    _lines,
    rest="spec",
    json=lambda arguments: arguments.format == "jsonl",
)
