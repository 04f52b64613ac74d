"""watch: what is refused, what goes wrong in recording, and how a run goes on in its log."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hltcore
from hltcore._torch import torch
from hltcore.errors import LogError
from hltcore.log import RunLog
from hltcore.logged import LogStep, WholeTensor
from hltcore.watching import Watch

nn = torch.nn


def net(seed: int = 0, hidden: int = 3) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), nn.Dropout(0.4), nn.Linear(hidden, 1))


def rows(count: int = 8) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, 2, generator=generator), torch.randn(count, 1, generator=generator)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def tensor(fact: WholeTensor) -> torch.Tensor:
    return torch.tensor(fact.flat).reshape(fact.shape)


def lines(path: Path) -> list[dict[str, Any]]:
    def refuse(name: str) -> None:
        pytest.fail(f"{name} is not JSON")

    return [json.loads(line, parse_constant=refuse) for line in path.read_text("utf-8").splitlines()]


def steps(path: Path) -> list[LogStep]:
    with RunLog(path) as log:
        return [step for k in range(log.steps) if (step := log.at(k)) is not None]


# -- what goes wrong


@pytest.fixture
def told() -> Iterator[list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


def test_what_goes_wrong_is_told_once_and_the_training_goes_on(path: Path, told: list[warnings.WarningMessage]) -> None:
    model = net()
    with hltcore.watch(model, None, path, activations=True) as watch:
        watch.step(1.0)
        model[0].weight = nn.Parameter(torch.ones(2, 2))
        watch.step(torch.ones(3))  # a loss of three numbers
        watch.step(1.0)
        watch.step(1.0)
    assert len(told) == 1
    assert "is recorded no more" in str(told[0].message)
    assert told[0].filename == __file__
    assert watch.failure
    assert not any(module._forward_hooks for module in model.modules())
    assert [step.step for step in steps(path)] == [0]


def test_a_parameter_that_changes_its_shape(path: Path) -> None:
    model = nn.Linear(2, 2)
    with hltcore.watch(model, None, path) as watch:
        for size in (2, 2, 1, 3):
            model.weight.data = torch.ones(size, 2)
            model.weight.grad = torch.ones(size, 2)
            model.bias.grad = torch.ones(2)
            watch.step(1.0)
    shapes = [step.updated["weight"].shape for step in steps(path)]
    assert shapes == [(2, 2), (2, 2), (1, 2), (3, 2)]


def test_it_goes_on_even_where_warnings_are_errors(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with hltcore.watch(nn.Linear(1, 1), None, path) as watch:
        watch.step(torch.ones(3))
        watch.step(1.0)
    assert capsys.readouterr().err.count("is recorded no more") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"every": 0}, 'every is "0"'),
        ({"limit": -1}, "limit is"),
        ({"activations": ["relu"]}, 'no module "relu"'),
        ({"limit": 10**9}, "set a limit below"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(options: dict[str, Any], said: str, path: Path) -> None:
    model = nn.Linear(2000, 2000) if "limit" in options else net()
    with pytest.raises(LogError, match=said):
        hltcore.watch(model, None, path, **options)
    assert not path.exists()
    assert not any(module._forward_hooks for module in model.modules())


def test_models_that_cannot_be_watched(path: Path) -> None:
    with pytest.raises(LogError, match="has no parameters"):
        hltcore.watch(nn.ReLU(), None, path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lazy = nn.LazyLinear(2)
    with pytest.raises(LogError, match="has no shape yet"):
        hltcore.watch(lazy, None, path)
    assert not path.exists()


def test_a_run_goes_on_in_its_log(path: Path) -> None:
    model = nn.Linear(1, 1)
    with hltcore.watch(model, None, path) as watch:
        watch.step(1.0)
    with path.open("a") as file:
        file.write('{"event":"step","step":1,"ep')  # torn
    with torch.no_grad():
        model.weight.fill_(5.0)
    with Watch(model, None, path, every=4, resume=True) as watch:
        assert watch.steps == 1
        watch.step(2.0)
        watch.step(3.0)
    recorded = steps(path)
    assert [step.loss for step in recorded] == [1.0, 2.0, 3.0]
    assert recorded[1].parameters["weight"].values == ((5.0,),)  # type: ignore[union-attr]
    with RunLog(path) as log:
        while log.refresh():
            pass
        assert (log.problem_count, log.ended is not None) == (0, True)
    hltcore.watch(model, None, path).close()
    assert steps(path) == []
