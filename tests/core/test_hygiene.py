"""What an import costs: each rule in a fresh interpreter, which then looks at what was loaded."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has after some code, which must print nothing and warn of nothing."""
    program = f"{code}\nimport json, sys\nsys.stdout.write(json.dumps(sorted(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    assert result.returncode == 0
    return set(json.loads(result.stdout))


def packages(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize(
    "module",
    [
        "hltcore",
        "hltcore.datasets",
        "hltcore.diagnostics",
        "hltcore.edits",
        "hltcore.errors",
        "hltcore.events",
        "hltcore.initialisations",
        "hltcore.log_findings",
        "hltcore.log_writer",
        "hltcore.losses",
        "hltcore.models",
        "hltcore.optimizers",
        "hltcore.recording",
        "hltcore.spec",
        "hltcore.surface",
        "hltcore.units",
    ],
)
def test_it_costs_no_torch(module: str) -> None:
    assert "torch" not in packages(loaded(f"import {module}"))


def test_reading_specs_and_recordings_and_listing_cost_no_torch() -> None:
    code = """
import hltcore
spec = hltcore.RunSpec.parse("two-layer/xor/cross-entropy/adam lr=0.1 updates=eight-layer init=xavier @3 loss=l1 @12e")
spec.entries, str(spec), dir(hltcore), hltcore.HltError, hltcore.StepEvent, hltcore.Phase, hltcore.Dataset
for module in (hltcore.models, hltcore.datasets, hltcore.losses, hltcore.optimizers, hltcore.initialisations):
    list(module.registry)
hltcore.datasets.registry.get("xor").factory()
hltcore.RunSpec.parse("mlp/spiral size=40 features=xy")
spiral = hltcore.datasets.registry.get("spiral")
spiral.factory(**spiral.complete({}))
event = hltcore.recording.loads('{"event": "edited", "step": 1, "edit": "lr=1.0", "spec": "x"}')
hltcore.recording.dumps(event)
"""
    assert "torch" not in packages(loaded(code))


def test_no_part_of_the_library_imports_the_screens_packages() -> None:
    code = """
import importlib, pkgutil, hltcore
names = [module.name for module in pkgutil.walk_packages(hltcore.__path__, "hltcore.")]
assert "hltcore.trainer" in names
for name in names:
    if not name.startswith("hltcore.integrations."):  # those stand on other libraries, which import what they like
        importlib.import_module(name)
"""
    modules = loaded(code)
    assert "hltcore.step" in modules
    assert not packages(modules) & {"textual", "rich", "plotext", "tui"}


def test_torch_comes_without_a_warning_and_plain_sgd_needs_no_compiler() -> None:
    """Importing torch alone brings in none of it (only torch.optim's classes), so nothing has to be subtracted."""
    code = """
from hltcore._torch import torch; torch.zeros(2).tolist()
import hltcore
for model in ("logistic-regression", "two-layer", "eight-layer"):
    trainer = hltcore.Trainer(model, "language-id", loss="cross-entropy")
    list(trainer.run(epochs=2)), trainer.phase(), trainer.back(2)
    trainer.switch(loss="mse", dataset="xor"), trainer.step(), trainer.set_parameter(list(trainer.parameters)[1], 0, 1)
    trainer.predict([0, 1]), trainer.evaluate(), trainer.reset()
"""
    modules = loaded(code)
    assert "torch" in modules
    assert not {name for name in modules if name.startswith(("torch._dynamo", "torch._inductor"))}
    assert "sympy" not in packages(modules)


def test_the_public_names_are_there() -> None:
    import hltcore

    assert {"Trainer", "RunSpec", "StepEvent", "HltError", "models", "recording"} <= set(dir(hltcore))
    for name in hltcore.__all__:
        assert getattr(hltcore, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Traniner'"):
        hltcore.Traniner  # noqa: B018


@pytest.mark.skipif(importlib.util.find_spec("tui.__main__") is None, reason="the screen is not there")
def test_help_costs_neither_torch_nor_textual() -> None:
    code = """
import contextlib, io, runpy, sys
sys.argv = ["hlt-tui", "--help"]
with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
    runpy.run_module("tui", run_name="__main__")
assert "hlt-tui" in out.getvalue(), out.getvalue()
"""
    assert not packages(loaded(code)) & {"torch", "textual"}


def test_the_first_frame_imports_no_more_than_it_shows() -> None:
    modules = loaded("import tui.__main__, tui.app")
    assert {"tui.screens.main", "tui.panels.examples", "hltcore.spec"} <= modules
    late = {
        "hltcore.chain",
        "hltcore.delimited",
        "hltcore.diagnostics.table",
        "hltcore.events",
        "hltcore.export",
        "hltcore.logged",
        "hltcore.plugins",
        "hltcore.sweeps",
        "hltcore.trainer",
        "tui.course.reading",
        "tui.course.report",
        "tui.panels.network",
        "tui.panels.story",
        "tui.screens.ask",
        "tui.screens.choose",
        "tui.screens.help",
        "tui.screens.palette",
        "tui.screens.settings",
        "tui.screens.sweep",
        "tui.screenshot",
    }
    assert not modules & late
    assert not packages(modules) & {"hashlib", "numpy", "statistics", "tomllib", "torch"}
    assert not {name for name in modules if name.startswith(("importlib.metadata", "importlib.resources"))}


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is opened beforehand elsewhere")
def test_torchs_libraries_are_opened_before_torch_is_imported(tmp_path: Path) -> None:
    """What is opened is what ``import torch`` opens by itself, so that this one has little to do while it holds
    Python's lock."""

    def opened_by(statement: str) -> dict[str, int]:
        """By path, the sizes of torch's libraries that a fresh interpreter has open after a statement."""
        told = tmp_path / "opened"
        modules = loaded(f"""
from pathlib import Path
{statement}
lines = Path("/proc/self/maps").read_text().splitlines()
opened = {{line.split(maxsplit=5)[-1] for line in lines if "/torch/lib/" in line}}
Path({str(told)!r}).write_text("\\n".join(opened))
""")
        assert ("torch" in modules) == (statement == "import torch")
        return {path: Path(path).stat().st_size for path in told.read_text().splitlines()}

    before = opened_by("from hltcore._preload import preload; preload()")
    wanted = opened_by("import torch")
    assert before.items() <= wanted.items()
    assert sum(before.values()) > 0.99 * sum(wanted.values()), wanted.keys() - before.keys()
