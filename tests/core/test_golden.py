"""The printed figures of the lecture's notebook, replayed from its printed starts."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

import hltcore
from hltcore._torch import torch

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
TOLERANCE = 2e-4
ROUNDING = 0.5e-4  # half of the last printed digit

RUNS = {
    "logistic-regression-and": {"model": "logistic-regression", "dataset": "and"},
    "two-layer-and": {"model": "two-layer", "dataset": "and"},
    "two-layer-xor-stale-optimizer": {"model": "two-layer", "dataset": "xor", "updates": "logistic-regression"},
}


def read(name: str) -> dict[str, Any]:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def replay(name: str) -> list[hltcore.StepEvent]:
    trainer = hltcore.Trainer(loss="mse", optimizer="sgd", lr=0.1, **RUNS[name])
    trainer.load_parameters(read(name)["init"])
    return list(trainer.run(epochs=49))


def flat(tensors: dict[str, Any]) -> list[float]:
    def numbers(value: Any) -> list[float]:
        return [n for item in value for n in numbers(item)] if isinstance(value, tuple) else [value]

    return [n for value in tensors.values() for n in numbers(value)]


def records(name: str) -> list[dict[str, Any]]:
    return read(name)["records"] + read("further").get(name, [])


@pytest.mark.parametrize("name", RUNS)
def test_every_printed_prediction(name: str) -> None:
    events = replay(name)
    printed = {r["step"]: r["prediction"] for r in records(name) if r["prediction"] is not None}
    assert {step: events[step].prediction for step in printed} == pytest.approx(printed, abs=TOLERANCE, rel=0)


@pytest.mark.parametrize("name", RUNS)
def test_every_printed_loss(name: str) -> None:
    events = replay(name)
    printed = {r["step"]: r["loss"] for r in records(name) if r["loss"] is not None}
    if name == "two-layer-and":
        del printed[0]  # see test_the_one_loss_that_needs_the_unprinted_digits
    assert {step: events[step].loss for step in printed} == pytest.approx(printed, abs=TOLERANCE, rel=0)


@pytest.mark.parametrize("name", RUNS)
def test_every_printed_parameter(name: str) -> None:
    events = replay(name)
    printed = {r["step"]: [n for row in r["params"] for n in row] for r in records(name) if r["params"] is not None}
    assert printed
    for step, numbers in printed.items():
        assert flat(events[step].parameters) == pytest.approx(numbers, abs=TOLERANCE, rel=0), f"step {step}"


@pytest.mark.parametrize("name", RUNS)
def test_the_rows_come_in_the_printed_order(name: str) -> None:
    events = replay(name)
    assert len(events) == 49 * 4
    for record in read(name)["records"]:
        event = events[record["step"]]
        assert (list(event.x), event.target) == (record["x"], record["target"])


def test_the_one_loss_that_needs_the_unprinted_digits() -> None:
    """At the first step of two-layer AND the prediction is near 2, so the loss 4-fold magnifies the start's rounding.

    At x = (0, 0) the first hidden unit is open with its bias b, the second is shut: ŷ = w·b + c and the loss is ŷ².
    With every printed number off by half a digit at most, ŷ is off by (|w| + |b| + 1)·ROUNDING and the loss by 2|ŷ|
    times that.
    """
    printed = read("two-layer-and")["records"][0]
    (_, (bias, _), (weight, _), (offset,)) = printed["params"]
    event = replay("two-layer-and")[0]

    assert event.prediction == pytest.approx(weight * bias + offset, abs=1e-6)
    assert event.loss == pytest.approx(event.prediction**2, rel=1e-6)
    bound = 2 * abs(event.prediction) * (abs(weight) + abs(bias) + 1) * ROUNDING
    assert TOLERANCE < abs(event.loss - printed["loss"]) < bound + ROUNDING
    assert printed["loss"] == pytest.approx(printed["prediction"] ** 2, abs=2 * printed["prediction"] * ROUNDING * 2)


def test_the_stale_optimizer_moves_nothing() -> None:
    events = replay("two-layer-xor-stale-optimizer")
    assert len({(e.example, e.prediction, e.loss) for e in events}) == 4
    assert all(e.parameters == e.updated == events[0].parameters for e in events)


# The untrained logistic regression on the six words: W x + b and the prediction for each, as printed.
WORDS_BEFORE = {"gatos": (1.6982, 0.8453), "cat": (0.8019, 0.6904), "hola": (1.2886, 0.7839)}
WORDS_BEFORE |= {"gata": (1.2886, 0.7839), "hello": (1.6410, 0.8377), "at": (0.4123, 0.6017)}


def test_the_six_words_under_one_line() -> None:
    """Three of the printed sums give the three parameters that were not printed; the others must follow."""
    sums = {label: total for label, (total, _) in WORDS_BEFORE.items()}
    length = (sums["hola"] - sums["at"]) / 2
    share = (sums["gatos"] - sums["hello"]) / 0.2
    trainer = hltcore.Trainer("logistic-regression", "language-id", loss="difference")
    trainer.load_parameters([[share, length], [sums["at"] - 0.5 * share - 2 * length]])

    shown = trainer.evaluate()
    for label, target, prediction, loss in zip(
        trainer.dataset.labels, trainer.dataset.targets, shown.predictions, shown.losses
    ):
        assert prediction == pytest.approx(WORDS_BEFORE[label][1], abs=TOLERANCE)
        assert loss == pytest.approx(WORDS_BEFORE[label][1] - target, abs=TOLERANCE)


# One pass of the signed difference over the six words, from a start that was not printed: six predictions.
WORDS_TRAINED = (0.0252, 0.0791, 0.0403, 0.0378, 0.0177, 0.1252)


def test_one_pass_of_the_signed_difference() -> None:
    """There is a start of three numbers from which all six printed predictions follow."""

    def logits(start: list[float]) -> list[float]:
        trainer = hltcore.Trainer("logistic-regression", "language-id", loss="difference", lr=0.1)
        trainer.load_parameters([start[:2], start[2:]])
        return [math.log(e.prediction / (1 - e.prediction)) for e in trainer.run(epochs=1)]

    goal = torch.tensor([math.log(p / (1 - p)) for p in WORDS_TRAINED], dtype=torch.float64)
    start = [0.0, -0.7, 0.0]
    for _ in range(20):  # Gauss-Newton
        now = torch.tensor(logits(start), dtype=torch.float64)
        bumped = [[s + 0.01 * (i == j) for i, s in enumerate(start)] for j in range(3)]
        slopes = torch.stack([(torch.tensor(logits(b), dtype=torch.float64) - now) / 0.01 for b in bumped], 1)
        change = torch.linalg.pinv(slopes) @ (goal - now)
        start = [s + c for s, c in zip(start, change.tolist())]
    predictions = [1 / (1 + math.exp(-z)) for z in logits(start)]
    assert predictions == pytest.approx(WORDS_TRAINED, abs=TOLERANCE, rel=0)
