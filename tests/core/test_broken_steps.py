"""A step that is broken off, by somebody's error or by Ctrl-C, leaves the run as if it had not begun."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hltcore import Trainer, losses, models, optimizers
from hltcore._torch import torch
from hltcore.errors import StepError

broken: dict[str, BaseException] = {}


def use(part: str) -> None:
    if part in broken:
        raise broken[part]


class Net(torch.nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(inputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        use("model")
        out: torch.Tensor = self.linear(x)
        return out


class Backward(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, value: torch.Tensor) -> torch.Tensor:
        return value.clone()

    @staticmethod
    def backward(context: Any, *gradients: torch.Tensor) -> torch.Tensor:
        use("backward")
        return gradients[0]


def loss(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    use("loss")
    return ((Backward.apply(prediction) - target) ** 2).sum()  # type: ignore[no-untyped-call, no-any-return]


class Late(torch.optim.SGD):
    def step(self, closure: Any = None) -> Any:
        super().step(closure)
        use("optimizer")


@pytest.fixture(autouse=True)
def parts() -> Iterator[None]:
    models.register("net", Net)
    losses.register("breaking", lambda output: loss)
    optimizers.register("late", lambda parameters, lr: Late(parameters, lr=lr, momentum=0.9))
    yield
    broken.clear()
    models.registry.remove("net")
    losses.registry.remove("breaking")
    optimizers.registry.remove("late")


def ready(optimizer: str, phases: int = 0, steps: int = 6) -> Trainer:
    trainer = Trainer("net", "xor", loss="breaking", optimizer=optimizer)
    list(trainer.run(steps=steps))
    for _ in range(phases):
        trainer.phase()
    return trainer


def state(trainer: Trainer) -> tuple[Any, ...]:
    gradients = [p.grad.tolist() for p in trainer.model.parameters() if p.grad is not None]
    return str(trainer.spec), trainer.parameters, gradients, trainer.last_event, list(trainer.history.losses)


CAUSES = {
    "model": "The model cannot be computed (TypeError: no \\x1b[31m such thing).",
    "loss": "The loss cannot be computed (TypeError: no \\x1b[31m such thing).",
    "backward": "The gradients cannot be computed (TypeError: no \\x1b[31m such thing).",
    "optimizer": "The optimizer cannot update the parameters (TypeError: no \\x1b[31m such thing).",
}


@pytest.mark.parametrize("part", CAUSES)
@pytest.mark.parametrize("phases", [None, 0, 1])
def test_an_error_is_one_sentence_and_undoes_the_step(part: str, phases: int | None) -> None:
    if part == "model" and phases == 1:
        pytest.skip("the model has been computed by then")
    paused = phases or 0
    trainer, same = ready("late", paused), ready("late")
    error = TypeError("no \x1b[31m such thing")
    if part == "optimizer" and phases is None:
        once(trainer, part, error)
    else:
        broken[part] = error
        go = trainer.step if phases is None else lambda: [trainer.phase() for _ in range(5)]
        with pytest.raises(StepError) as raised:
            go()
        assert str(raised.value) == CAUSES[part]
        assert raised.value.__cause__ is error
    broken.clear()
    assert state(trainer) == state(same)
    assert [trainer.step() for _ in range(5)] == [same.step() for _ in range(5)]


def once(trainer: Trainer, part: str, error: BaseException) -> None:
    class Once(dict[str, BaseException]):
        def __getitem__(self, key: str) -> BaseException:
            return self.pop(key)

    global broken
    kept, broken = broken, Once({part: error})
    try:
        with pytest.raises(StepError, match="optimizer"):
            trainer.step()
    finally:
        broken = kept


def test_an_optimizer_that_stays_broken_leaves_the_last_whole_state() -> None:
    trainer = ready("late", steps=70)
    broken["optimizer"] = ValueError("no")
    with pytest.raises(StepError):
        trainer.step()
    assert trainer.steps == 64
    broken.clear()
    same = ready("late", steps=75)
    list(trainer.run(steps=11))
    assert state(trainer) == state(same)


@pytest.mark.parametrize("part", ["model", "loss", "backward"])
@pytest.mark.parametrize("phases", [0, 1])
def test_ctrl_c_undoes_the_step_and_stays_ctrl_c(part: str, phases: int) -> None:
    if part == "model" and phases:
        pytest.skip("the model has been computed by then")
    trainer, same = ready("sgd", phases), ready("sgd")
    broken[part] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        trainer.step()
    broken.clear()
    assert state(trainer) == state(same)
    assert trainer.phase() == same.phase()
    assert [trainer.step() for _ in range(3)] == [same.step() for _ in range(3)]


def test_evaluating_tells_the_real_error_too() -> None:
    trainer = ready("sgd")
    broken["loss"] = RuntimeError("shapes differ")
    with pytest.raises(StepError, match=r"^The loss cannot be computed \(RuntimeError: shapes differ\)\.$"):
        trainer.step()
    with pytest.raises(StepError, match="shapes differ"):
        trainer.evaluate()
    broken["model"] = RuntimeError("no model")
    with pytest.raises(StepError, match="The model cannot be computed"):
        trainer.predict([0.0, 1.0])
