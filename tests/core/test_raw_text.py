"""Names from plug-ins and data come out escaped in every error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hltcore import Dataset, Trainer, datasets, models
from hltcore.__main__ import main
from hltcore.errors import HltError, printable

RED = "\x1b[31m\x9b"


@pytest.fixture(autouse=True)
def red() -> Iterator[None]:
    data = Dataset(RED, (RED,), (RED,), ((0.0,),), (0.0,))
    datasets.register("red", lambda: data)
    yield
    datasets.registry.remove("red")


def test_printable() -> None:
    assert printable(RED + "é\n") == "\\x1b[31m\\x9bé\\n"


@pytest.mark.parametrize("words", [{"batch": 7}, {"loss": RED}, {RED: 1}])
def test_settings(words: dict[str, object]) -> None:
    with pytest.raises(HltError) as raised:
        Trainer("two-layer", "red", **words)
    assert str(raised.value).isprintable()


def test_features() -> None:
    with pytest.raises(HltError) as raised:
        Trainer("two-layer", "red").predict([1, 2])
    assert str(raised.value).isprintable()


def test_a_plug_ins_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        value = RED

        def load(self) -> object:
            raise ValueError(RED)

    monkeypatch.setitem(models.registry._plugins, "bad", Point())  # type: ignore[arg-type]
    with pytest.raises(HltError) as raised:
        models.registry.get("bad")
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("words", [["train", "red", f"--{RED}"], ["list", RED], [RED], ["train", f"/{RED}"]])
def test_the_command_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(words)
    except SystemExit as end:
        code = int(end.code or 0)
    said = capsys.readouterr()
    assert code == 2
    assert not {"\x1b", "\x9b"} & set(said.out + said.err)
