"""examples/: the package installs, and adds one of everything in a fresh interpreter that imports none of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]

PROGRAM = """
import sys
from hltcore.__main__ import main

assert main(["list"]) == 0
assert "torch" not in sys.modules, "listing costs a torch import"
assert main(["train", "skip-net/majority/log-cosh/sign-sgd lr=0.01 init=identity width=2", "--epochs", "1"]) == 0
assert main(["check", "logistic/majority/cross-entropy lr=9", "--epochs", "30"]) == 1
assert main(["gradcheck", "skip-net/majority/log-cosh/sign-sgd", "@2"]) == 0

import hltcore
from hltcore import featurizers

encoding = featurizers.registry.get("vowels").factory(("hola", "árbol"))
assert list(encoding.encode("Árbol")) == [1, 0, 0, 1, 0], "the featurizer"
from tui.course.library import Library
from tui.course.sources import folders

skip = hltcore.Trainer.from_spec("skip-net/majority/log-cosh/sign-sgd lr=0.01 @9e optimizer=sgd lr=0.1 @90e")
assert skip.evaluate().count_right(skip.dataset.targets) == 8, "not learned"
skip.seek(66)
events = list(skip.run(steps=5))
skip.back(5)
assert list(skip.run(steps=5)) == events, "not replayed"

library = Library(more=folders())
assert not library.broken, library.broken
lesson = library.get("most-of-three")
trainer = hltcore.Trainer.from_spec(lesson.spec)
assert trainer.evaluate().count_right(trainer.dataset.targets) < 8, "done from the start"
list(trainer.run_until("all-right"))
print("the lesson is done after", trainer.steps, "steps")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    source = shutil.copytree(ROOT / "examples", folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    words = "install --no-deps --no-build-isolation --no-index --no-compile --disable-pip-version-check --quiet"
    command = [sys.executable, "-m", "pip", *words.split(), "--target", str(folder / "site"), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return folder / "site"


def test_one_of_everything_is_there_and_works(site: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(site), str(ROOT)))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    listed = [line.split()[0] for line in done.stdout.splitlines() if line.strip()]
    assert {"skip-net", "majority", "log-cosh", "sign-sgd", "identity", "large-weights", "vowels"} <= set(listed)
    assert "-- skip-net/majority/log-cosh/sign-sgd lr=0.01 init=identity width=2" in done.stdout
    assert ": large-weights W.weight\n    A weight of W.weight is " in done.stdout
    assert "None of 4 gradients is wrong after step 2 of skip-net/majority/log-cosh/sign-sgd @0e+2" in done.stdout
    assert "the lesson is done after " in done.stdout


def test_every_file_of_it_is_named_by_an_entry_point() -> None:
    points = tomllib.loads((ROOT / "examples" / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "entry-points"
    ]
    files = {value.partition(":")[0].rpartition(".")[2] for group in points.values() for value in group.values()}
    package = ROOT / "examples" / "hlt_examples"
    assert files == {path.stem for path in package.iterdir() if path.stem not in ("__init__", "__pycache__")}
