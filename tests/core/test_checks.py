"""Checks: each finds what it is for, with the right numbers; healthy runs have no finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hltcore import Dataset, Trainer, datasets, diagnostics, losses
from hltcore.diagnostics import Finding
from hltcore.diagnostics.hulls import common_point

HEALTHY = (
    "logistic-regression/and @60e",
    "logistic-regression/or/mse/adam batch=2 shuffle=true @60e",
    "logistic-regression/language-id @49e",
    "mlp/xor/cross-entropy lr=0.2 hidden=8 @60e",
    "mlp/circles/cross-entropy size=40 @20e",
)

FIRING = {
    "accumulating-gradient": ("eight-layer/xor updates=two-layer @2e", "linear8.bias"),
    "constant-output": ("eight-layer/xor @9e", ""),
    "dead-unit": ("two-layer/xor seed=3 @2e", "linear1[0]"),
    "diverging": ("two-layer/xor lr=0.28 hidden=4 batch=all seed=1 @4e", ""),
    "exploding-gradient": ("two-layer/xor/difference lr=0.3 seed=2 @16e", ""),
    "linear-stack": ("eight-layer/xor", "linear2 to linear8"),
    "loss-below-zero": ("two-layer/language-id/difference @1", "gatos"),
    "not-finite": ("two-layer/language-id lr=5 @4e", ""),
    "not-separable": ("logistic-regression/xor", "xor"),
    "overfitting": ("mlp/moons held_out=0.7 hidden=12 size=24 noise=0.5 lr=0.05 batch=4 @28e", "held-out examples"),
    "plateau": ("logistic-regression/xor batch=all @120e", ""),
    "saturated-unit": ("mlp/xor init=normal lr=50 @2e", "linear1[0]"),
    "step-too-large": ("mlp/xor init=zeros @18e", ""),
    "step-too-small": ("logistic-regression/xor lr=1e-6 @25e", ""),
    "twin-units": ("mlp/xor init=ones", "linear1[0]"),
    "unmoved-parameter": ("logistic-regression/xor lr=0 @2e", "W.weight"),
    "unowned-parameters": ("eight-layer/xor updates=two-layer", "eight-layer"),
    "vanishing-gradient": ("mlp/xor activation=sigmoid depth=6 @2e", "linear1"),
}


def found(trainer: Trainer, check: str) -> list[Finding]:
    return [finding for finding in trainer.findings if finding.check == check]


@pytest.mark.parametrize("spec", HEALTHY)
def test_a_healthy_run_has_no_finding(spec: str) -> None:
    trainer = Trainer.from_spec(spec)
    assert (trainer.findings, trainer.unchecked) == ((), ())


@pytest.mark.parametrize("check", FIRING)
def test_it_fires(check: str) -> None:
    spec, where = FIRING[check]
    trainer = Trainer.from_spec(spec)
    (first, *_) = found(trainer, check)
    assert first.where == where
    assert 0 <= first.since <= first.step <= trainer.steps
    for text in (first.told, first.advice):
        assert re.fullmatch(r"\S.*\.", text)
    assert re.search(r"\d", first.told)
    if first.place is not None:
        name, index = first.place
        value = trainer.parameters[name]
        for i in index:
            value = value[i]
        assert isinstance(value, float)


def test_every_check_has_a_case() -> None:
    here = {"contradicting-examples", "unbounded-output"}
    assert {check.name for check in diagnostics.CHECKS} == {*FIRING, *here}


def test_a_dead_unit_says_whether_it_can_open_again() -> None:
    (dead, *_) = found(Trainer.from_spec("two-layer/xor seed=3 @2e"), "dead-unit")
    assert "cannot open again by itself" in dead.told
    (fed, *_) = found(Trainer.from_spec("mlp/xor activation=relu depth=2 lr=0.05 seed=1 @2e"), "dead-unit")
    assert (fed.where[:7], "linear1 below it still moves" in fed.told) == ("linear2", True)


def test_where_the_first_number_that_is_not_finite_appeared() -> None:
    trainer = Trainer.from_spec("logistic-regression/and/mse lr=1e38 l2=1")
    trainer.set_parameter("W.weight", (0, 1), 30)
    trainer.step()
    (finding,) = found(trainer, "not-finite")
    assert (finding.where, finding.place, finding.step) == ("W.weight", ("W.weight", (0, 1)), 1)
    assert "in the update phase" in finding.told


@pytest.fixture
def contradicting() -> Iterator[str]:
    xs, labels = ((1.0,), (2.0,), (1.0,)), ("a", "b", "c")
    datasets.register("both", lambda: Dataset("both", ("x",), labels, xs, (0.0, 1.0, 1.0)))
    yield "both"
    datasets.registry.remove("both")


def test_examples_that_contradict_each_other(contradicting: str) -> None:
    (finding,) = found(Trainer("mlp", contradicting), "contradicting-examples")
    assert finding.where == "c"
    assert finding.told.startswith("a and c have the same x (1) but the targets 0 and 1")


def test_a_loss_for_probabilities_alone() -> None:
    form = losses.Form()
    losses.register("bounded", lambda output: lambda p, y: (p - y).abs().sum(), real=form, targets=(0.0, 1.0))
    try:
        assert len(found(Trainer("mlp", "xor", loss="bounded"), "unbounded-output")) == 1
        assert not found(Trainer("logistic-regression", "and", loss="bounded"), "unbounded-output")
    finally:
        losses.registry.remove("bounded")


def test_what_an_edit_sets_up_is_checked() -> None:
    trainer = Trainer.from_spec("two-layer/xor/mse lr=0.05 @3")
    trainer.switch(model="eight-layer")
    (finding,) = found(trainer, "linear-stack")
    assert finding.step == 3
    frozen = Trainer.from_spec("logistic-regression/and frozen=W.weight @10e")
    assert not found(frozen, "unmoved-parameter")


POINTS = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=6).map(tuple)


@settings(max_examples=150, deadline=None)
@given(POINTS, POINTS)
def test_two_hulls_meet_or_a_perceptron_tells_them_apart(ones: tuple[tuple[int, int], ...], others: tuple) -> None:  # type: ignore[type-arg]
    mixtures = common_point(ones, others)
    if mixtures is not None:
        sums = []
        for points, shares in zip((ones, others), mixtures):
            assert sum(shares.values()) == 1
            assert min(shares.values()) > 0
            sums.append([sum((share * points[i][axis] for i, share in shares.items()), Fraction()) for axis in (0, 1)])
        assert sums[0] == sums[1]
        return
    weights = [0, 0, 0]
    rows = [((*point, 1), sign) for points, sign in ((ones, -1), (others, 1)) for point in points]
    for _ in range(20_000):
        wrong = [(x, y) for x, y in rows if y * sum(w * v for w, v in zip(weights, x)) <= 0]
        if not wrong:
            return
        x, y = wrong[0]
        weights = [w + y * v for w, v in zip(weights, x)]
    raise AssertionError("neither")
