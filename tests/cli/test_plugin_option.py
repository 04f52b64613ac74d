"""``--plugin`` of both programs: it runs code that is named, and only that."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hltcore.__main__ import main
from hltcore.commands import COMMANDS
from hltcore.plugins import ADDED
from tui.__main__ import main as tui_main
from tui.course.library import Library
from tui.course.sources import folders
from tui.session import Session, SessionError, read, write

MINE = """\
from hltcore import datasets, diagnostics, models
from hltcore.diagnostics import Finding

def build(inputs):
    import torch
    return torch.nn.Linear(inputs, 1)

def always(facts):
    yield Finding("always", facts.step, facts.step, "here", "It always is.", "Try nothing.")

models.register("mine", build, summary="a line")
diagnostics.register("always", always, when="start", summary="always")
"""


@pytest.fixture(autouse=True)
def as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    put_back, modules = [registry.saved() for registry in ADDED.values()], set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(MINE)
    Path("bad.py").write_text("models = 1 / 0\n")
    yield
    for undo in put_back:
        undo()
    for name in set(sys.modules) - modules:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_every_command_takes_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "mine/xor", "--plugin", "mine.py", "--steps", "1"]) == 0
    assert main(["check", "--plugin", "mine.py", "--epochs", "0", "mine/xor"]) == 1
    assert main(["gradcheck", "--plugin", "mine.py", "mine/xor"]) == 0
    assert main(["list", "--plugin", "mine.py", "models"]) == 0
    assert main(["list", "checks", "--plugin", "mine.py"]) == 0
    out = capsys.readouterr().out
    assert "-- mine/xor/mse/sgd" in out
    assert "It always is." in out
    assert re.search(r"mine +a line", out)
    assert re.search(r"always +always", out)
    for command in COMMANDS:
        with pytest.raises(SystemExit):
            main([command.name, "--help"])
        assert "this runs its code" in " ".join(capsys.readouterr().out.split())


def test_one_that_fails_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = f'The plugin "bad.py" cannot be loaded: ZeroDivisionError: division by zero ({tmp_path / "bad.py"}, line 1).'
    assert main(["list", "--plugin", "bad.py"]) == 2
    assert capsys.readouterr() == ("", f"hltcore: {told}\n")
    assert tui_main(["--plugin", "mine.py", "--plugin", "bad.py"]) == 2
    assert capsys.readouterr().err == f"hlt-tui: {told}\n"


def test_a_session_says_what_it_needs_and_loads_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file, lines = tmp_path / "session.json", ("mlp/xor @3",)
    for words in ((), ("mine.py", str(tmp_path / "bad file.py"))):
        write(file, Session(lines, plugins=words))
        assert read(file).plugins == words
    file.write_text(file.read_text().replace("mlp/xor", "mine/xor"))
    with pytest.raises(SessionError) as raised:
        read(file)
    named = f"--plugin mine.py --plugin '{tmp_path / 'bad file.py'}'"
    assert str(raised.value).endswith(
        f"It was saved with {named}: if you trust that code, name it again: hlt-tui --resume {named}"
    )
    assert "mine" not in str(sorted(sys.modules))
    data = json.loads(file.read_text())
    file.write_text(json.dumps({**data, "plugins": ["\x1b[31m.py", 3, *map(str, range(99))]}))
    with pytest.raises(SessionError) as raised:
        read(file)
    assert "\x1b" not in str(raised.value)
    assert str(raised.value).count("--plugin") == 2 * 5 + 1
    assert tui_main(["--resume", str(file)]) == 2


LESSON = """\
title = "{title}"
about = "One."
order = 950
spec = "{spec}"
[[pages]]
text = "Look."
"""


def test_lessons_come_with_a_plugin_and_with_a_package(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def site(folder: Path, title: str, spec: str, name: str = "own-lesson") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.toml").write_text(LESSON.format(title=title, spec=spec))

    site(tmp_path / "lessons", "Beside the plugin", "mine/xor")
    site(tmp_path / "site" / "pack" / "course", "In a package", "mlp/xor", "packed")
    site(tmp_path / "site" / "pack" / "course", "Behind the plugin", "mlp/xor")
    (tmp_path / "site" / "pack" / "__init__.py").write_text("raise RuntimeError('imported')\n")
    info = tmp_path / "site" / "pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[hlt_tui.lessons]\na = pack.course\nb = pack.nowhere\nc = no_pack.at_all\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert tui_main(["--plugin", "mine.py", "--progress"]) == 0
    out = capsys.readouterr().out
    assert "Beside the plugin" in out
    assert "In a package" in out
    assert "Behind the plugin" not in out
    library = Library(more=folders())
    assert library.get("own-lesson").title == "Behind the plugin"
    assert [item.told.partition('"')[0] for item in library.broken] == ["The lessons in "] * 2
    assert "pack" not in sys.modules
