"""docs/event-log.md: its commands and its Python do what it says, on a log that was just recorded."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import hltcore
from hltcore import Trainer, recording
from hltcore._torch import torch
from hltcore.log_lines import _READ

PAGE = (Path(__file__).parents[2] / "docs" / "event-log.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> torch.nn.Linear:
    monkeypatch.chdir(tmp_path)
    model = torch.nn.Linear(3, 2)
    with hltcore.watch(model, None, "run.jsonl") as watch:
        for loss in (0.5, 0.25, float("nan")):
            watch.step(loss)
    return model


@pytest.mark.skipif(shutil.which("jq") is None, reason="there is no jq")
def test_jq(model: torch.nn.Linear) -> None:
    losses, shapes = (subprocess.check_output(block, shell=True, text=True) for block in blocks("sh"))
    assert losses == "0\t0.5\n1\t0.25\n2\tnan\n"
    assert json.loads(shapes) == {"weight": [2, 3], "bias": [2]}


def test_plain_python(model: torch.nn.Linear) -> None:
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)
    assert names["shape"] == [2, 3]
    assert names["numbers"] == tuple(model.weight.detach().reshape(-1).tolist())


@pytest.mark.skipif(importlib.util.find_spec("pandas") is None, reason="pandas is not there")
def test_pandas(model: torch.nn.Linear) -> None:
    names: dict[str, Any] = {}
    exec(blocks("python")[1], names)
    assert names["losses"].tolist()[:2] == [0.5, 0.25]
    assert names["weight"].tolist() == model.weight.tolist()


def test_every_event_and_field_is_on_the_page(model: torch.nn.Linear) -> None:
    trainer = Trainer.from_spec("two-layer/xor l2=0.1")
    written = [json.loads(line) for line in Path("run.jsonl").read_text().splitlines()]
    written += [json.loads(recording.dumps(event)) for event in (trainer.started, trainer.step(), trainer.phase())]
    told = set(re.findall(r"`([\w-]+)`", PAGE))
    assert {name for record in written for name in record} <= told
    assert {*_READ, "resumed"} <= told
    assert ".".join(map(str, recording.VERSION)) in PAGE
