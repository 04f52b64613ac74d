"""``python -m hltcore list``: what each part can be set to."""

from __future__ import annotations

import pytest

from hltcore.__main__ import main


def listed(part: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["list", part]) == 0
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def test_an_option_says_which_words_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    models = listed("models", capsys)
    assert "activation=tanh  what follows each hidden layer: relu, tanh, sigmoid, identity" in models
    assert "depth=1          hidden layers" in models
    assert any(line.startswith("nesterov=false ") and "true" not in line for line in listed("optimizers", capsys))


def test_settings_that_several_share_stand_once(capsys: pytest.CaptureFixture[str]) -> None:
    datasets = listed("datasets", capsys)
    features = "features=x+y  what the model sees of a point: x, y, x2, y2, xy, sinx, siny (joined by +)"
    assert datasets.count(features) == 1
    spiral = datasets.index("spiral               two arms wound around each other")
    assert datasets[spiral + 1] == "settings as for gaussians"


def test_the_settings_of_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    names = [line.partition("=")[0] for line in listed("settings", capsys)[1:]]
    assert names == ["lr", "seed", "batch", "shuffle", "init", "l1", "l2", "updates", "frozen"]
