"""The state of any optimizer comes back as it was, or is refused at the first step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hltcore import Trainer, models, optimizers
from hltcore._torch import torch
from hltcore.errors import OptionError

KEEPS: dict[str, Any] = {"made": None}


class Counting(torch.optim.Optimizer):
    def __init__(self, parameters: Any, lr: float) -> None:
        super().__init__(parameters, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for p in self.param_groups[0]["params"]:
            state = self.state[p]
            state["count"] = state.get("count", 0) + 1
            state["big"] = state.get("big", torch.tensor(2**24, dtype=torch.int64)) + 1
            state["mean"] = state.get("mean", torch.zeros(p.shape, dtype=torch.float64)) * 0.9 + p.grad.double()
            if KEEPS["made"]:
                state["made"] = KEEPS["made"]
            p -= 0.01 * (state["mean"] * state["count"]).float() + 1e-9 * (state["big"] - 2**24)


class Frozen(torch.nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(inputs, 1)
        self.linear.bias.requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.linear(x)
        return out


@pytest.fixture(autouse=True)
def parts() -> Iterator[None]:
    optimizers.register("counting", Counting)
    models.register("frozen-bias", Frozen)
    yield
    KEEPS["made"] = None
    optimizers.registry.remove("counting")
    models.registry.remove("frozen-bias")


def test_every_dtype_and_plain_numbers_come_back() -> None:
    trainer = Trainer("two-layer", "xor", optimizer="counting", lr=0.01)
    events = list(trainer.run(steps=140))
    for steps in (130, 64, 70, 3):
        trainer.seek(steps)
        assert trainer.step() == events[steps]
    trainer.phase()
    trainer.back()
    assert trainer.step() == events[4]


def test_a_switch_of_the_learning_rate_keeps_it() -> None:
    trainer, same = (Trainer("two-layer", "xor", optimizer="counting", lr=0.01) for _ in range(2))
    list(trainer.run(steps=5))
    trainer.switch(lr=0.02)
    assert [event.updated for event in trainer.run(steps=5)] == [event.updated for event in same.run(steps=10)][5:]


def test_what_cannot_be_kept_is_refused_at_once() -> None:
    KEEPS["made"] = [1, 2]
    trainer = Trainer("two-layer", "xor", optimizer="counting")
    before = trainer.parameters
    with pytest.raises(OptionError, match='"Counting" keeps "made" as "list"'):
        trainer.step()
    assert (trainer.steps, trainer.parameters) == (0, before)


def test_a_frozen_minus_zero_stays() -> None:
    trainer = Trainer("frozen-bias", "xor")
    trainer.set_parameter("linear.bias", 0, -0.0)
    trainer.step()
    assert str(trainer.parameters["linear.bias"]) == "(-0.0,)"


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        ({"optimizer": "sgd"}, set()),
        ({"optimizer": "sgd", "weight_decay": 0.1}, set()),
        ({"updates": "eight-layer"}, set()),
        ({"optimizer": "sgd", "momentum": 0.9}, {"momentum_buffer"}),
        ({"optimizer": "adam"}, {"step", "exp_avg", "exp_avg_sq"}),
        ({"optimizer": "adagrad", "frozen": "linear1.bias"}, {"step", "sum"}),
        ({"optimizer": "counting"}, {"count", "big", "mean"}),
    ],
    ids=lambda value: str(sorted(value)),
)
def test_what_it_keeps_can_be_seen(settings: dict[str, Any], keys: set[str]) -> None:
    trainer = Trainer("two-layer", "xor", **settings)
    list(trainer.run(steps=3))
    state = trainer.optimizer_state
    assert list(state) == (list(trainer.parameters) if keys else [])
    assert all(set(values) == keys for values in state.values())
    trainer.seek(1)
    trainer.seek(3)
    assert trainer.optimizer_state == state


def test_its_values_are_those_of_the_gradients() -> None:
    events = list(Trainer("two-layer", "xor", momentum=0.9).run(steps=2))
    first, second = (event.gradients["linear1.weight"][1][0] for event in events)
    trainer = Trainer.from_spec("two-layer/xor momentum=0.9 @2")
    assert trainer.optimizer_state["linear1.weight"]["momentum_buffer"][1][0] == pytest.approx(0.9 * first + second)
    adam = Trainer.from_spec("two-layer/xor/mse/adam @2").optimizer_state
    assert adam["linear2.bias"]["step"] == 2.0
    adagrad = Trainer.from_spec("two-layer/xor/mse/adagrad")
    assert adagrad.optimizer_state["linear2.bias"]["sum"] == (0.0,)
    gradient = adagrad.step().gradients["linear2.bias"][0]
    assert adagrad.optimizer_state["linear2.bias"]["sum"] == pytest.approx((gradient**2,))


def test_what_was_frozen_by_the_model_itself_has_no_state() -> None:
    trainer = Trainer("frozen-bias", "xor", optimizer="adam")
    trainer.step()
    assert list(trainer.optimizer_state) == ["linear.weight"]
