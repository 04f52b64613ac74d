"""Events are facts: frozen, comparable, hashable, picklable, one JSON line; and their numbers are plain."""

from __future__ import annotations

import math
import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from hltcore import StepEvent, Trainer, recording
from hltcore.events import Batch, Edited, Event, Layout, PhaseEvent, RunStarted
from hltcore.packing import TensorLayout


def step(**settings: Any) -> StepEvent:
    return Trainer(**{"model": "two-layer", "dataset": "xor", **settings}).step()


def phase() -> PhaseEvent:
    return Trainer("two-layer", "xor").phase()


EVENTS = {
    "step": step,
    "batch": lambda: step(batch="all"),
    "phase": phase,
    "run started": lambda: Trainer("two-layer", "xor").started,
    "edited": lambda: Edited(3, "loss=l1", "two-layer/xor/mse/sgd @3 loss=l1"),
}
kinds = pytest.mark.parametrize("make", EVENTS.values(), ids=EVENTS)


@kinds
def test_frozen(make: Any) -> None:
    event = make()
    for name in ("step", "spec", "lr", "batch", "anything"):
        with pytest.raises((FrozenInstanceError, TypeError)):
            setattr(event, name, 1)


@kinds
def test_equal_events_of_two_runs_are_one(make: Any) -> None:
    assert make() == make()
    assert len({make(), make()}) == 1


def test_different_events_differ() -> None:
    assert step() != step(seed=1)
    assert step() != step(lr=0.2)
    assert len({step(), step(seed=1), phase(), *Trainer("two-layer", "xor").run(steps=5)}) == 7


@kinds
def test_picklable(make: Any) -> None:
    event = make()
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(event, protocol))
        assert again == event
        assert hash(again) == hash(event)


@kinds
def test_one_json_line_and_back(make: Any) -> None:
    event: Event = make()
    line = recording.dumps(event)
    assert len(line.splitlines()) == 1
    assert recording.loads(line) == event


def plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(plain, value))
    return type(value) is float


@pytest.mark.parametrize("batch", [1, 2, "all"])
@pytest.mark.parametrize("model", ["logistic-regression", "two-layer", "eight-layer"])
def test_values_are_plain_floats_and_nested_tuples(model: str, batch: Any) -> None:
    event = step(model=model, batch=batch)
    for tensors in (event.parameters, event.gradients, event.updated, event.activations, event.pre_activations):
        assert type(tensors) is dict
        assert tensors
        assert all(map(plain, tensors.values()))
    assert type(event.loss) is float
    assert all(map(plain, (event.x, event.target, event.prediction, event.predictions)))
    assert type(event.step) is type(event.epoch) is int


def test_one_example_reads_in_the_singular() -> None:
    event = list(Trainer("two-layer", "xor").run(steps=6))[5]
    assert (event.step, event.epoch, event.example, event.lr) == (5, 1, 1, 0.1)
    assert (event.x, event.target) == ((1.0, 0.0), 1.0)
    assert event.batch == Batch((1,), ("1 xor 0",), ((1.0, 0.0),), (1.0,))
    assert event.predictions == (event.prediction,)
    assert event.activations["linear2"] == (event.prediction,)
    assert event.activations["linear1"] == tuple(max(z, 0.0) for z in event.pre_activations["linear1"])
    assert event.loss == pytest.approx((event.prediction - 1) ** 2)
    for name, before in event.parameters.items():
        for b, g, u in zip(_flat(before), _flat(event.gradients[name]), _flat(event.updated[name])):
            assert u == pytest.approx(b - 0.1 * g)


def test_several_examples_read_in_the_plural() -> None:
    event = list(Trainer("logistic-regression", "language-id", batch=4).run(steps=2))[1]
    assert event.example == (4, 5)
    assert event.x == ((0.2, 5.0), (0.5, 2.0))
    assert event.target == (1.0, 1.0)
    assert event.batch.labels == ("hello", "at")
    assert event.prediction == event.predictions
    assert event.activations["W"] == tuple((p,) for p in event.predictions)
    assert event.loss == pytest.approx(sum((p - 1) ** 2 for p in event.predictions))


def _flat(value: Any) -> list[float]:
    return [n for item in value for n in _flat(item)] if isinstance(value, tuple) else [value]


def test_a_run_to_infinity_is_a_run() -> None:
    events = list(Trainer("eight-layer", "xor", loss="difference").run(epochs=200))
    last = events[-1]
    assert math.isnan(last.loss)
    assert any(math.isinf(e.loss) for e in events) or any(math.isinf(n) for e in events for n in e.predictions)
    for event in events:
        assert recording.loads(recording.dumps(event)) == event
        assert pickle.loads(pickle.dumps(event)) == event
    assert last == last


def test_events_of_a_run_share_what_they_can() -> None:
    first, second = Trainer("two-layer", "xor").run(steps=2)
    assert first.updated == second.parameters
    assert first.layout is second.layout


def test_a_parameter_of_no_dimension_is_a_float() -> None:
    one = TensorLayout(("scale",), ((),))
    layout = Layout(one, TensorLayout(("out",), ((1,),)), TensorLayout((), ()))
    event = StepEvent(
        0,
        0,
        0.1,
        Batch((0,), ("a",), ((1.0,),), (0.0,)),
        layout,
        b"\0\0\x80?",
        b"\0" * 4,
        b"\0" * 4,
        b"\0" * 4,
        b"\0" * 4,
    )
    assert event.parameters == {"scale": 1.0}
    assert recording.loads(recording.dumps(event)) == event


def test_the_run_started() -> None:
    assert Trainer("two-layer", "language-id", seed=3).started == RunStarted(
        "two-layer/language-id/mse/sgd seed=3", ("share of a and o", "length"), ("Spanish", "English")
    )
