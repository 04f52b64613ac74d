"""Entry points: an installed package adds to a registry without being imported before it is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

POINTS = """\
[hltcore.models]
wide = course:wide
broken = course.nowhere:entry
wrong-name = course:wide
wrong-kind = course:cube
not-an-entry = course:os

[hltcore.losses]
cube = course:cube
"""

MODULE = """\
import os
from hltcore.losses import LossEntry
from hltcore.models import ModelEntry

def make(inputs):
    from hltcore.nets import TwoLayerNet
    return TwoLayerNet(inputs, 5)

wide = ModelEntry("wide", make, "five hidden units", ("broad",))
cube = LossEntry("cube", lambda output: lambda p, y: ((p - y).abs() ** 3).sum())
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tmp_path = tmp_path_factory.mktemp("site")
    (tmp_path / "course.py").write_text(MODULE)
    info = tmp_path / "course-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: course\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    return tmp_path


def python(site: Path, code: str) -> str:
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(site), root))}
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    return result.stdout


def test_they_are_listed_and_not_imported(site: Path) -> None:
    code = "import sys, hltcore; print(*hltcore.models.registry.names(), 'course' in sys.modules)"
    names = python(site, code).split()
    assert names[:3] == ["logistic-regression", "two-layer", "eight-layer"]
    assert {"wide", "broken"} <= set(names)
    assert names[-1] == "False"


def test_a_run_is_made_of_them(site: Path) -> None:
    code = (
        "import hltcore; t = hltcore.Trainer('wide', 'xor', loss='cube'); t.step();"
        "print(t.spec, len(t.parameters['linear1.bias']), hltcore.models.registry.canonical('broad'))"
    )
    assert python(site, code).split() == ["wide/xor/cube/sgd", "@0e+1", "5", "wide"]


BAD = {
    "broken": 'The model "broken" could not be loaded from "course.nowhere:entry": ',
    "wrong-name": 'The entry point "course:wide" is not an entry for the model "wrong-name".',
    "wrong-kind": 'The entry point "course:cube" is not an entry for the model "wrong-kind".',
    "not-an-entry": 'The entry point "course:os" is not an entry for the model "not-an-entry".',
}


def test_a_bad_one_says_so_and_spares_the_others(site: Path) -> None:
    code = f"""
import hltcore
from hltcore.errors import RegistryError
for name in {list(BAD)!r}:
    for _ in range(2):
        try:
            hltcore.Trainer(name)
        except RegistryError as error:
            print(error)
    print(*[entry.name for entry in hltcore.models.registry])
    print(hltcore.Trainer("wide").spec)
"""
    told = python(site, code).splitlines()
    assert len(told) == 4 * len(BAD)
    for number, sentence in enumerate(BAD.values()):
        first, second, names, spec = told[4 * number : 4 * number + 4]
        assert first.startswith(sentence)
        assert second == first
        assert spec == "wide/language-id/mse/sgd"
        assert names.split() == [
            "logistic-regression",
            "two-layer",
            "eight-layer",
            "mlp",
            "embedding",
            "linear-regression",
            "wide",
        ]
