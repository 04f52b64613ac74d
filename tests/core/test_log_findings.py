"""LogCheckup: what the checks find in an event log, some steps at a time, and which could not look."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hltcore
from hltcore import Trainer, diagnostics, recording
from hltcore._torch import torch
from hltcore.log import RunLog
from hltcore.log_checks import AT_EPOCHS, AT_ODD_STEPS, CANNOT
from hltcore.log_findings import LogCheckup

nn = torch.nn
XOR = (torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]), torch.tensor([[0.0], [1], [1], [0]]))


def checked(log: RunLog) -> LogCheckup:
    checkup = LogCheckup(log)
    while not log.complete:
        log.refresh()
    while not checkup.done:
        checkup.advance(1.0)
    return checkup


def found(checkup: LogCheckup) -> set[str]:
    return {finding.check for finding in checkup.findings}


def why(checkup: LogCheckup) -> dict[str, str]:
    return {item.check: item.why for item in checkup.unchecked}


@pytest.mark.parametrize(
    "spec",
    ["two-layer/xor/difference @432", "two-layer/xor lr=2 @30e", "two-layer/xor seed=3 @40e", "logistic/and @60e"],
)
def test_a_recorded_run_of_this_library_has_the_findings_that_it_had(spec: str) -> None:
    trainer = Trainer.from_spec(spec.partition(" @")[0])
    file = io.StringIO()
    recording.write([trainer.started, *trainer.follow(hltcore.RunSpec.parse(spec).marks)], file)
    with RunLog(io.BytesIO(file.getvalue().encode())) as log:
        checkup = checked(log)
    could = {*AT_EPOCHS, *AT_ODD_STEPS, "dead-unit"}
    had = {finding.check for finding in trainer.findings} & could
    # no progress has another name where the mean gradient of an epoch's steps is not that of all examples at its end
    stuck = {"plateau", "step-too-large", "step-too-small"}
    assert found(checkup) - stuck == had - stuck
    assert bool(found(checkup) & stuck) == bool(had & stuck)
    assert not checkup.unmarked


def train(
    path: Path,
    model: nn.Module,
    optimizer: Any,
    epochs: int = 40,
    loss_of: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] = nn.functional.mse_loss,
    **options: Any,
) -> LogCheckup:
    xs, ys = XOR
    with hltcore.watch(model, optimizer, path, **options) as watch:
        for epoch in range(epochs):  # noqa: B007 - it is found
            for x, y in zip(xs.split(2), ys.split(2)):
                prediction = model(x)
                loss = loss_of(prediction, y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                watch.step(loss=loss, target=y, prediction=prediction)
    with RunLog(path) as log:
        return checked(log)


def net(*functions: nn.Module, width: int = 4) -> nn.Sequential:
    torch.manual_seed(0)
    layers: list[nn.Module] = [nn.Linear(2, width)]
    for function in functions:
        layers += [function, nn.Linear(width, width)]
    return nn.Sequential(*layers, nn.Linear(width, 1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def sgd(model: nn.Module, lr: float) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=lr)


def test_a_healthy_run_has_none(path: Path) -> None:
    model = net(nn.Tanh(), width=8)
    checkup = train(path, model, torch.optim.Adam(model.parameters(), lr=0.05), activations=True)
    assert checkup.findings == ()
    assert checkup.steps == 80
    assert set(checkup.checked) == {*AT_EPOCHS, *AT_ODD_STEPS, "unowned-parameters"}
    assert why(checkup) == {**CANNOT, "dead-unit": why(checkup)["dead-unit"]}
    assert "activations of a ReLU" in why(checkup)["dead-unit"]


def test_a_stale_optimizer(path: Path) -> None:
    model = net(nn.Tanh())
    checkup = train(path, model, sgd(net(), 0.1))
    assert "unowned-parameters" in found(checkup)
    assert "unmoved-parameter" not in found(checkup), "one finding tells it"
    told = checkup.findings[0].told
    assert told.startswith("The optimizer holds 4 tensors that are not this model's, and none of the 6 parameters")


def test_a_part_that_the_optimizer_does_not_hold(path: Path) -> None:
    model = net(nn.Tanh())
    checkup = train(path, model, sgd(model[0], 0.1))
    assert "not all of the 6 parameters" in checkup.findings[0].told
    unmoved = {finding.where for finding in checkup.findings if finding.check == "unmoved-parameter"}
    assert unmoved == {"2.weight", "2.bias", "3.weight", "3.bias"}


def test_a_step_much_too_large(path: Path) -> None:
    model = net(nn.ReLU())
    checkup = train(path, model, sgd(model, 30.0))
    assert {"not-finite"} <= found(checkup)
    worst = next(finding for finding in checkup.findings if finding.check == "not-finite")
    assert "The first number that is not finite is" in worst.told


def test_a_loss_that_diverges(path: Path) -> None:
    model = nn.Linear(2, 1)
    checkup = train(path, model, sgd(model, 2.2), epochs=12)
    assert {"diverging", "exploding-gradient"} <= found(checkup)


def test_a_loss_below_zero(path: Path) -> None:
    model = net()
    checkup = train(path, model, sgd(model, 0.01), loss_of=lambda p, y: (p - y).sum())
    first = next(finding for finding in checkup.findings if finding.check == "loss-below-zero")
    assert first.told.startswith("The loss of a batch is -")


def test_a_gradient_that_vanishes(path: Path) -> None:
    model = net(*(nn.Sigmoid() for _ in range(7)))
    checkup = train(path, model, sgd(model, 0.1))
    assert "vanishing-gradient" in found(checkup)


def test_a_dead_unit(path: Path) -> None:
    model = net(nn.ReLU())
    with torch.no_grad():
        model[0].bias[2] = -50.0
    checkup = train(path, model, sgd(model, 0.01), activations=["1"])
    dead = [finding for finding in checkup.findings if finding.check == "dead-unit"]
    assert "1[2]" in {finding.where for finding in dead}
    assert "No recorded example of the last epoch opens 1[2]: of its 4 z the highest is -" in dead[0].told


@pytest.mark.parametrize(("lr", "name"), [(1e-7, "step-too-small"), (0.0, "unmoved-parameter")])
def test_a_step_that_is_too_small(lr: float, name: str, path: Path) -> None:
    model = net(nn.Tanh())
    assert name in found(train(path, model, sgd(model, lr)))


def test_summaries_are_enough_for_some_checks_and_the_rest_say_so(path: Path) -> None:
    model = net(*(nn.Sigmoid() for _ in range(7)))
    checkup = train(path, model, sgd(model, 0.0), limit=0)
    assert {"vanishing-gradient", "unmoved-parameter"} <= found(checkup)
    stuck = net(nn.Tanh())
    told = why(train(path, stuck, sgd(stuck, 1e-7), limit=0))
    assert "summaries of large parameters" in told["step-too-small"]
    with torch.no_grad():
        model[0].weight[1, 1] = torch.nan
    first = train(path, model, sgd(model, 0.1), limit=0, epochs=1).findings[0]
    assert (first.check, first.told.partition(",")[0]) == (
        "not-finite",
        "The first number that is not finite is 0.weight",
    )


def test_a_log_of_losses_alone() -> None:
    lines = [{"event": "step", "step": k, "epoch": k // 10, "lr": 0.1, "loss": 1.0 + k**2} for k in range(100)]
    with RunLog(io.BytesIO("".join(json.dumps(line) + "\n" for line in lines).encode())) as log:
        checkup = checked(log)
    assert found(checkup) == {"diverging"}
    told = why(checkup)
    assert told["exploding-gradient"] == "The log has no gradients."
    assert told["unowned-parameters"] == "The log does not say which parameters the optimizer holds."
    assert set(told) >= {"unmoved-parameter", "vanishing-gradient"}


def test_epochs_without_a_mark_end_after_a_thousand_steps() -> None:
    line = {"event": "step", "step": 0, "epoch": None, "lr": 0.1, "loss": 1.0}
    with RunLog(io.BytesIO(json.dumps(line).encode() + b"\n")) as log:
        told = why(checked(log))
    assert told["plateau"] == "The log has no epochs; without them it is looked at after each 1,000 steps."
    lines = [{"event": "step", "step": k, "epoch": None, "lr": 0.1, "loss": 1.0 + k} for k in range(6500)]
    with RunLog(io.BytesIO("".join(json.dumps(line) + "\n" for line in lines).encode())) as log:
        checkup = checked(log)
    assert checkup.unmarked
    assert [(finding.check, finding.step) for finding in checkup.findings] == [("diverging", 4000)]


def test_it_goes_on_with_a_log_that_grows_and_finds_what_it_finds_at_once(path: Path) -> None:
    trainer = Trainer.from_spec("two-layer/xor lr=2")
    events = [trainer.started, *trainer.run(epochs=12)]
    path.write_text("")
    with RunLog(path) as log:
        checkup = LogCheckup(log)
        assert not checkup.advance()
        assert checkup.done
        for event in events:
            with path.open("a") as file:
                recording.write([event], file)
            log.refresh()
            before = len(checkup.findings)
            assert checkup.advance(0.0) == (len(checkup.findings) > before)
        while not checkup.done:
            checkup.advance(0.0)
        again = checked(log)
        assert checkup.findings == again.findings != ()
        path.write_text("")
        with path.open("a") as file:
            recording.write([Trainer("logistic-regression", "and").started], file)
        log.refresh()
        checkup.advance()
        assert checkup.findings == ()


def test_every_check_is_asked_or_says_why(path: Path) -> None:
    names = {entry.name for entry in diagnostics.CHECKS}
    assert names == {*AT_EPOCHS, *AT_ODD_STEPS, *CANNOT, "dead-unit", "unowned-parameters"}
