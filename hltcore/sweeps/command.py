"""Command: ``python -m hltcore sweep``, its arguments and what it prints."""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hltcore import file_arguments
from hltcore.edits import setting
from hltcore.errors import OptionError, SweepFileError, printable, quoted
from hltcore.sweeps import meter, report
from hltcore.sweeps.plan import Plan
from hltcore.sweeps.result import Sweep

if TYPE_CHECKING:
    from hltcore.sweeps.outcome import Shard
    from hltcore.sweeps.plan import Piece

__all__ = ["DESCRIPTION", "add_arguments", "lines"]

DESCRIPTION = (
    "Train a run from many seeds at once and say how many of them end with every example right. SPEC is as for\n"
    "train, with no point. Several values of a setting, as in lr=0.01,0.1 hidden=2,3,4, are laid side by side, each\n"
    "with each. The seeds are counted on from the spec's own. After Ctrl-C, what is done by then is printed; with\n"
    "--resume FILE it is kept, and the same command goes on from there."
)

_COMMA = re.compile(r",(?![^\[]*\])")  # not those in W.weight[0,1]


def add_arguments(parser: argparse.ArgumentParser, count: Callable[[str], int], epochs: int) -> None:
    """Add the arguments.

    Args:
        parser: Where to.
        count: Reads a whole number from 0 on.
        epochs: How many epochs when nobody says.
    """
    parser.add_argument("--seeds", type=count, default=10_000, metavar="N", help="how many seeds (default: 10000)")
    parser.add_argument(
        "--epochs", type=count, default=epochs, metavar="N", help=f"how many epochs (default: {epochs})"
    )
    parser.add_argument("--csv", metavar="FILE", help="write a line for each seed, with the spec that opens it")
    parser.add_argument("--resume", metavar="FILE", help="keep what is done in this file, and go on from it")


def lines(arguments: argparse.Namespace) -> Iterator[str]:
    """Train, and tell what came of it; the exit code is 130 when Ctrl-C broke it off."""
    words, grid = _apart(arguments.spec)
    spec = file_arguments.run_of(" ".join(words), arguments)
    plan = Plan.make(spec, arguments.seeds, arguments.epochs, grid)
    if arguments.csv is not None:
        _check_writable(Path(arguments.csv))
    done: dict[Piece, Shard] = {}
    try:
        with meter.shown(plan.runs, sys.stderr) as progress:
            from hltcore.sweeps.sweeping import shards  # late: it imports torch

            for piece, shard in shards(plan, resume=arguments.resume, progress=progress):
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
