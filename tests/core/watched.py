"""What the tests of watched loops share: a small net, its data, and the lines that came of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hltcore._torch import torch
from hltcore.log import RunLog
from hltcore.logged import LogStep, WholeTensor

nn = torch.nn


def net(seed: int = 0, hidden: int = 3) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), nn.Dropout(0.4), nn.Linear(hidden, 1))


def rows(count: int = 8) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, 2, generator=generator), torch.randn(count, 1, generator=generator)


def tensor(fact: WholeTensor) -> torch.Tensor:
    return torch.tensor(fact.flat).reshape(fact.shape)


def lines(path: Path) -> list[dict[str, Any]]:
    def refuse(name: str) -> None:
        pytest.fail(f"{name} is not JSON")

    return [json.loads(line, parse_constant=refuse) for line in path.read_text("utf-8").splitlines()]


def steps(path: Path) -> list[LogStep]:
    with RunLog(path) as log:
        return [step for k in range(log.steps) if (step := log.at(k)) is not None]
