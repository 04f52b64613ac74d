"""Steps that are computed without autograd have its bits, also where numbers leave the finite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hltcore
from hltcore import slopes
from hltcore._torch import torch
from hltcore.backprop import Kind
from hltcore.errors import HltError
from hltcore.events import StepEvent
from hltcore.exactness import exact
from tests.core import plain


@contextmanager
def autograd_alone() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hltcore.ways.exact", lambda kind: False)
        yield


def told(trainer: hltcore.Trainer, epochs: int) -> tuple[list[StepEvent], str]:
    events = []
    try:
        events.extend(trainer.run(epochs=epochs))
    except HltError as error:
        return events, str(error)
    return events, ""


def compare(parts: dict[str, Any], epochs: int) -> list[StepEvent]:
    """Run both ways; of what is compared, packed numbers are compared as bytes, so NaN and -0 count."""
    written_out = hltcore.Trainer(**parts, checks=False)
    with autograd_alone():
        by_autograd = hltcore.Trainer(**parts, checks=False)
        expected = told(by_autograd, epochs)
    found = told(written_out, epochs)
    assert found == expected
    return found[0]


@settings(max_examples=200, deadline=None)
@given(
    model=st.sampled_from([*plain.MODELS, "linear-regression", "mlp"]),
    loss=st.sampled_from(list(plain.LOSSES)),
    dataset=st.sampled_from(list(plain.DATA)),
    lr=st.sampled_from([0.0, 0.1, 30.0, 1e20]),
    batch=st.sampled_from([1, 2, 3, 4]),
    init=st.sampled_from(["pytorch", "zeros", "ones"]),
    activation=st.sampled_from(["relu", "tanh", "sigmoid", "identity"]),
    other=st.sampled_from([{}, {"frozen": "W.bias"}, {"optimizer": "sgd", "momentum": 0.9}]),
)
def test_autograds_bits(
    model: str, loss: str, dataset: str, lr: float, batch: int, init: str, activation: str, other: dict[str, Any]
) -> None:
    parts = {"model": model, "dataset": dataset, "loss": loss, "lr": lr, "batch": batch, "init": init, **other}
    if model == "mlp":
        parts["activation"] = activation
    if "frozen" in other and model != "logistic-regression":
        del parts["frozen"]
    compare(parts, 5)


def test_numbers_that_are_not_finite() -> None:
    events = compare({"model": "eight-layer", "dataset": "xor", "loss": "difference", "lr": 1.0}, 30)
    assert any(event.loss != event.loss for event in events)


@pytest.mark.parametrize("loss", plain.LOSSES)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_slope_that_is_not_autograds_is_not_believed(rows: int, loss: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = Kind((2, 3, 1), ("clamp", "identity"), loss, "real", rows)
    assert exact.__wrapped__(kind)
    made = slopes.CRITERIA[loss, "real"]

    def other(function: Any, shape: tuple[int, ...]) -> slopes.Criterion:
        criterion = made(function, shape)

        def backward(prediction: torch.Tensor, target: torch.Tensor, out: torch.Tensor) -> None:
            criterion.backward(prediction, target, out)
            out.mul_(1 + 2**-23)

        return criterion._replace(backward=backward)

    monkeypatch.setitem(slopes.CRITERIA, (loss, "real"), other)
    assert not exact.__wrapped__(kind)


def test_a_run_begun_where_gradients_are_off() -> None:
    with torch.no_grad():
        events = list(hltcore.Trainer("mlp", "and", hidden=7).run(epochs=2))
    assert events == list(hltcore.Trainer("mlp", "and", hidden=7).run(epochs=2))


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("model", plain.MODELS)
def test_a_step_is_not_disturbed_by_what_is_asked_inside_it(model: str, batch: int) -> None:
    asked, alone = (hltcore.Trainer(model, "language-id", batch=batch) for _ in range(2))
    twin = asked.copy()
    for _ in range(4):
        for _ in range(5):
            asked.phase()
            asked.evaluate()
            asked.predict(asked.dataset.xs)
            asked.check_gradients()
            twin.step()
        assert asked.last_event == alone.step()


def defaults(dtype: torch.dtype) -> Any:
    @contextmanager
    def changed() -> Iterator[None]:
        before = torch.get_default_dtype()
        torch.set_default_dtype(dtype)
        try:
            yield
        finally:
            torch.set_default_dtype(before)

    return changed()


@pytest.mark.parametrize("batch", [1, 3])
def test_what_a_script_makes_the_default_meanwhile_changes_nothing(batch: int) -> None:
    def made() -> hltcore.Trainer:
        exact.cache_clear()
        return hltcore.Trainer("mlp", "xor", hidden=3, batch=batch, loss="l1", checks=False)

    expected = list(made().run(epochs=2))
    trainer = made()
    with defaults(torch.float64):
        assert list(trainer.run(epochs=2)) == expected


def test_what_a_script_lets_autograd_pass_over_is_passed_over() -> None:
    def stepped() -> tuple[list[StepEvent], str]:
        trainer = hltcore.Trainer("two-layer", "xor", checks=False)
        trainer.step()
        trainer.model.linear1.weight.requires_grad_(False)
        events = told(trainer, 1)
        trainer.model.linear1.weight.requires_grad_(True)
        with torch.autocast("cpu"):
            return (events[0] + told(trainer, 1)[0], events[1])

    with autograd_alone():
        expected = stepped()
    assert stepped() == expected
    assert len(expected[0]) > 4
