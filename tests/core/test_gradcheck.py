"""The gradient check: right gradients pass, a wrong one is named, and a kink is no mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hltcore import Trainer, losses, models
from hltcore._torch import torch
from hltcore.errors import StepError
from hltcore.gradcheck import TOLERANCE

MODELS = [
    "logistic-regression",
    "two-layer",
    "eight-layer",
    *(f"mlp activation={name}" for name in ("relu", "tanh", "sigmoid", "identity")),
]


@pytest.mark.parametrize("loss", [entry.name for entry in losses.registry])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("data", ["xor", "language-id", "moons"])
def test_every_model_and_loss_has_right_gradients(model: str, data: str, loss: str) -> None:
    name, _, options = model.partition(" ")
    trainer = Trainer.from_spec(f"{name}/{data}/{loss} {options} l1=0.01 l2=0.1 batch=2 lr=0.01 @3", checks=False)
    checks = trainer.check_gradients()
    assert [check.name for check in checks] == list(trainer.parameters)
    for check in checks:
        assert check.agrees
        assert check.count == len(check.gaps) + len(check.kinks)
        assert all(gap.relative <= TOLERANCE for gap in check.gaps)


def test_it_changes_nothing() -> None:
    trainer, plain = (Trainer.from_spec("two-layer/xor/mse/adam l2=0.1 @5:loss") for _ in range(2))
    before = trainer.last_phase
    random = torch.random.get_rng_state()
    trainer.check_gradients()
    assert torch.equal(random, torch.random.get_rng_state())
    assert (trainer.last_phase, trainer.position) == (before, plain.position)
    for _ in range(9):
        assert trainer.step() == plain.step()


def test_the_gradient_is_that_of_a_step_on_all_examples() -> None:
    trainer = Trainer.from_spec("logistic-regression/or batch=all", checks=False)
    weight, bias = trainer.check_gradients()
    event = trainer.step()
    assert [gap.autograd for gap in weight.gaps] == pytest.approx(event.gradients["W.weight"][0])
    assert [gap.index for gap in weight.gaps] == [(0, 0), (0, 1)]
    assert bias.gaps[0].difference == pytest.approx(event.gradients["W.bias"][0])
    assert weight.gaps[0].absolute < 1e-8


class Halved(torch.autograd.Function):
    """The identity, with half its gradient."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        return gradients[0] / 2


class Wrong(torch.nn.Module):
    """Two layers, the gradient of the first of which is halved."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.first, self.second = torch.nn.Linear(inputs, 3), torch.nn.Linear(3, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(Halved.apply(self.first(x)).tanh())  # type: ignore[no-any-return, no-untyped-call]


@pytest.fixture
def wrong() -> Iterator[None]:
    models.register("wrong", Wrong)
    losses.register("halved", lambda output: lambda p, y: (Halved.apply(p - y) ** 2).sum())  # type: ignore[no-untyped-call]
    yield
    models.registry.remove("wrong")
    losses.registry.remove("halved")


@pytest.mark.usefixtures("wrong")
def test_a_wrong_gradient_is_named_with_where_and_how_much() -> None:
    checks = Trainer("wrong", "xor", checks=False).check_gradients()
    assert [check.name for check in checks if not check.agrees] == ["first.weight", "first.bias"]
    worst = checks[0].wrong[0]
    assert worst.autograd == pytest.approx(worst.difference / 2)
    assert worst.relative == pytest.approx(0.5)
    assert not any(check.agrees for check in Trainer("two-layer", "or", loss="halved", checks=False).check_gradients())


@pytest.mark.parametrize(
    ("spec", "kinks"),
    [
        # At 0 xor 0 every z is 0, and so is the prediction.
        ("two-layer/xor/cross-entropy init=xavier", {"linear1.bias": ((0,), (1,))}),
        ("two-layer/xor/l1 init=xavier", {"linear1.bias": ((0,), (1,)), "linear2.bias": ((0,),)}),
    ],
)
def test_a_kink_is_told_of_and_not_compared(spec: str, kinks: dict[str, Any]) -> None:
    checks = Trainer.from_spec(spec, checks=False).check_gradients()
    told = {check.name: check.kinks for check in checks if check.kinks}
    assert {name: set(places) <= set(kinks[name]) for name, places in told.items()} == dict.fromkeys(kinks, True)
    assert all(check.agrees for check in checks)


def test_a_large_parameter_is_compared_all_over() -> None:
    checks = Trainer("mlp", "and", hidden=40, depth=2, checks=False).check_gradients()
    large = next(check for check in checks if check.name == "linear2.weight")
    assert (large.count, len(large.gaps)) == (1600, 256)
    assert large.gaps[-1].index[0] == 39


def test_a_loss_that_is_no_number_is_refused() -> None:
    trainer = Trainer.from_spec("two-layer/language-id/mse batch=all lr=90 @60", checks=False)
    with pytest.raises(StepError, match="no gradient to check"):
        trainer.check_gradients()
