"""Sweep: ``python -m hltcore sweep`` trains from many seeds at once, and says how many of the runs learn."""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hltcore import file_arguments
from hltcore.commands.arguments import EPOCHS, add_spec, count
from hltcore.commands.command import Command
from hltcore.edits import setting
from hltcore.errors import OptionError, SweepFileError, printable, quoted
from hltcore.sweeps import meter, report
from hltcore.sweeps.plan import Plan
from hltcore.sweeps.processes import processes
from hltcore.sweeps.result import Sweep

if TYPE_CHECKING:
    from hltcore.sweeps.outcome import Shard
    from hltcore.sweeps.plan import Piece

__all__ = ["SWEEP"]

_MOST = 61
"""Processes at most: Windows cannot wait for more at once, as ``ProcessPoolExecutor`` says."""
_COMMA = re.compile(r",(?![^\[]*\])")  # not those in W.weight[0,1]


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser)
    parser.add_argument("--seeds", type=count, default=10_000, metavar="N", help="how many seeds (default: 10000)")
    parser.add_argument(
        "--epochs", type=count, default=EPOCHS, metavar="N", help=f"how many epochs (default: {EPOCHS})"
    )
    parser.add_argument(
        "--processes",
        type=_workers,
        default=0,
        metavar="N",
        help="train in N processes: each needs some seconds to start, so this pays where a sweep takes much longer",
    )
    parser.add_argument("--csv", metavar="FILE", help="write a line for each seed, with the spec that opens it")
    parser.add_argument("--resume", metavar="FILE", help="keep what is done in this file, and go on from it")


def _lines(arguments: argparse.Namespace) -> Iterator[str]:
    """Train, and tell what came of it; the exit code is 130 when Ctrl-C broke it off."""
    words, grid = _apart(arguments.spec)
    spec = file_arguments.run_of(" ".join(words), arguments)
    plan = Plan.make(spec, arguments.seeds, arguments.epochs, grid)
    if arguments.csv is not None:
        _check_writable(Path(arguments.csv))
    done: dict[Piece, Shard] = {}
    try:
        with meter.shown(plan.runs, sys.stderr) as progress:
            for piece, shard in _shards(plan, arguments, progress):
                done[piece] = shard
    except KeyboardInterrupt:
        arguments.code = 130
    sweep = Sweep(plan, done)
    if arguments.csv is not None:
        _write_csv(Path(arguments.csv), sweep)
    yield from report.lines(sweep)
    if not sweep.complete:
        kept = "" if arguments.resume is None else "; the same command goes on from there"
        yield f"Stopped after {sweep.runs:,} of {plan.runs:,} runs{kept}."


def _shards(
    plan: Plan, arguments: argparse.Namespace, progress: Callable[[float], None]
) -> Iterator[tuple[Piece, Shard]]:
    """What is trained, here or in processes."""
    from hltcore.sweeps.sweeping import shards, share  # late: it imports torch

    kept = arguments.resume
    if not arguments.processes:
        yield from shards(plan, resume=kept, progress=progress)
        return
    largest = share(plan, arguments.processes)
    with processes(arguments.processes) as pool:
        yield from shards(
            plan, executor=pool, plugins=arguments.plugin, resume=kept, progress=progress, largest=largest
        )


def _workers(text: str) -> int:
    """Read how many processes."""
    number = count(text)
    if not 1 <= number <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {_MOST}")
    return number


def _apart(words: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The words of a spec, and the settings that have several values."""
    one: list[str] = []
    several: dict[str, list[str]] = {}
    for word in " ".join(words).split():
        if "=" not in word or not _COMMA.search(word):
            one.append(word)
            continue
        name, values = setting(word)
        if name in several:
            raise OptionError(f"{quoted(name)} is given twice.")
        several[name] = _COMMA.split(str(values))
    return one, several


def _check_writable(path: Path) -> None:
    """Find out before a sweep what would be told only after it."""
    try:
        path.open("a").close()
    except OSError as error:
        raise SweepFileError(f"{quoted(path)} cannot be written: {error.strerror}") from None


def _write_csv(path: Path, sweep: Sweep) -> None:
    names = [name for name, _ in sweep.plan.changed[0]]
    columns = ["seed", "loss", "right", "solved", "epoch", "dead", "findings", "stopped", "spec"]
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([*names, *columns])
            for variant in sweep:
                settings = [value for _, value in variant.changed]
                for outcome in variant.outcomes:
                    row: list[Any] = [outcome.seed, outcome.loss, outcome.right, int(outcome.solved)]
                    row += ["" if outcome.epoch is None else outcome.epoch, " ".join(outcome.dead)]
                    row += [" ".join(outcome.findings), "" if outcome.stopped is None else outcome.stopped]
                    writer.writerow([*settings, *row, printable(variant.spec_of(outcome))])
    except OSError as error:
        raise SweepFileError(f"{quoted(path)} cannot be written: {error.strerror}") from None


SWEEP = Command(
    "sweep",
    "train a run from many seeds at once and say how many learn",
    "Train a run from many seeds at once and say how many of them end with every example right. SPEC is as for\n"
    "train, with no point. Several values of a setting, as in lr=0.01,0.1 hidden=2,3,4, are laid side by side, each\n"
    "with each. The seeds are counted on from the spec's own. After Ctrl-C, what is done by then is printed; with\n"
    "--resume FILE it is kept, and the same command goes on from there. Seeds are trained together, in groups that\n"
    "take some seconds: those of a group that is under way are lost, and trained once more.",
    _arguments,
    _lines,
    rest="spec",
)
