"""watch: a loop of one's own is recorded as it is, and stays what it is without."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

import hltcore
from hltcore._torch import torch
from hltcore.log import RunLog
from hltcore.logged import LogStep, Summary, WholeTensor
from hltcore.watched import default_interval

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


def test_a_small_net_is_recorded_whole_at_every_step(path: Path) -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    rate = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    xs, ys = rows(3)
    seen = [[p.detach().clone() for p in model.parameters()]]
    gradients, losses = [], []
    with hltcore.watch(model, optimizer, path) as watch:
        for epoch in range(2):  # noqa: B007 - it is found
            for x, y in zip(xs, ys):
                prediction = model(x)
                loss = (prediction - y).square().sum()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                watch.step(loss=loss, x=x, target=y, prediction=prediction)
                seen.append([p.detach().clone() for p in model.parameters()])
                gradients.append([p.grad.clone() for p in model.parameters()])
                losses.append(loss.item())
            rate.step()
    with RunLog(path) as log:
        assert log.started is not None
        assert (log.started.model, log.started.optimizer, log.started.every) == ("Sequential", "SGD", 1)
        assert list(log.started.shapes.items()) == [(n, tuple(p.shape)) for n, p in model.named_parameters()]
        assert log.started.kinds == {"0": "Linear", "3": "Linear"}
        assert log.ended is not None
        assert (log.steps, log.ended.steps, log.following) == (6, 6, False)
    for k, step in enumerate(steps(path)):
        assert (step.step, step.epoch, step.loss) == (k, k // 3, losses[k])
        assert step.lr == 0.1 * 0.5 ** (k // 3)
        for tensors, real in ((step.parameters, seen[k]), (step.gradients, gradients[k]), (step.updated, seen[k + 1])):
            assert list(tensors) == [name for name, _ in model.named_parameters()]
            assert all(torch.equal(tensor(a), b) for a, b in zip(tensors.values(), real))  # type: ignore[arg-type]
        assert isinstance(step.x, WholeTensor)
        assert torch.equal(tensor(step.x), xs[k % 3])
        assert step.target is not None
        assert step.prediction is not None
        assert (step.target.shape, step.prediction.shape) == ((1,), (1,))


def one_step(model: nn.Module, path: Path, x: torch.Tensor, **options: Any) -> LogStep:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with hltcore.watch(model, optimizer, path, **options) as watch:
        loss = model(x).float().square().mean()
        loss.backward()
        optimizer.step()
        watch.step(loss)
    assert watch.failure == ""
    return steps(path)[0]


def test_a_large_tensor_is_summed_up(path: Path) -> None:
    torch.manual_seed(0)
    model = nn.Linear(96, 80)
    step = one_step(model, path, torch.randn(4, 96), limit=100)
    got = step.updated["weight"]
    real = model.weight.detach()
    assert isinstance(got, Summary)
    assert isinstance(step.updated["bias"], WholeTensor)
    assert (got.shape, got.size, got.not_finite) == ((80, 96), 80 * 96, 0)
    figures = (got.norm, got.low, got.high, got.mean, got.mean_size)
    wanted = (real.norm(), real.min(), real.max(), real.mean(), real.abs().mean())
    assert figures == pytest.approx([float(value) for value in wanted], rel=1e-4, abs=1e-7)
    assert got.matrix.shape == (16, 16)
    pooled = real.reshape(16, 5, 16, 6).mean((1, 3))
    assert torch.allclose(tensor(got.matrix), pooled, atol=1e-6)
    exact = torch.quantile(real.reshape(-1), torch.tensor([0.05, 0.25, 0.5, 0.75, 0.95]))
    assert got.quantiles == pytest.approx(exact.tolist(), abs=0.01)
    assert step.parameters["weight"] != got


def test_numbers_that_json_lacks(path: Path) -> None:
    model = nn.Linear(2, 2)
    big = nn.Linear(30, 30)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[math.nan, math.inf], [-math.inf, 1.0]]))
        big.weight[0, 0] = math.nan
        big.weight[3, 0] = -math.inf
    both = nn.ModuleDict({"small": model, "big": big})
    with hltcore.watch(both, None, path, limit=100) as watch:
        for loss in (math.nan, torch.tensor(math.inf), -math.inf, None, 3):
            watch.step(loss, lr=math.inf)
    lines(path)
    recorded = steps(path)
    assert [step.loss for step in recorded][1:] == [math.inf, -math.inf, None, 3.0]
    assert math.isnan(recorded[0].loss or 0)
    assert recorded[0].lr == math.inf
    assert recorded[0].updated["small.weight"].not_finite == 3
    assert math.isnan(recorded[0].updated["small.weight"].values[0][0])  # type: ignore[union-attr]
    assert recorded[0].updated["big.weight"].not_finite == 2
    assert recorded[0].gradients == {}


class Odd(nn.Module):
    """Half precision, double, an embedding with sparse gradients, a convolution, a number, and parts without use."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(9, 4, sparse=True)
        self.short = nn.Linear(4, 4, dtype=torch.bfloat16)
        self.long = nn.Linear(4, 2, dtype=torch.float64)
        self.convolution = nn.Conv1d(1, 2, 2)
        self.scale = nn.Parameter(torch.tensor(2.0))
        self.frozen = nn.Parameter(torch.ones(3), requires_grad=False)
        self.unused = nn.Parameter(torch.ones(3))
        self.counts = nn.Parameter(torch.ones(3, dtype=torch.int64), requires_grad=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.short(self.table(x).bfloat16()).double()
        return self.convolution(self.long(hidden).float().reshape(-1, 1, 2)) * self.scale


@pytest.mark.parametrize("limit", [3, 1000])
def test_any_kind_of_parameter(limit: int, path: Path) -> None:
    torch.manual_seed(0)
    model = Odd()
    with hltcore.watch(model, None, path, limit=limit) as watch:
        model(torch.tensor([1, 2, 1])).sum().backward()
        watch.step(x=torch.tensor([1, 2, 1]), target=[0, 1], prediction=0.5)
    assert watch.failure == ""
    with RunLog(path) as log:
        step = log.at(0)
        assert log.started is not None
    assert step is not None
    assert log.started.frozen == ("frozen",)
    assert {"unused", "frozen"} <= set(step.updated) - set(step.gradients)
    assert "counts" not in step.updated
    for name, parameter in model.named_parameters():
        if name in step.gradients:
            real = parameter.grad.to_dense() if parameter.grad.is_sparse else parameter.grad
            assert step.gradients[name].shape == tuple(parameter.shape)
            assert step.gradients[name].norm == pytest.approx(real.double().norm().item(), rel=1e-3)
    assert [value.shape for value in (step.x, step.target, step.prediction) if value is not None] == [(3,), (2,), ()]


def test_a_large_net_has_its_losses_at_every_step_and_tensors_now_and_then(path: Path) -> None:
    model = nn.Linear(60, 20)
    with hltcore.watch(model, torch.optim.SGD(model.parameters(), lr=0.1), path) as watch:
        assert watch.every == default_interval(1220) == 20
        for k in range(45):
            watch.step(float(k))
    recorded = steps(path)
    assert [step.loss for step in recorded] == list(range(45))
    assert [step.step for step in recorded if step.has_tensors] == [0, 20, 40]
    with RunLog(path) as log:
        near = log.with_tensors(39)
        assert near is not None
        assert near.step == 20
    assert [default_interval(n) for n in (9, 1000, 1001, 10**6, 10**7)] == [1, 1, 20, 100, 200]


def test_activations_of_chosen_modules(path: Path) -> None:
    model = net()
    x, _ = rows(4)
    inside = hltcore.watch(model, None, path, activations=["0", "1"])
    output = model(x)
    model.eval()
    model(x * 0)
    model.train()
    output.sum().backward()
    inside.step(output.sum())
    inside.close()
    step = steps(path)[0]
    assert list(step.activations) == ["0", "1"]
    assert list(step.pre_activations) == ["1"]
    z = tensor(step.pre_activations["1"])  # type: ignore[arg-type]
    assert torch.equal(z, tensor(step.activations["0"]))  # type: ignore[arg-type]
    assert torch.equal(z, model[0](x))
    assert torch.equal(z.clamp(min=0), tensor(step.activations["1"]))  # type: ignore[arg-type]
    assert not any(module._forward_hooks for module in model.modules())


def test_hooks_are_gone_after_an_exception_and_the_log_says_so(path: Path) -> None:
    model = net()
    with pytest.raises(ZeroDivisionError), hltcore.watch(model, None, path, activations=True) as watch:  # noqa: PT012
        assert any(module._forward_hooks for module in model.modules())
        watch.step(1.0)
        raise ZeroDivisionError
    assert not any(module._forward_hooks for module in model.modules())
    with RunLog(path) as log:
        assert log.ended is not None
        assert log.ended.error == "ZeroDivisionError"


def test_whose_parameters_the_optimizer_holds(path: Path) -> None:
    model, other = net(), nn.Linear(3, 3)
    optimizer = torch.optim.SGD([*other.parameters(), model[0].weight], lr=0.1)
    hltcore.watch(model, optimizer, path).close()
    with RunLog(path) as log:
        assert log.started is not None
        assert log.started.unowned == ("0.bias", "3.weight", "3.bias")
        assert log.started.strangers == 2


def test_the_epoch_is_found_where_there_is_one(path: Path) -> None:
    model = nn.Linear(1, 1)

    def of_a_function(epoch: int) -> None:
        watch.step(1.0)

    def without(epochs: int) -> None:
        watch.step(1.0)

    with hltcore.watch(model, None, path) as watch:
        of_a_function(7)
        without(3)
        exec("epoch = 4\nwatch.step(1.0)", {"watch": watch})
        exec("epoch = 'four'\nwatch.step(1.0)", {"watch": watch})
        watch.step(1.0, epoch=0.25)
    assert [step.epoch for step in steps(path)] == [7, None, 4, None, 0.25]


def test_the_last_batch_is_not_kept_alive(path: Path) -> None:
    import weakref

    model = nn.Linear(1, 1)
    gone: list[Any] = []
    with hltcore.watch(model, None, path) as watch:
        for epoch in range(2):
            batch = torch.ones(epoch + 1)
            gone.append(weakref.ref(batch))
            watch.step(1.0)
            del batch
            assert gone[-1]() is None


class OnACard(torch.Tensor):
    """A loss that is not where the processor is, as far as anybody can tell."""

    is_cpu = False


def test_losses_on_a_card_are_fetched_together_and_in_order(path: Path) -> None:
    model = nn.Linear(1, 1)
    with hltcore.watch(model, None, path, every=4) as watch:
        for k in range(7):
            loss = torch.tensor(float(k)).as_subclass(OnACard)
            watch.step(loss)
            loss += 100  # what was recorded is a copy
    assert [step.loss for step in steps(path)] == [0, 1, 2, 3, 4, 5, 6]
