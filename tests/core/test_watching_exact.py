"""watch: a loop that is watched gives the bits that it gives without."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import hltcore
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


def momentum(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.SGD(parameters, lr=0.05, momentum=0.9, weight_decay=0.01)


def lbfgs(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.LBFGS(parameters, lr=0.1, max_iter=3)


def train(optimizer_of: Callable[[Any], torch.optim.Optimizer], path: Path | None, **options: Any) -> list[bytes]:
    """All bits of a run: parameters, optimizer state, losses, and the state of the random generator."""
    model = net()
    optimizer = optimizer_of(model.parameters())
    xs, ys = rows()
    losses = []
    with nullcontext() if path is None else hltcore.watch(model, optimizer, path, **options) as watch:
        for epoch in range(3):
            for x, y in zip(xs.split(2), ys.split(2)):

                def closure(x: torch.Tensor = x, y: torch.Tensor = y) -> torch.Tensor:
                    optimizer.zero_grad()
                    loss = ((model(x) - y) ** 2).mean()
                    loss.backward()
                    nn.utils.clip_grad_norm_(model.parameters(), 0.5)
                    return loss

                loss = optimizer.step(closure)
                losses.append(loss.detach())
                if watch is not None:
                    watch.step(loss=loss, x=x, target=y, prediction=model(x) if epoch < 0 else None)
    state = [v for s in optimizer.state.values() for v in s.values() if isinstance(v, torch.Tensor)]
    tensors = [*model.parameters(), *(p.grad for p in model.parameters()), *losses, *state, torch.get_rng_state()]
    assert not any(module._forward_hooks for module in model.modules())
    return [bytes(t.detach().reshape(-1).contiguous().view(torch.uint8).tolist()) for t in tensors if t is not None]


@pytest.mark.parametrize("optimizer", [momentum, torch.optim.Adam, torch.optim.RMSprop, lbfgs])
@pytest.mark.parametrize("options", [{}, {"limit": 2, "activations": True, "every": 2}], ids=["whole", "summaries"])
def test_it_gives_the_bits_that_it_gives_without(optimizer: Any, options: dict[str, Any], path: Path) -> None:
    assert train(optimizer, path, **options) == train(optimizer, None)
    assert lines(path)[-1] == {"event": "run-ended", "steps": 12, "error": ""}
