"""Comparing features: every run is the one that a spec would give, and the best is the best on what it never saw."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

import pytest

from hltcore import Dataset, RunSpec, Trainer, compare, datasets
from hltcore.__main__ import main
from hltcore.contenders import Compared, best, feature_sets
from hltcore.errors import OptionError, SpecError
from hltcore.events import Score
from hltcore.options import word

SPEC = "logistic/word-list/cross-entropy size=40 seed=3 lr=0.5"


def test_each_run_is_the_one_that_its_spec_names() -> None:
    other = Trainer("two-layer", "moons", size=20)
    before = other.parameters
    *_, rows = compare(SPEC, epochs=3)
    for row in rows:
        trainer = Trainer.from_spec(f"{SPEC} features={row.features} @3e")
        last = trainer.epochs[-1]
        assert row == Compared(row.features, len(trainer.dataset.features), 3, last.training, last.held_out)
    assert other.parameters == before
    assert "share+length" in [row.features for row in rows]


def test_it_tells_how_far_all_are_and_can_be_left() -> None:
    runs = compare(SPEC, epochs=2, features=("share", "last"))
    told = list(islice(runs, 4))
    assert [[(row.columns, row.epochs) for row in rows] for rows in told] == [
        [(1, 0), (0, 0)],
        [(1, 0), (27, 0)],
        [(1, 1), (27, 0)],
        [(1, 1), (27, 1)],
    ]
    assert told[0][0].held_out is None
    runs.close()  # type: ignore[attr-defined]


def test_clouds_are_compared_too_and_the_features_in_use_are_among_them() -> None:
    spec = RunSpec.parse("logistic/circles size=20 features=x2+xy lr=1")
    assert feature_sets(spec)[-1] == "x2+xy"
    *_, rows = compare(spec, epochs=20)
    winner = best(rows)
    assert winner is not None
    assert "x2" in winner.features
    assert [row.features for row in rows] == list(feature_sets(spec))


def test_the_best_has_most_held_out_examples_right() -> None:
    def row(right: int, loss: float) -> Compared:
        return Compared("x", 1, 1, Score(0.0, 9, 9), Score(loss, right, 9))

    rows = [row(5, 0.1), row(7, 0.4), row(7, 0.3), row(7, math.nan), Compared("y", refusal="no")]
    assert best(rows) is rows[2]
    assert best(rows[3:]) is rows[3]
    assert best([rows[4]]) is None


def test_a_run_that_breaks_says_so_and_the_others_go_on() -> None:
    *_, rows = compare("logistic/moons size=20 frozen=W.weight[0,1]", epochs=1, features=("x", "x+y"))
    assert [bool(row.refusal) for row in rows] == [True, False]
    assert rows[1].epochs == 1


def test_a_single_set_may_stand_by_itself() -> None:
    *_, rows = compare(SPEC, epochs=1, features="share")
    assert [(row.features, row.columns, row.refusal) for row in rows] == [("share", 1, "")]


def test_features_that_fit_the_model_are_compared_though_those_in_use_do_not() -> None:
    *_, rows = compare("embedding/word-list size=40", epochs=1, features=("share", "letters"))
    assert [bool(row.refusal) for row in rows] == [True, False]
    assert "set features to" in rows[0].refusal
    assert rows[1].epochs == 1


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"epochs": -1}, "^epochs=-1 is not allowed"),
        ({"epochs": 1.5}, "^epochs=1.5 is not allowed"),
        ({"features": []}, "^There is nothing to compare: name some features, such as share"),
    ],
)
def test_what_cannot_be_compared_is_refused_at_once(how: dict[str, Any], sentence: str) -> None:
    with pytest.raises(OptionError, match=sentence):
        compare(SPEC, **how)
    with pytest.raises(OptionError, match=r'^"language-id" has no features to choose from'):
        compare("logistic/language-id", features=["a"])


def test_a_data_set_that_can_hold_out_nothing_is_not_told_to() -> None:
    def chosen(features: str) -> Dataset:
        return Dataset("chosen", (features,), ("a", "b"), ((0.0,), (1.0,)), (0.0, 1.0))

    datasets.register("chosen", chosen, options=(word("features", "x", "", str),))
    try:
        with pytest.raises(OptionError, match="chosen holds out none: it has no option held_out"):
            compare("logistic/chosen", features=["x"])
    finally:
        datasets.registry.remove("chosen")


@pytest.mark.parametrize(
    ("spec", "error", "sentence"),
    [
        ("logistic/xor", OptionError, '^"xor" has no features to choose from: these data sets have: word-list, gaus'),
        ("logistic/moons held_out=0", OptionError, "moons holds out none: write held_out=0.25"),
        ("logistic/moons @3e", SpecError, "^Runs are compared from their start: leave out @3e"),
    ],
)
def test_refusals(spec: str, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        compare(spec)


def test_the_subcommand_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *SPEC.split(), "--split", "0.5", "--epochs", "2"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == f"-- {RunSpec.parse(SPEC).split('0.5')}"
    *_, rows = compare(RunSpec.parse(SPEC).split(0.5), epochs=2)
    assert sum(line.startswith("*") for line in lines[1:-1]) == 1
    for row, line in zip(rows, lines[1:]):
        assert row.held_out is not None
        assert f" {row.held_out.right} of 20 " in line
        assert line[2:].split()[0] == row.features
    assert main(["compare", "logistic/and"]) == 2
    assert main(["compare", "logistic/moons", "size=20", "frozen=nothing", "--epochs", "1"]) == 2
