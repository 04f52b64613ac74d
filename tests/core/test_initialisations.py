"""Initialisations: seeded, reproducible, and as their names say."""

from __future__ import annotations

import math
from typing import Any

import pytest

from hltcore import Trainer, initialisations
from hltcore._torch import torch

NAMES = ("pytorch", "zeros", "ones", "normal", "xavier", "kaiming")
RANDOM = ("pytorch", "normal", "xavier", "kaiming")


def start(init: str, seed: int = 0, model: str = "two-layer", hidden: int = 200) -> dict[str, Any]:
    return Trainer(model, "xor", init=init, seed=seed, hidden=hidden).parameters


def numbers(matrix: tuple[tuple[float, ...], ...]) -> list[float]:
    return [n for row in matrix for n in row]


def test_all_of_them() -> None:
    assert initialisations.registry.names() == NAMES


@pytest.mark.parametrize("init", NAMES)
def test_a_seed_gives_the_same_start_and_leaves_the_global_generator_alone(init: str) -> None:
    torch.manual_seed(1)
    expected = torch.rand(3).tolist()
    torch.manual_seed(1)
    assert start(init) == start(init)
    assert torch.rand(3).tolist() == expected


@pytest.mark.parametrize("init", RANDOM)
def test_another_seed_gives_another_start(init: str) -> None:
    assert start(init, 0)["linear1.weight"] != start(init, 1)["linear1.weight"]


@pytest.mark.parametrize(("init", "value"), [("zeros", 0.0), ("ones", 1.0)])
def test_constants(init: str, value: float) -> None:
    parameters = start(init)
    assert set(numbers(parameters["linear1.weight"])) == set(parameters["linear1.bias"]) == {value}


@pytest.mark.parametrize(
    ("init", "bound"),
    [("pytorch", 1 / math.sqrt(2)), ("xavier", math.sqrt(6 / 202)), ("kaiming", math.sqrt(6 / 2))],
)
def test_uniform_between_bounds(init: str, bound: float) -> None:
    weights = numbers(start(init)["linear1.weight"])
    assert 0.97 * bound < max(map(abs, weights)) <= bound
    assert sum(w * w for w in weights) / len(weights) == pytest.approx(bound**2 / 3, rel=0.15)


def test_normal() -> None:
    weights = numbers(start("normal")["linear1.weight"])
    assert sum(w * w for w in weights) / len(weights) == pytest.approx(1, rel=0.2)
    assert max(map(abs, weights)) > 2


@pytest.mark.parametrize("init", ["normal", "xavier", "kaiming"])
def test_biases_start_at_zero(init: str) -> None:
    assert set(start(init)["linear1.bias"]) == {0.0}


@pytest.mark.parametrize("init", ["zeros", "ones"])
def test_twins_stay_twins(init: str) -> None:
    trainer = Trainer("two-layer", "xor", init=init)
    list(trainer.run(epochs=49))
    first, second = trainer.parameters["linear1.weight"]
    assert first == second
