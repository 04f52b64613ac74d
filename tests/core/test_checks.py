"""Checks: each finds what it is for, with the right numbers; healthy runs have no finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hltcore import Dataset, Trainer, datasets, diagnostics, losses, models
from hltcore.diagnostics import Finding
from hltcore.diagnostics.hulls import common_point
from hltcore.diagnostics.perceptron import tells_apart
from hltcore.units import dead_units

HEALTHY = (
    "logistic-regression/language-id seed=1 @30e",  # its loss is low early by chance, and falls steadily after that
    "logistic-regression/language-id seed=3 @30e",
    "logistic-regression/and @60e",
    "logistic-regression/or/mse/adam batch=2 shuffle=true @60e",
    "logistic-regression/language-id @49e",
    "mlp/xor/cross-entropy lr=0.2 hidden=8 @60e",
    "mlp/circles/cross-entropy size=40 @20e",
)

FIRING = {
    "accumulating-gradient": ("eight-layer/xor updates=two-layer @2e", "linear8.bias"),
    "carried-parameters": ("two-layer/and lr=0.05 @20e dataset=xor", "xor"),
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
    "summed-batch": ("two-layer/and batch=all lr=0.5 @2e", ""),
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


@pytest.mark.parametrize("loss", ["l1", "mse", "cross-entropy"])
@pytest.mark.parametrize("data", ["and", "or", "xor", "language-id-one-hot"])
def test_a_run_that_learns_has_no_finding_but_units_that_are_dead(data: str, loss: str) -> None:
    learned = 0
    for model in ("logistic-regression", "two-layer hidden=6", "mlp", "mlp activation=relu", "mlp activation=sigmoid"):
        name, _, options = model.partition(" ")
        trainer = Trainer.from_spec(f"{name}/{data}/{loss} {options} @36e")
        evaluation = trainer.evaluate()
        if all(evaluation.right(row, target) for row, target in enumerate(trainer.dataset.targets)):
            learned += 1
            assert {finding.check for finding in trainer.findings} <= {"dead-unit"}, str(trainer.spec)
            told = {finding.where for finding in found(trainer, "dead-unit")}
            dead = dead_units(trainer.parameters, trainer.functions, trainer.dataset.xs)
            assert told >= {f"{layer}[{unit}]" for layer, unit in dead}
            assert not told or {"clamp", "relu"} & set(trainer.functions)
    assert learned


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


def test_a_sum_over_the_batch_that_is_too_large_a_step_is_cured_by_the_advice() -> None:
    sick = Trainer.from_spec("two-layer/and batch=all lr=0.5 @12e")
    (finding,) = found(sick, "summed-batch")
    assert finding.told.startswith("A step's loss is the sum over its 4 examples: lr 0.5 acts as 2 on their mean.")
    assert finding.advice.startswith("Try lr=0.125,")
    assert sick.history.losses[-1] > 1e6 * sick.history.losses[0]
    cured = Trainer.from_spec("two-layer/and batch=all lr=0.125 @60e")
    assert not found(cured, "summed-batch")
    assert cured.history.losses[-1] < 0.1 * cured.history.losses[0]


@pytest.mark.parametrize(("batch", "rows"), [(4, 6), (5, 6)])
def test_the_batch_of_the_settings_counts_where_an_epoch_ends_with_fewer(batch: int, rows: int) -> None:
    line = f"two-layer/language-id/mse batch={batch}"
    sick = Trainer.from_spec(f"{line} lr=0.7 @6e")
    assert len(sick.last_event.batch.rows) == rows % batch  # type: ignore[union-attr]
    (finding,) = found(sick, "summed-batch")
    assert f"the sum over its {batch} examples" in finding.told
    assert finding.advice.startswith(f"Try lr={0.7 / batch:.4g}, ")
    quiet = Trainer.from_spec(f"{line} lr=0.7 @6e", checks=False)
    assert sick.parameters == quiet.parameters


@pytest.mark.parametrize(
    "how", ["/adam", "/sgd momentum=0.9 l1=0.1", " shuffle=true frozen=linear1.bias", " updates=mlp"]
)
def test_a_step_that_is_tried_for_the_checks_leaves_nothing_behind(how: str) -> None:
    line = f"two-layer/language-id/mse{how} batch=4 @9e"
    looked, plain = Trainer.from_spec(line), Trainer.from_spec(line, checks=False)
    assert repr(looked.optimizer_state) == repr(plain.optimizer_state)
    assert repr(looked.parameters) == repr(plain.parameters)
    assert (looked.unchecked, looked.phase()) == ((), plain.phase())


def test_a_penalty_is_no_part_of_the_loss_that_grows() -> None:
    (finding,) = found(Trainer.from_spec("two-layer/and batch=all lr=0.5 l2=0.5 @12e"), "summed-batch")
    trainer = Trainer.from_spec("two-layer/and batch=all lr=0.5 l2=0.5")
    means = []
    for _ in range(finding.step):
        trainer.step()
        means.append(sum(trainer.evaluate().losses) / 4)
    assert f"the mean loss is {means[-1]:.4g}, above the {min(means[:-1]):.4g} of an earlier epoch." in finding.told


@pytest.mark.parametrize("changes", ["batch=1", "optimizer=adam", "lr=3", "loss=average"])
def test_a_step_that_is_too_large_for_another_reason_is_not_laid_to_the_batch(changes: str) -> None:
    losses.register(
        "average",
        lambda output: lambda p, y: ((p - y) ** 2).mean(),
        real=losses.Form(value=lambda p, y: (p - y) ** 2),
    )
    try:
        trainer = Trainer("two-layer", "and", batch="all", lr=2.5)
        trainer.switch(**dict([changes.split("=")]))
        list(trainer.run(epochs=10))
        assert (found(trainer, "summed-batch"), trainer.unchecked) == ([], ())
    finally:
        losses.registry.remove("average")


def test_carried_parameters_are_told_with_a_new_start_beside_them() -> None:
    trainer = Trainer.from_spec("two-layer/and lr=0.05 @20e dataset=xor")
    (finding,) = found(trainer, "carried-parameters")
    assert (finding.step, finding.since) == (80, 80)
    told = [f"{sum(t.evaluate().losses) / 4:.4g}" for t in (trainer, Trainer.from_spec("two-layer/xor lr=0.05"))]
    assert finding.told == (
        'The parameters were trained for 80 steps on "and", and now go on with "xor": they are right on 2 of its 4 '
        f"examples with a mean loss of {told[0]}, those of a new start from seed 0 on 2 with {told[1]}."
    )
    more = Trainer.from_spec("mlp/moons @3 lr=0.2 @5 size=30")
    assert '5 steps on "moons", and now go on with size=30, was 100, of "moons": ' in carried(more)
    words = Trainer.from_spec("logistic/word-list features=share @1e features=length")
    assert '450 steps on "word-list", and now go on with features=length, was share, of "word-list": ' in carried(words)


def carried(trainer: Trainer) -> str:
    (finding,) = found(trainer, "carried-parameters")
    return finding.told


@pytest.mark.parametrize("setting", ["frozen=W.weight+W.bias", "lr=0", "frozen=W.bias+W.weight[0,0]+W.weight[0,1]"])
def test_steps_that_could_change_nothing_did_not_train(setting: str) -> None:
    still = f"logistic/and seed=1 {setting} @9e dataset=or"
    assert not found(Trainer.from_spec(still), "carried-parameters")
    assert "trained for 36 steps" in carried(Trainer.from_spec("logistic/and seed=1 frozen=W.weight @9e dataset=or"))
    before = Trainer.from_spec(f"logistic/and @3 {setting} @9 dataset=or")
    assert 'trained for 3 steps on "and"' in carried(before)


def test_why_there_is_no_new_start_to_compare_is_told() -> None:
    built: list[int] = []

    def once(inputs: int) -> object:
        from torch import nn

        built.append(inputs)
        if len(built) > 1:
            raise RuntimeError("built before")
        return nn.Sequential(nn.Linear(inputs, 1))

    models.register("once", once)  # type: ignore[arg-type]
    try:
        told = carried(Trainer.from_spec("once/and @2 dataset=xor"))
    finally:
        models.registry.remove("once")
    assert told.endswith("a new start from seed 0 cannot be made to compare: RuntimeError: built before.")


@pytest.mark.parametrize(
    "spec",
    [
        "two-layer/and @0 dataset=xor",
        "two-layer/and @5 seed=0 @5 dataset=xor",
        "two-layer/and @5 hidden=3 @5 dataset=xor",
        "logistic/and @5 dataset=language-id-one-hot",
        "two-layer/and @5 dataset=xor seed=1",
        "logistic/and @5 W.weight[]=1,2 W.bias[]=0 @5 dataset=or",
        "two-layer/and updates=eight-layer @5 dataset=xor",
        "two-layer/and @5 loss=l1",
    ],
)
def test_parameters_that_start_anew_are_not_carried(spec: str) -> None:
    assert not found(Trainer.from_spec(spec), "carried-parameters")


def test_parameters_that_come_back_to_their_data_untrained_are_not_carried() -> None:
    trainer = Trainer.from_spec("two-layer/and @5 dataset=xor @5 dataset=and")
    assert [finding.where for finding in found(trainer, "carried-parameters")] == ["xor"]
    trained = Trainer.from_spec("two-layer/and @5 dataset=xor @6 dataset=and")
    assert [finding.where for finding in found(trained, "carried-parameters")] == ["xor", "and"]


def test_a_perceptron_proves_what_hulls_that_do_not_meet_prove() -> None:
    square = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    with_bias = tuple((*x, 1.0) for x in square)
    for sides in product((False, True), repeat=4):
        ones, others = (tuple(x for x, side in zip(square, sides) if side is which) for which in (True, False))
        meet = ones and others and common_point(ones, others) is not None
        assert tells_apart(with_bias, sides) is not bool(meet)


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
