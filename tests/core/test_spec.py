"""RunSpec: one line names a run; reading and writing it lose nothing, and bad lines get one clear sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore import RunSpec
from hltcore.edits import LoadParameters, Mark, Position, SetParameter, Switch
from hltcore.packing import float32
from hltcore.phase import Phase

MODELS = ("logistic-regression", "two-layer", "eight-layer")
DATASETS = ("language-id", "and", "or", "xor")
LOSSES = ("difference", "l1", "mse", "cross-entropy")

rates = st.floats(0, 3e38)
seeds = st.integers(0, 2**63 - 1)
inits = st.sampled_from(("pytorch", "zeros", "ones", "normal", "xavier", "kaiming"))
sizes = st.sampled_from(("1", "2", "3", "all"))
fractions = st.floats(0, 1, exclude_max=True)
float32s = st.floats(width=32, allow_nan=False, allow_infinity=False)
counts = st.integers(0, 10**9)

optimizers = st.one_of(
    st.fixed_dictionaries({"optimizer": st.just("sgd")}, optional={"momentum": rates, "weight_decay": rates}),
    st.fixed_dictionaries({"optimizer": st.just("sgd"), "momentum": st.floats(0.1, 0.9), "nesterov": st.booleans()}),
    st.fixed_dictionaries(
        {"optimizer": st.sampled_from(("adam", "adamw"))},
        optional={"beta1": fractions, "beta2": fractions, "weight_decay": rates},
    ),
    st.fixed_dictionaries({"optimizer": st.just("rmsprop")}, optional={"alpha": fractions, "momentum": rates}),
    st.fixed_dictionaries({"optimizer": st.just("adagrad")}, optional={"weight_decay": rates}),
)
models = st.one_of(
    st.just({"model": "logistic-regression"}),
    st.fixed_dictionaries({"model": st.sampled_from(MODELS[1:])}, optional={"hidden": st.integers(1, 256)}),
    st.fixed_dictionaries(
        {"model": st.just("mlp")},
        optional={"depth": st.integers(1, 8), "activation": st.sampled_from(("relu", "tanh", "sigmoid", "identity"))},
    ),
)
others = st.fixed_dictionaries(
    {},
    optional={
        "dataset": st.sampled_from(DATASETS),
        "loss": st.sampled_from(LOSSES),
        "lr": rates,
        "seed": seeds,
        "batch": sizes,
        "shuffle": st.booleans(),
        "init": inits,
        "l1": rates,
        "l2": rates,
        "updates": st.sampled_from(("", *MODELS)),
        "frozen": st.sampled_from(("", "linear1.bias", "b[10]+b[9]")),
    },
)
settings = st.builds(lambda *parts: {k: v for part in parts for k, v in part.items()}, models, optimizers, others)
points = st.one_of(st.builds(Position, counts), st.builds(Position, counts, counts))
paused = st.builds(
    lambda point, phase: Position(point.step, point.epoch, phase),
    points,
    st.sampled_from([phase for phase in Phase if phase is not Phase.UPDATE]),
)
names = st.sampled_from(("W.weight", "linear1.bias"))
edits = st.one_of(
    st.builds(SetParameter, names, st.lists(counts, min_size=1, max_size=3).map(tuple), float32s),
    st.lists(st.tuples(names, st.lists(float32s, min_size=1).map(tuple)), min_size=1).map(tuple).map(LoadParameters),
    others.filter(bool).map(lambda changes: Switch(tuple(changes.items()))),
)


@st.composite
def specs(draw: st.DrawFn) -> RunSpec:
    spec = RunSpec().changed(**draw(settings))
    marks = [Mark(point, edit) for point, edit in draw(st.lists(st.tuples(points, edits), max_size=3))]
    if draw(st.booleans()):
        marks.append(Mark(draw(st.one_of(points, paused))))
    return RunSpec.parse(" ".join([str(spec), *map(str, marks)]))


@given(specs())
def test_writing_and_reading_give_the_same_spec(spec: RunSpec) -> None:
    assert RunSpec.parse(str(spec)) == spec
    assert str(RunSpec.parse(str(spec))) == str(spec)
    assert hash(RunSpec.parse(str(spec))) == hash(spec)
    assert "\n" not in str(spec)


@given(settings)
def test_keywords_and_words_mean_the_same(given_settings: dict[str, Any]) -> None:
    spec = RunSpec().changed(**given_settings)
    words = [f"{name}={value}" for name, value in given_settings.items()]
    assert RunSpec.parse(" ".join(words)) == spec


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("two-layer/xor/mse/sgd lr=0.1 seed=0 @12e+3", "two-layer/xor/mse/sgd @12e+3"),
        ("two-layer", "two-layer/language-id/mse/sgd"),
        ("2-layer/words/bce", "two-layer/language-id/cross-entropy/sgd"),
        ("Two-Layer/XOR/MSE/Adam", "two-layer/xor/mse/adam"),
        ("lr=0.2 model=lr", "logistic-regression/language-id/mse/sgd lr=0.2"),
        ("  eight-layer\tinit=he   shuffle ", "eight-layer/language-id/mse/sgd shuffle=true init=kaiming"),
        ("eight-layer batch=ALL hidden=4", "eight-layer/language-id/mse/sgd batch=all"),
        ("two-layer updates=two-layer", "two-layer/language-id/mse/sgd"),
        ("two-layer updates=", "two-layer/language-id/mse/sgd"),
        ("MLP activation=ReLU depth=1 hidden=4", "mlp/language-id/mse/sgd activation=relu"),
        ("two-layer frozen=b[1]+b l1=.1", "two-layer/language-id/mse/sgd l1=0.1 frozen=b"),
        ("two-layer frozen=b @3 model=mlp", "two-layer/language-id/mse/sgd frozen=b @3 model=mlp"),
        ("two-layer lr=1e-1", "two-layer/language-id/mse/sgd"),
        ("two-layer @0e+0", "two-layer/language-id/mse/sgd @0e"),
        ("two-layer @007:zero-grad", "two-layer/language-id/mse/sgd @7:zero-grad"),
        ("two-layer @3 lr=0.1 @5", "two-layer/language-id/mse/sgd @3 @5"),
        ("two-layer @3 dataset=words loss=bce", "two-layer/language-id/mse/sgd @3 loss=cross-entropy"),
        ("two-layer @3 b[0,1]=0.10000000149 @4", "two-layer/language-id/mse/sgd @3 b[0,1]=0.1 @4"),
        ("two-layer @3 b[]=-0,1e-45", "two-layer/language-id/mse/sgd @3 b[]=-0,1.4013e-45"),
    ],
)
def test_the_canonical_line(text: str, canonical: str) -> None:
    assert str(RunSpec.parse(text)) == canonical
    assert str(RunSpec.parse(canonical)) == canonical


@given(float32s)
def test_a_hand_set_number_keeps_its_bits(value: float) -> None:
    (mark,) = RunSpec.parse(f"two-layer @0 b[0]={value!r}").marks
    assert mark.edit == SetParameter("b", (0,), value)
    (again,) = RunSpec.parse(f"two-layer {mark}").marks
    assert float32(again.edit.value).hex() == value.hex()  # type: ignore[union-attr]
