"""Exported scripts, run in this process, and what the run itself says they must print."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from hltcore._torch import torch
from hltcore.errors import StepError
from hltcore.export.compose import compose
from hltcore.export.data import table
from hltcore.export.printed import run_lines
from hltcore.spec import RunSpec
from hltcore.trainer import Trainer


def expected(spec: RunSpec, steps: int | None = None, epochs: int | None = None) -> tuple[list[str], bool]:
    """What the run prints, and whether it comes to its end."""
    trainer = Trainer.from_spec(spec.start, checks=False)

    def events():
        yield from trainer.follow(spec.marks)
        if steps is not None or epochs is not None:
            yield from trainer.run(steps=steps, epochs=epochs)

    lines: list[str] = []
    try:
        lines.extend(run_lines(events(), lambda: trainer.parameters))
    except StepError:
        return lines, False
    return lines, True


def ran(text: str, path: Path) -> tuple[list[str], bool]:
    """What a script prints, and whether it comes to its end."""
    out = io.StringIO()
    given = {"__name__": "__main__", "__file__": str(path)}
    with torch.random.fork_rng(devices=[]), contextlib.redirect_stdout(out):
        try:
            exec(compile(text, "run.py", "exec"), given)
        except RuntimeError:
            return out.getvalue().splitlines(), False
    return out.getvalue().splitlines(), True


def check(spec: str | RunSpec, folder: Path, *, steps: int | None = None, epochs: int | None = None) -> str:
    """Run a run's script beside the run itself; the script's text."""
    line = RunSpec.parse(spec) if isinstance(spec, str) else spec
    script = compose(line, steps=steps, epochs=epochs)
    for name, data in script.tables:
        (folder / name).write_text(table(data), encoding="utf-8")
    text = script.text()
    assert "hltcore" not in text
    assert ran(text, folder / "run.py") == expected(line, steps, epochs), text
    return text
