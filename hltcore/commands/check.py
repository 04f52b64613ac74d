"""Check: ``python -m hltcore check`` says what keeps a run from learning, one that it trains or one in a log."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from hltcore import printing
from hltcore.commands.arguments import EPOCHS, add_spec, count, spec_of
from hltcore.commands.command import Command
from hltcore.errors import StepError, printable

__all__ = ["CHECK"]


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser)
    parser.add_argument(
        "--epochs",
        type=count,
        metavar="N",
        help=f"go N epochs on from the spec's last point (default: {EPOCHS} if the spec names no point, otherwise 0)",
    )


def _lines(arguments: argparse.Namespace) -> Iterator[str]:
    if len(arguments.spec) == 1 and _is_log(arguments.spec[0]):
        from hltcore import log_report

        yield from log_report.lines(arguments)
        return
    spec = spec_of(arguments)
    epochs = arguments.epochs
    if epochs is None:
        epochs = 0 if spec.marks else EPOCHS
    from hltcore.trainer import Trainer

    trainer = Trainer.from_spec(spec)
    stopped = ""
    try:
        for _ in trainer.run(epochs=epochs):
            pass
    except StepError as error:  # what was found before it may say why
        stopped = printable(error)
    arguments.code = int(bool(trainer.findings or stopped))
    yield from printing.findings(trainer.findings, trainer.unchecked)
    if stopped:
        yield f"The run cannot go on after step {trainer.steps}: {stopped}"
    yield from printing.looked(trainer.findings, trainer.checked, trainer.unchecked, trainer.steps, trainer.spec)


def _is_log(word: str) -> bool:
    """Whether a word names an event log, and no run: what names a model and its data has no dot."""
    return word == "-" or word.endswith(".jsonl") or ("." in os.path.basename(word) and os.path.isfile(word))


CHECK = Command(
    "check",
    "train a run and say what is wrong with it",
    "Train a run and say what is wrong with it: findings with the step, the numbers and what to try. The exit\n"
    "code is 1 when there are any. SPEC is as for train; the run goes on for some epochs from its last point.\n"
    "In place of SPEC, the name of an event log (run.jsonl) asks for what can be told of a run that was recorded;\n"
    "- reads a log from standard input.",
    _arguments,
    _lines,
    rest="spec",
)
