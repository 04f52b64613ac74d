"""Plugins: what a named module adds, what becomes of one that fails, and which of them a line needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hltcore import RunSpec, Trainer, diagnostics, models, plugins
from hltcore.errors import PluginError, UnknownNameError
from hltcore.plugins import ADDED, load, needed

MINE = """\
import helper_beside
from hltcore import Dataset, datasets, models

def build(inputs):
    from hltcore.nets import TwoLayerNet
    return TwoLayerNet(inputs, helper_beside.WIDTH)

models.register("mine-net", build, aliases=("mine",))
datasets.register("mine-data", lambda: Dataset("d", ("a",), ("r", "s"), ((0.0,), (1.0,)), (0.0, 1.0)))
"""
HALF = "from hltcore import models, diagnostics\nmodels.register('half', None)\ndiagnostics.register('half', None)\n"


@pytest.fixture(autouse=True)
def as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    put_back, modules = [registry.saved() for registry in ADDED.values()], set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    Path("helper_beside.py").write_text("WIDTH = 7\n")
    Path("mine.py").write_text(MINE)
    yield
    for undo in put_back:
        undo()
    for name in set(sys.modules) - modules:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_a_file_adds_what_it_registers_once_and_finds_its_neighbours(tmp_path: Path) -> None:
    before = list(sys.path)
    (plugin,) = load("mine.py", "mine.py")
    assert plugin.names == (("dataset", "mine-data"), ("model", "mine-net"))
    assert (plugin.word, plugin.anywhere, plugin.folder) == ("mine.py", str(tmp_path / "mine.py"), tmp_path)
    trainer = Trainer.from_spec("mine/mine-data @2")
    assert len(trainer.parameters["linear1.bias"]) == 7
    assert load(str(tmp_path / "mine.py"))[0].names == ()  # loaded already: nothing runs twice
    assert sys.path == [*before, str(tmp_path)]  # at the end: it hides no other module


def test_a_module_is_found_as_python_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    package = tmp_path / "course_pack"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "nets.py").write_text(MINE)
    (plugin,) = load("course_pack.nets")
    assert plugin.folder == package
    assert ("model", "mine-net") in plugin.names
    assert plugin.anywhere == "course_pack.nets"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def deep():\n    return nonsense\ndeep()\n", "NameError: name 'nonsense' is not defined ({}, line 5)."),
        ("x = (\n", "SyntaxError: '(' was never closed ({}, line 4)."),
        ("import sys\nsys.exit(3)\n", "it ends the program ({}, line 5)."),
        ("import nowhere_at_all\n", "ModuleNotFoundError: No module named 'nowhere_at_all' ({}, line 4)."),
        ("models.register('xor', 1)\nmodels.register('mlp', 1)", 'The model "mlp" is registered already ({}, line 5).'),
        ("models.register('A', 1)", '"A" cannot name a model: use lower-case letters, digits and single hyphens ({}, '),
        ("raise ValueError('[b]\\x1b[31m\\nred')", "ValueError: [b]\\x1b[31m red ({}, line 4)."),
    ],
    ids=["name", "syntax", "exit", "import", "taken", "bad name", "hostile"],
)
def test_one_that_fails_leaves_nothing_behind(text: str, told: str, tmp_path: Path) -> None:
    names = {kind: registry.names() for kind, registry in ADDED.items()}
    Path("bad.py").write_text(HALF + text)
    for _ in range(2):
        with pytest.raises(PluginError) as raised:
            load("bad.py")
        assert str(raised.value).startswith(f'The plugin "bad.py" cannot be loaded: {told.format(tmp_path / "bad.py")}')
        assert str(raised.value).count("\n") == 0
        assert {kind: registry.names() for kind, registry in ADDED.items()} == names
    Path("bad.py").write_text(HALF)
    load("bad.py")  # mended, it is read again
    assert models.registry.get("half")
    assert diagnostics.registry.get("half")


def test_what_a_neighbour_registered_is_taken_back_and_registered_again() -> None:
    Path("neighbour.py").write_text(HALF)
    Path("bad.py").write_text("import neighbour\nneighbour.missing\n")
    with pytest.raises(PluginError, match="has no attribute 'missing'"):
        load("bad.py")
    assert "half" not in models.registry.names()
    Path("bad.py").write_text("import neighbour\n")
    load("bad.py")
    assert "half" in models.registry.names()


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("nothing.py", "cannot be loaded: there is no such file."),
        ("mine", 'cannot be loaded: there is no module of that name: did you mean "mine.py"?'),
        ("no_such_package.part", "cannot be loaded: there is no module of that name, or it is not installed here."),
        ("..", "is neither a module nor a file that ends in .py."),
        ("", "is neither a module nor a file that ends in .py."),
    ],
)
def test_one_that_is_not_there(word: str, told: str) -> None:
    with pytest.raises(PluginError) as raised:
        load(word)
    assert str(raised.value) == f'The plugin "{word}" {told}'


def test_which_plugins_a_line_needs() -> None:
    loaded = load("mine.py")
    for line in ("mine/xor", "two-layer/mine-data", "mlp/xor @2 model=mine @4", "mlp/xor updates=mine"):
        assert needed(RunSpec.parse(line), loaded) == ("mine.py",), line
    assert needed(RunSpec.parse("mlp/xor @2 hidden=3"), loaded) == ()


@pytest.mark.parametrize(
    ("name", "hinted"), [("mine-net", True), ("three-layer", True), ("two-layre", False), ("logistik", False)]
)
def test_an_unknown_name_that_is_no_slip_may_be_a_plugins(name: str, hinted: bool) -> None:
    with pytest.raises(UnknownNameError) as raised:
        RunSpec.parse(f"{name}/xor")
    assert str(raised.value).endswith("Or is the plugin missing that adds it (--plugin)?") is hinted


def test_it_is_part_of_the_library() -> None:
    import hltcore

    assert hltcore.plugins is plugins
