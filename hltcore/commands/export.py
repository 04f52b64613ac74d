"""Export: ``python -m hltcore export`` writes a run to take away, in one of the forms of a table."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hltcore.commands.arguments import add_length, add_spec, events_of, length_of, spec_of
from hltcore.commands.command import Command
from hltcore.errors import ExportError, printable, quoted_path
from hltcore.events import Event
from hltcore.printing import jsonl
from hltcore.spec import RunSpec

if TYPE_CHECKING:  # what only one command needs is imported late, so that the others start as quickly as before
    from hltcore.export.script import Script
    from hltcore.trainer import Trainer

__all__ = ["EXPORT"]


@dataclass(frozen=True)
class _Job:
    """What is to be exported.

    Attributes:
        spec: The run.
        steps: How many steps it goes on from its last point; None where epochs say it, or nothing does.
        epochs: The same in epochs.
        format: A key of ``_FORMATS``.
        out: Where it goes; None for standard output.
        force: Whether it may replace a file.
    """

    spec: RunSpec
    steps: int | None
    epochs: int | None
    format: str
    out: Path | None = None
    force: bool = False


@dataclass(frozen=True)
class _Format:
    """A form in which a run can be written.

    Attributes:
        help: What it is.
        lines: Makes it as lines of text; None for what is bytes.
        packed: Makes it as bytes, which go into a file alone; None for what is text.
    """

    help: str
    lines: Callable[[_Job], Iterable[str]] | None = None
    packed: Callable[[_Job], bytes] | None = None


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser)
    add_length(parser)
    told = "; ".join(f"{name}: {form.help}" for name, form in _FORMATS.items())
    parser.add_argument("--format", choices=tuple(_FORMATS), default="script", help=f"{told} (default: script)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write this file (default: standard output)")
    parser.add_argument("--force", action="store_true", help="replace the file if it is there")


def _lines(arguments: argparse.Namespace) -> Iterator[str]:
    """The run itself, or which files were written."""
    spec = spec_of(arguments)
    steps, epochs = length_of(arguments, spec)
    return _export(_Job(spec, steps, epochs, arguments.format, arguments.out, arguments.force))


def _export(job: _Job) -> Iterator[str]:
    from hltcore.export.data import table
    from hltcore.files import refuse_existing, write_all

    form = _FORMATS[job.format]
    if job.out is None:
        if form.lines is None:
            raise ExportError(f"A {job.format} file is no text for a terminal: say --out FILE.")
        yield from form.lines(job)
        return
    refuse_existing([job.out], force=job.force)
    _spare(job.spec, [job.out])
    contents: dict[Path, Iterable[bytes]] = {}
    if job.format in _SCRIPTS:
        script = _script(job)
        tables = {job.out.with_name(name): [table(data).encode()] for name, data in script.tables}
        refuse_existing(tables, force=job.force)
        contents = {**tables, job.out: [_SCRIPTS[job.format](script).encode()]}
    elif form.packed is not None:
        contents[job.out] = [form.packed(job)]
    elif form.lines is not None:
        contents[job.out] = (f"{line}\n".encode() for line in form.lines(job))
    _spare(job.spec, contents)
    write_all(contents)
    yield f"Wrote {', '.join(printable(path) for path in reversed(contents))}"


def _spare(spec: RunSpec, paths: Iterable[Path]) -> None:
    """Refuse to write over the file that the run is trained on, whatever was said."""
    from hltcore.table_file import NAME

    if spec.start.dataset != NAME:
        return
    data = Path(str(spec.start.options_of("dataset")["path"]))
    for path in paths:
        if path.exists() and data.exists() and path.samefile(data):
            raise ExportError(f"{quoted_path(path)} is the data of this run: choose another name.")


def _script(job: _Job) -> Script:
    from hltcore.export.compose import compose

    _check(job.spec)
    stem = job.out.stem if job.out is not None else ""
    return compose(job.spec, steps=job.steps, epochs=job.epochs, data=stem, notebook=job.format == "notebook")


def _check(spec: RunSpec) -> None:
    """Refuse what no run can be: its parts must fit each other, and its edits what is there to be edited."""
    from hltcore.changes import prepare
    from hltcore.engine import Engine

    engine = Engine(spec.start)
    for mark in spec.marks:
        if mark.edit is not None:
            change = prepare(engine, mark.edit)
            engine = change.engine


def _script_lines(job: _Job) -> Iterable[str]:
    script = _script(job)
    for _, data in script.tables:
        raise ExportError(
            f"{printable(data.name)} has {len(data)} examples of {len(data.features)} numbers, too many for the script "
            f"itself: say --out FILE, and they are written beside it as a table."
        )
    return _SCRIPTS[job.format](script).splitlines()


def _as_notebook(script: Script) -> str:
    from hltcore.export.notebook import notebook

    return notebook(script)


_SCRIPTS: dict[str, Callable[[Script], str]] = {"script": lambda script: script.text(), "notebook": _as_notebook}


def _trainer(job: _Job, *, checks: bool = False) -> Trainer:
    """The run, at its start."""
    from hltcore.trainer import Trainer  # late: this imports torch

    return Trainer.from_spec(job.spec.start, checks=checks)


def _events(job: _Job, trainer: Trainer) -> Iterator[Event]:
    return events_of(trainer, job.spec, job.steps, job.epochs)


def _jsonl(job: _Job) -> Iterable[str]:
    return jsonl(_events(job, _trainer(job)))


def _csv(job: _Job) -> Iterable[str]:
    from hltcore.export.plan import plan
    from hltcore.export.table import csv_lines

    trainer = _trainer(job)
    stages = plan(job.spec)
    features = tuple(dict.fromkeys(feature for stage in stages for feature in stage.dataset.features))
    return csv_lines(_events(job, trainer), features, lambda: trainer.dataset)


def _finished(job: _Job) -> Trainer:
    """The run at its end."""
    trainer = _trainer(job)
    for _ in _events(job, trainer):
        pass
    return trainer


def _picture(job: _Job) -> bytes:
    from hltcore.export.plot import check_drawable, picture

    check_drawable()
    return picture(_finished(job), job.format)


def _svg_lines(job: _Job) -> Iterable[str]:
    return _picture(job).decode().splitlines()


def _weights(job: _Job) -> bytes:
    from hltcore.weights import check_format, saved

    check_format(job.format)
    trainer = _finished(job)
    return saved(trainer.model, str(trainer.spec), job.format)


_FORMATS: dict[str, _Format] = {
    "script": _Format("a plain PyTorch script", lines=_script_lines),
    "notebook": _Format("the same as a Jupyter notebook", lines=_script_lines),
    "csv": _Format("the steps as a table", lines=_csv),
    "jsonl": _Format("the events, one a line", lines=_jsonl),
    "png": _Format("a plot of the loss", packed=_picture),
    "svg": _Format("the same", lines=_svg_lines),
    "safetensors": _Format("the weights at its end", packed=_weights),
    "state_dict": _Format("the same, as torch.save writes them", packed=_weights),
}
"""By name, the forms."""

EXPORT = Command(
    "export",
    "write a run as a script, a notebook, a table, a plot, or its weights",
    "Write a run to take away: as a plain PyTorch script that prints the same numbers, a notebook, a table, a\n"
    "plot, or its weights. SPEC, --steps and --epochs are as for train. A file that is there is not replaced.",
    _arguments,
    _lines,
    rest="spec",
    json=lambda arguments: True,
)
