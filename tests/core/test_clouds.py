"""Clouds of points: the same everywhere, balanced, partly held out, and learnable."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore import Dataset, RunSpec, Trainer, datasets
from hltcore.errors import OptionError
from hltcore.features import PLANE

# What each draws with its defaults, on every machine and every Python.
DRAWN = {
    "gaussians": "ee6e4370bd7900c8",
    "circles": "ff1813b484813508",
    "moons": "c353de15d75e0aac",
    "xor-clouds": "f42f2a59f3b5ade7",
    "spiral": "4622d73fa77caaa1",
}
clouds = pytest.mark.parametrize("name", DRAWN)


def drawn(name: str, **options: Any) -> Dataset:
    entry = datasets.registry.get(name)
    data: Dataset = entry.factory(**entry.complete(options))
    return data


def every(data: Dataset) -> list[tuple[tuple[float, float], float]]:
    held = data.held_out
    rest = list(zip(held.points, held.targets)) if held else []
    return [*zip(data.points, data.targets), *rest]


@clouds
def test_the_same_on_every_machine(name: str) -> None:
    data = drawn(name)
    assert data.held_out is not None
    text = repr((data.points, data.held_out.points, data.targets, data.held_out.targets))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == DRAWN[name]
    assert all(abs(n) < 1.5 and n == round(n, 4) for point, _ in every(data) for n in point)


@given(
    name=st.sampled_from(list(DRAWN)),
    size=st.integers(6, 60),
    noise=st.floats(0, 1),
    data_seed=st.integers(0, 2**63 - 1),
    held_out=st.floats(0, 0.3),
)
def test_any_settings(name: str, size: int, noise: float, data_seed: int, held_out: float) -> None:
    options = {"size": size, "noise": noise, "data_seed": data_seed}
    data, whole = drawn(name, held_out=held_out, **options), drawn(name, held_out=0, **options)
    assert every(data) == every(whole)
    assert whole.held_out is None
    assert sum(whole.targets) == size // 2
    assert len(data) == size - round(size * held_out)
    assert data.labels == tuple(map(str, range(len(data))))
    assert (data.xs, data.axes, data.classes) == (data.points, ("x", "y"), ("blue", "orange"))
    words = [f"{option}={value!r}" for option, value in {"held_out": held_out, **options}.items()]
    assert RunSpec.parse(f"mlp/{name} {' '.join(words)}").options_of("dataset") == {
        **{"held_out": held_out, "features": "x+y"},
        **options,
    }


@clouds
def test_noise_moves_the_same_points(name: str) -> None:
    still, moved, other = drawn(name, noise=0), drawn(name, noise=0.01), drawn(name, data_seed=1)
    assert moved.targets == still.targets
    for here, there in zip(still.points, moved.points):
        assert max(abs(a - b) for a, b in zip(here, there)) < 0.07
    assert still.points != moved.points
    assert other.points != drawn(name).points


def test_features_are_computed_from_the_points() -> None:
    data = drawn("spiral", features="SINX+xy+x2+xy")
    assert data.features == ("x²", "xy", "sin πx")
    assert (data.points, data.axes) == (drawn("spiral").points, ("x", "y"))
    assert data.encode_point is not None
    assert data.xs == tuple(data.encode_point(*point) for point in data.points)
    assert data.encode_point(0.5, -0.25) == (0.25, -0.125, 1.0)
    assert data.held_out is not None
    assert len(data.held_out.xs[0]) == 3
    assert drawn("circles", features="+".join(PLANE)).encode_point(-0.5, 0.5) == (-0.5, 0.5, 0.25, 0.25, -0.25, -1, 1)  # type: ignore[misc]
    assert str(Trainer("mlp", "circles", features="y+x+x").spec) == "mlp/circles/mse/sgd"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"held_out": 0.99}, "held_out=0.99 is not allowed with 100 examples: both classes must be left to train on."),
        ({"size": 4, "held_out": 0.75}, "held_out=0.75 is not allowed with 4 examples: both "),
        ({"held_out": 1}, "held_out=1 is not allowed: it must be a finite number at least 0 and below 1."),
        ({"noise": 1.5}, "noise=1.5 is not allowed: it must be a finite number at least 0 and at most 1."),
        ({"size": 3}, "size=3 is not allowed: it must be at least 4 and at most 1000."),
        ({"features": "x+yy"}, 'features=yy is not allowed: did you mean "y"?'),
        ({"features": ""}, "features= is not allowed: choose from x, y, x2, y2, xy, sinx, siny."),
    ],
    ids=str,
)
def test_refusals(options: dict[str, Any], sentence: str) -> None:
    trainer = Trainer("mlp", "moons")
    with pytest.raises(OptionError) as raised:
        trainer.switch(**options)
    assert str(raised.value).startswith(sentence)
    assert trainer.history.entries == []


@pytest.mark.parametrize(
    ("spec", "epochs"),
    [
        ("logistic/gaussians", 10),
        ("mlp/xor-clouds", 40),
        ("mlp/circles hidden=8", 60),
        ("mlp/moons hidden=8", 100),
        ("logistic/circles features=x2+y2", 20),
        ("mlp/spiral/cross-entropy/adam features=x+y+sinx+siny hidden=8 depth=2 lr=0.02", 160),
    ],
)
def test_they_can_be_learned(spec: str, epochs: int) -> None:
    trainer = Trainer.from_spec(f"{spec} batch=10")
    if trainer.settings.loss == "mse":
        trainer.switch(loss="cross-entropy")
    list(trainer.run(epochs=epochs))
    evaluation = trainer.evaluate()
    right = [(p >= evaluation.threshold) == (y == 1) for p, y in zip(evaluation.predictions, trainer.dataset.targets)]
    assert sum(right) >= 0.95 * len(right)


def test_logistic_regression_cannot_learn_the_circles() -> None:
    trainer = Trainer("logistic-regression", "circles", loss="cross-entropy", batch=10)
    list(trainer.run(epochs=40))
    right = [(p >= 0.5) == (y == 1) for p, y in zip(trainer.evaluate().predictions, trainer.dataset.targets)]
    assert sum(right) < 0.7 * len(right)
