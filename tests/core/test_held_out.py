"""Held-out rows: their loss is told and recorded, and training is none the wiser."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from hltcore import Dataset, Trainer, datasets
from hltcore.errors import OptionError, TargetError
from tests.core import plain
from tests.core.test_shared_history import told as told_of_the_rest

SPEC = "mlp/moons/cross-entropy batch=20 size=40 shuffle=true"


def mean(trainer: Trainer) -> float:
    losses = trainer.evaluate(held_out=True).losses
    return sum(losses) / len(losses)


def told(trainer: Trainer) -> list[bytes]:
    return [plain.bits((loss,)) for loss in trainer.history.held_out]


def test_they_are_evaluated_like_the_others() -> None:
    trainer = Trainer.from_spec(f"{SPEC} @3e")
    held = trainer.dataset.held_out
    assert held is not None
    evaluation = trainer.evaluate(held_out=True)
    assert evaluation.predictions == pytest.approx(trainer.predict(held.xs), rel=1e-5, abs=1e-6)
    assert len(evaluation.losses) == len(held) == 12
    assert evaluation.threshold == trainer.evaluate().threshold
    with pytest.raises(OptionError, match=r"^The data set xor holds out no examples\.$"):
        Trainer("mlp", "xor").evaluate(held_out=True)


def test_each_epochs_end_is_recorded_and_kept_wherever_the_run_goes() -> None:
    trainer = Trainer.from_spec(f"{SPEC} l2=0.1")
    expected = []
    for _ in range(80):
        list(trainer.run(epochs=1))
        expected.append(mean(trainer))
    assert list(trainer.history.held_out) == pytest.approx(expected, rel=1e-5)
    before = told(trainer)
    trainer.seek("70e+1")
    list(trainer.run(steps=3))
    trainer.back(100)
    assert told(trainer) == before

    trainer.seek("40e")
    trainer.switch(lr=0.5)
    left = trainer.branches[-1]
    assert told(trainer) == before[:40]
    assert [plain.bits((loss,)) for loss in left.held_out] == before
    list(trainer.run(epochs=3))
    assert trainer.history.held_out[-1] == pytest.approx(mean(trainer), rel=1e-5)
    assert told(trainer)[:40] == before[:40]
    again = Trainer.from_spec(str(trainer.spec))
    assert told(again) == told(trainer)
    trainer.checkout(left)
    assert told(trainer) == before
    assert [len(line.held_out) for line in trainer.lines] == [80, 43]


def test_an_epoch_that_a_switch_breaks_off_has_one_too() -> None:
    trainer = Trainer.from_spec(f"{SPEC} @1e+1")
    expected = mean(trainer)
    trainer.switch(dataset="xor", batch=1)
    list(trainer.run(epochs=2))
    trainer.switch(dataset="moons", size=40)
    list(trainer.run(epochs=1))
    first, second, *rest = trainer.history.held_out
    assert second == pytest.approx(expected, rel=1e-5)
    assert [math.isnan(loss) for loss in (first, *rest)] == [False, True, True, False]
    assert len(trainer.history.held_out) == len(trainer.history.epoch_starts) - 1


def test_every_left_line_keeps_its_own() -> None:
    trainer = Trainer.from_spec(f"{SPEC} @30e")
    before = []
    for epoch in (20, 25, 7, 8, 3):
        trainer.seek(f"{epoch}e+1")
        before.append((list(trainer.history.held_out), told_of_the_rest(trainer.history)))
        trainer.set_parameter("linear1.bias", 0, epoch)
        list(trainer.run(epochs=6))
    assert [(list(line.held_out), told_of_the_rest(line)) for line in trainer.branches] == before


@pytest.fixture
def same_rows() -> Iterator[None]:
    """The moons that are trained on, with nothing held out."""
    moons = datasets.registry.get("moons")

    def alone() -> Dataset:
        return replace(moons.factory(**moons.complete({"size": 40})), held_out=None)

    datasets.register("moons-alone", alone)
    yield
    datasets.registry.remove("moons-alone")


@pytest.mark.usefixtures("same_rows")
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_runs_bits_are_the_same(optimizer: str) -> None:
    trainer = Trainer("mlp", "moons", optimizer=optimizer, size=40, batch=5)
    alone = Trainer("mlp", "moons-alone", optimizer=optimizer, batch=5)
    assert list(trainer.run(epochs=12)) == list(alone.run(epochs=12))
    assert all(map(math.isnan, alone.history.held_out))


def test_a_loss_that_is_not_defined_is_nan_and_the_run_goes_on() -> None:
    trainer = Trainer("mlp", "moons", loss="mse", lr=30, batch="all", activation="identity")
    list(trainer.run(epochs=60))
    assert math.isnan(trainer.history.held_out[-1])
    assert math.isnan(trainer.evaluate(held_out=True).losses[0])


def test_held_out_targets_fit_the_loss_too() -> None:
    odd = Dataset("odd", ("x",), ("b",), ((1.0,),), (2.0,))
    datasets.register("odd", lambda: replace(odd, targets=(1.0,), held_out=odd))
    try:
        with pytest.raises(TargetError, match="cross-entropy needs targets in"):
            Trainer("mlp", "odd", loss="cross-entropy")
    finally:
        datasets.registry.remove("odd")
