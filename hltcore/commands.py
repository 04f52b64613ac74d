"""Commands: what ``python -m hltcore`` can do, each a name, arguments, and a function that yields lines."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from hltcore import diagnostics, featurizers, file_arguments, initialisations, printing
from hltcore.contenders import feature_sets
from hltcore.errors import StepError, printable
from hltcore.events import Event
from hltcore.export import command as export
from hltcore.export import printed
from hltcore.registry import Registry
from hltcore.spec import REGISTRIES, SETTINGS, RunSpec
from hltcore.sweeps import command as sweep_command

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["COMMANDS", "Command"]

EPOCHS = 49
"""Passes through the data when nobody says how many: the lecture's ``range(1, 50)``."""

PARTS: dict[str, Registry[Any]] = {
    "models": REGISTRIES["model"],
    "datasets": REGISTRIES["dataset"],
    "losses": REGISTRIES["loss"],
    "optimizers": REGISTRIES["optimizer"],
    "initialisations": initialisations.registry,
    "checks": diagnostics.registry,
    "featurizers": featurizers.registry,
}


@dataclass(frozen=True)
class Command:
    """One subcommand.

    Attributes:
        name: The word that calls it.
        help: One line for the list of commands.
        description: What its own ``--help`` says first.
        arguments: Adds its arguments to a parser.
        lines: Turns the parsed arguments into lines of output, one after the other; may set their ``code``, the exit
            code.
        rest: The argument that also takes the words that stand behind an option; "" where there is none.
        json: Whether the parsed arguments ask for JSON.
    """

    name: str
    help: str
    description: str
    arguments: Callable[[argparse.ArgumentParser], None]
    lines: Callable[[argparse.Namespace], Iterable[str]]
    rest: str = ""
    json: Callable[[argparse.Namespace], bool] = lambda arguments: False


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def _spec_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spec", nargs="*", metavar="SPEC", help="the run, in one or several words")
    file_arguments.add_arguments(parser)
    parser.add_argument("--split", metavar="SHARE", help="hold out this share of the examples, such as 0.25")


def _spec(arguments: argparse.Namespace) -> RunSpec:
    return file_arguments.run_of(" ".join(arguments.spec), arguments)


def _length_arguments(parser: argparse.ArgumentParser) -> None:
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=_count, metavar="N", help="go N steps on from the spec's last point")
    length.add_argument(
        "--epochs", type=_count, metavar="N", help=f"go N epochs on (default: {EPOCHS} if the spec names no point)"
    )


def _length(arguments: argparse.Namespace, spec: RunSpec) -> tuple[int | None, int | None]:
    """How many steps or epochs a run goes on from its last point."""
    steps, epochs = arguments.steps, arguments.epochs
    return (None, EPOCHS) if steps is None and epochs is None and not spec.marks else (steps, epochs)


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    _spec_arguments(parser)
    _length_arguments(parser)
    parser.add_argument(
        "--format",
        choices=("table", "jsonl", "notebook", "script"),
        default="table",
        help="a table (default), one JSON event a line, what the lecture's loop prints, or what an exported script "
        "prints",
    )


def _train(arguments: argparse.Namespace) -> Iterable[str]:
    spec = _spec(arguments)
    steps, epochs = _length(arguments, spec)
    from hltcore.trainer import Trainer  # late, here and below: these import torch

    trainer = Trainer.from_spec(spec.start)
    events = chain([trainer.started], trainer.follow(spec.marks), _further(trainer, steps, epochs))
    if arguments.format == "notebook":
        from hltcore import lecture

        return lecture.lines(trainer, events)
    if arguments.format == "jsonl":
        return printing.jsonl(events)
    if arguments.format == "script":
        return printed.run_lines(events, lambda: trainer.parameters)
    return printing.Table(lambda: trainer.dataset).lines(events)


def _further(trainer: Trainer, steps: int | None, epochs: int | None) -> Iterator[Event]:
    """The steps after the spec's last point; how many they are is asked only once it is reached."""
    if steps is not None or epochs is not None:
        yield from trainer.with_epochs(trainer.run(steps=steps, epochs=epochs))


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    _spec_arguments(parser)
    parser.add_argument(
        "--epochs",
        type=_count,
        metavar="N",
        help=f"go N epochs on from the spec's last point (default: {EPOCHS} if the spec names no point, otherwise 0)",
    )


def _check(arguments: argparse.Namespace) -> Iterator[str]:
    if len(arguments.spec) == 1 and _is_log(arguments.spec[0]):
        from hltcore import log_report

        yield from log_report.lines(arguments)
        return
    spec = _spec(arguments)
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
    count = len(trainer.findings)
    checks = len(trainer.checked)
    yield f"{checks} of {checks + len(trainer.unchecked)} checks looked"
    yield f"{count} finding{'' if count == 1 else 's'} in {trainer.steps} steps of {printable(trainer.spec)}"


def _is_log(word: str) -> bool:
    """Whether a word names an event log, and no run: what names a model and its data has no dot."""
    return word == "-" or word.endswith(".jsonl") or ("." in os.path.basename(word) and os.path.isfile(word))


def _gradcheck_arguments(parser: argparse.ArgumentParser) -> None:
    _spec_arguments(parser)


def _gradcheck(arguments: argparse.Namespace) -> Iterator[str]:
    spec = _spec(arguments)
    from hltcore.trainer import Trainer

    trainer = Trainer.from_spec(spec, checks=False)
    checks = trainer.check_gradients()
    wrong = [printable(check.name) for check in checks if not check.agrees]
    arguments.code = int(bool(wrong))
    yield from printing.gradients(checks)
    where = f"after step {trainer.steps} of {printable(trainer.spec)}"
    if wrong:
        yield f"{len(wrong)} of {len(checks)} gradients are wrong {where}: {', '.join(wrong)}"
    else:
        yield f"None of {len(checks)} gradients is wrong {where}"


def _compare_arguments(parser: argparse.ArgumentParser) -> None:
    _spec_arguments(parser)
    parser.add_argument("--epochs", type=_count, metavar="N", help="how many each (default: about 3000 steps)")


def _compare(arguments: argparse.Namespace) -> Iterator[str]:
    spec = _spec(arguments)
    feature_sets(spec)  # refuses without torch
    from hltcore.comparison import compare

    *_, rows = compare(spec, epochs=arguments.epochs)
    arguments.code = 2 if all(row.refusal for row in rows) else 0
    yield f"-- {printable(spec)}"
    yield from printing.comparison(rows)


def _sweep_arguments(parser: argparse.ArgumentParser) -> None:
    _spec_arguments(parser)
    sweep_command.add_arguments(parser, _count, EPOCHS)


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    _spec_arguments(parser)
    _length_arguments(parser)
    export.add_arguments(parser)


def _export(arguments: argparse.Namespace) -> Iterator[str]:
    spec = _spec(arguments)
    steps, epochs = _length(arguments, spec)
    return export.export(export.Job(spec, steps, epochs, arguments.format, arguments.out, arguments.force))


def _tensorboard_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a run's folder, or one of its files of events")
    parser.add_argument("--tag", default="", help="the scalar that is the loss (default: the one called so)")


def _tensorboard(arguments: argparse.Namespace) -> Iterable[str]:
    from hltcore.integrations import tensorboard

    return tensorboard.lines(arguments.path, arguments.tag)


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", nargs="?", choices=(*PARTS, "settings"), help="only these (default: all)")


def _list(arguments: argparse.Namespace) -> Iterator[str]:
    for part in (*PARTS, "settings"):
        if arguments.part in (None, part):
            yield part
            entries = PARTS.get(part)
            yield from printing.named(entries) if entries else (f"  {line}" for line in printing.options(SETTINGS))


COMMANDS = (
    Command(
        "train",
        "train a run and print every step",
        "Train a run and print every step.  SPEC is MODEL/DATASET/LOSS/OPTIMIZER, then settings, then points:\n"
        "two-layer/xor/mse/sgd lr=0.05 seed=3 @12e loss=l1 @20e  runs 12 epochs, switches the loss, and runs on\n"
        "to 20. What is left out from the right has its default. A point is 120 (steps), 12e (epochs) or 12e+3.",
        _train_arguments,
        _train,
        rest="spec",
        json=lambda arguments: arguments.format == "jsonl",
    ),
    Command(
        "export",
        "write a run as a script, a notebook, a table, a plot, or its weights",
        "Write a run to take away: as a plain PyTorch script that prints the same numbers, a notebook, a table, a\n"
        "plot, or its weights. SPEC, --steps and --epochs are as for train. A file that is there is not replaced.",
        _export_arguments,
        _export,
        rest="spec",
        json=lambda arguments: True,
    ),
    Command(
        "check",
        "train a run and say what is wrong with it",
        "Train a run and say what is wrong with it: findings with the step, the numbers and what to try. The exit\n"
        "code is 1 when there are any. SPEC is as for train; the run goes on for some epochs from its last point.\n"
        "In place of SPEC, the name of an event log (run.jsonl) asks for what can be told of a run that was recorded;\n"
        "- reads a log from standard input.",
        _check_arguments,
        _check,
        rest="spec",
    ),
    Command(
        "gradcheck",
        "compare each gradient with differences of the loss",
        "Compare the gradient of each parameter, as autograd computes it, with differences of the loss over all\n"
        "examples, in float64: a test for models and losses of your own. The exit code is 1 when any is wrong.\n"
        "SPEC is as for train; the check is made at its last point, which is the start if it names none.",
        _gradcheck_arguments,
        _gradcheck,
        rest="spec",
    ),
    Command(
        "compare",
        "train a run for each of several sets of features",
        "Train a run for each of several sets of features of its data set, all with the same settings, and say how\n"
        "far each gets on the examples trained on and on those held out. SPEC is as for train, with no point.",
        _compare_arguments,
        _compare,
        rest="spec",
    ),
    Command(
        "sweep",
        "train a run from many seeds at once and say how many learn",
        sweep_command.DESCRIPTION,
        _sweep_arguments,
        sweep_command.lines,
        rest="spec",
    ),
    Command(
        "tensorboard",
        "print a loss that TensorBoard keeps as an event log",
        "Print the loss that a run has written for TensorBoard as an event log, to be replayed beside others:\n"
        "python -m hltcore tensorboard runs/first > first.jsonl; hlt-tui replay first.jsonl second.jsonl",
        _tensorboard_arguments,
        _tensorboard,
        json=lambda arguments: True,
    ),
    Command(
        "list",
        "name everything that a run can be made of",
        "Name everything that a run can be made of, with other names, options and their defaults.",
        _list_arguments,
        _list,
    ),
)
