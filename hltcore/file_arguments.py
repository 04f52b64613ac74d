"""File arguments: ``--data FILE``, ``--split`` and what goes with them, for every command line that opens a run."""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from hltcore import datasets
from hltcore.dataset import Dataset
from hltcore.edits import setting
from hltcore.errors import OptionError, SpecError, printable, quoted
from hltcore.options import Value, write
from hltcore.registry import Entry
from hltcore.spec import RunSpec
from hltcore.table_file import NAME, options_for, predicts_number

__all__ = ["add_arguments", "held_out", "opened", "run_of", "told"]

_FILES = {
    ".csv": "--data {} trains on it.",
    ".tsv": "--data {} trains on it.",
    ".jsonl": "if it is an event log, hlt-tui replay {} shows it.",
    ".py": "if it registers parts of a run, --plugin {} adds them.",
}
"""What somebody wants who gives a file in place of a run, by the end of its name."""
_NUMBERS = "linear-regression"
"""The model for targets that are numbers, when nobody names one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ``--data``, ``--target``, ``--features``, ``--text`` and ``--split``."""
    parser.add_argument("--data", metavar="FILE", help="train on a CSV or TSV file of your own, with a header")
    parser.add_argument("--target", metavar="COLUMN", help="its column to predict (or COLUMN:number, COLUMN:classes)")
    parser.add_argument("--features", metavar="COLUMNS", help="its columns that the model sees, separated by commas")
    parser.add_argument(
        "--text",
        metavar="COLUMN:HOW",
        action="append",
        help="a column of words that it sees, too, as in word:letters (python -m hltcore list featurizers)",
    )
    parser.add_argument("--split", metavar="SHARE", help="hold out this share of the examples, such as 0.25 or 25%%")


def opened(words: str, arguments: argparse.Namespace) -> RunSpec:
    """The run that a line and the arguments name.

    Args:
        words: The line; empty for the usual run.
        arguments: What ``add_arguments`` reads.

    Raises:
        HltError: The line cannot be read, it names other data, or the file cannot be used.
    """
    first = words.split(" ", 1)[0]
    told = "" if "=" in first else _FILES.get(Path(first).suffix.lower(), "")
    if told:
        raise SpecError(f"{quoted(first)} is a file, not a run: {told.format(printable(first))}")
    if arguments.data is None:
        beside = [name for name in ("target", "features", "text") if getattr(arguments, name) is not None]
        if beside:
            raise OptionError(f"--{beside[0]} says what a column of a file is: name the file by --data.")
        return RunSpec.parse(words) if words else RunSpec()
    features = None if arguments.features is None else _listed(arguments.features)
    options = options_for(arguments.data, arguments.target, features, arguments.text)
    return RunSpec.parse(_line(words.split(), options))


def run_of(words: str, arguments: argparse.Namespace) -> RunSpec:
    """The run of a command, with ``--split``; what its file's columns are is told on standard error.

    Args:
        words: The line.
        arguments: What ``add_arguments`` reads.

    Raises:
        HltError: The run cannot be opened.
    """
    spec = held_out(opened(words, arguments), arguments.split)
    for line in told(spec):  # not among the output, which may be JSON
        print(f"hltcore: {line}", file=sys.stderr)
    return spec


def held_out(spec: RunSpec, share: str | None) -> RunSpec:
    """A run with the share of its examples held out that ``--split`` says: 0.25, or 25%; None for what its spec says.

    Raises:
        OptionError: That is no share, or the data set holds none out.
    """
    if share is None:
        return spec
    digits, percent, rest = share.strip().partition("%")
    try:
        part = float(Decimal(digits) / (100 if percent else 1))  # exact: 33.3% is 0.333
    except ArithmeticError:
        part = math.nan
    if rest or not 0 <= part < 1:
        meant = f" Did you mean {digits}%?" if not percent and 1 <= part < 100 else ""
        raise OptionError(
            f"--split {quoted(share)} is not allowed: it is a share of the examples, from 0 to less than 1, such as "
            f"0.25 or 25%.{meant}"
        )
    return spec.split(part)


def _listed(text: str) -> list[str]:
    """Names separated by commas; one that holds a comma itself is quoted, as in the file."""
    return [name for name in (name.strip() for name in next(csv.reader([text], skipinitialspace=True), [])) if name]


def _line(words: list[str], options: dict[str, Value]) -> str:
    """A line with the file in the place of its data set."""
    names: list[str] = []
    if words and "=" not in words[0] and not words[0].startswith("@"):
        names = words.pop(0).split("/")
    if len(names) > 1 and (names[1] == "" or datasets.registry.canonical(names[1]) != NAME):
        raise SpecError(
            f"{quoted('/'.join(names))} names the data set {quoted(names[1])}, and --data another: write {NAME} in its "
            "place, or name the model alone."
        )
    entry: Entry = datasets.registry.get(NAME)
    first = next((place for place, word in enumerate(words) if word.startswith("@")), len(words))
    for word in words[:first]:
        if word.partition("=")[0] in ("dataset", *options):
            raise SpecError(f"{quoted(word)} is said by --data and its options already.")
    said = dict(setting(word) for word in words[:first])
    chosen: dict[str, Value] = {name: said[name] for name in ("target", "features") if name in said}
    named = names[0] if names else said.get("model")
    if named is None:
        named = _NUMBERS if predicts_number(entry.complete({**options, **chosen})) else RunSpec().model
    rest = [word for word in words[:first] if word.partition("=")[0] != "model"]
    settings = [f"{name}={write(value)}" for name, value in options.items()]
    return " ".join(["/".join([named, NAME, *names[2:]]), *rest, *settings, *words[first:]])


def told(spec: RunSpec) -> Iterator[str]:
    """What each column of a run's file is, as lines; none for other data.

    Raises:
        HltError: The data set cannot be made.
    """
    entry = datasets.registry.get(spec.dataset)
    if entry.pin is None:
        return
    data: Dataset = entry.factory(**spec.options_of("dataset"))
    width = max(len(printable(name)) for name, _ in data.notes)
    for name, note in data.notes:
        yield f"{printable(data.name)}: {note}" if not name else f"  {printable(name):{width}}  {printable(note)}"
