"""Embedding models: a table whose rows are averaged by counts, and data that they cannot take."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hltcore
from hltcore import Dataset, Trainer, datasets, errors, models, nets
from hltcore._torch import torch
from hltcore.chain import chain
from hltcore.embedding import Embedding
from hltcore.layers import EMBEDDING
from hltcore.units import forward

LETTERS = "language-id-letters"
ONE_HOT = "language-id-one-hot"

counts = st.lists(st.integers(0, 5), min_size=6, max_size=6)


@given(st.lists(counts, min_size=1, max_size=4), st.integers(1, 5))
@settings(max_examples=25)
def test_it_gives_the_mean_of_the_rows_each_as_often_as_it_counts(rows: list[list[int]], dim: int) -> None:
    table = nets.MeanEmbedding(6, dim)
    for x, mean in zip(rows, table(torch.Tensor(rows)).tolist()):
        picked = [table.weight[place].tolist() for place, count in enumerate(x) for _ in range(count)]
        expected = [sum(column) / len(picked) for column in zip(*picked)] or [0.0] * dim
        assert mean == pytest.approx(expected, abs=1e-6)
        assert table(torch.Tensor(x)).tolist() == pytest.approx(mean, abs=1e-6)


def test_a_single_word_picks_its_row_bit_for_bit_as_a_lookup_does() -> None:
    trainer = Trainer("embedding", ONE_HOT, dim=3)
    for event in trainer.run(steps=6):
        assert event.pre_activations["embedding"] == event.parameters["embedding.weight"][event.example]


def test_a_word_without_any_row_is_the_zero_vector() -> None:
    trainer = Trainer("embedding", ONE_HOT)
    bias = trainer.parameters["linear.bias"][0]
    assert trainer.predict([0] * 6) == pytest.approx(1 / (1 + 2.718281828459045**-bias))


def test_only_the_rows_of_the_words_letters_get_a_gradient_and_move() -> None:
    trainer = Trainer("embedding", LETTERS)
    for event in trainer.run(steps=12):
        gradients = event.gradients["embedding.weight"]
        assert [any(row) for row in gradients] == [count > 0 for count in event.x]
        moved = [a != b for a, b in zip(event.parameters["embedding.weight"], event.updated["embedding.weight"])]
        assert moved == [count > 0 for count in event.x]


def form(trainer: Trainer) -> Any:
    output = models.registry.get(trainer.settings.model).output
    return hltcore.losses.registry.get(trainer.settings.loss).form_for(output)


@pytest.mark.parametrize("batch", ["1", "4"])
@pytest.mark.parametrize("dataset", [ONE_HOT, LETTERS])
def test_every_gradient_is_the_product_that_the_story_tells(dataset: str, batch: str) -> None:
    trainer = Trainer("embedding", dataset, dim=3, batch=batch, l2=0.1)
    for event in trainer.run(steps=5):
        told = chain(event, form(trainer), l2=0.1)
        for row, gradients in enumerate(event.gradients["embedding.weight"]):
            for unit, gradient in enumerate(gradients):
                story = told.story("embedding.weight", (row, unit))
                assert story.gradient == pytest.approx(gradient, rel=2e-5, abs=1e-6)


def test_the_story_tells_the_share_of_a_row() -> None:
    trainer = Trainer("embedding", LETTERS)
    told = chain(trainer.step(), form(trainer))  # gatos
    for letter, share, formula in (("g", 0.2, "1 of 5 counted"), ("z", 0.0, "0 of 5 counted")):
        place = trainer.dataset.features.index(letter)
        ((_, factors),) = told.story("embedding.weight", (place, 1)).products
        assert factors[0].symbol == "∂loss/∂mean[1]"
        assert (factors[-1].symbol, factors[-1].value) == (f"share of x[{place}]", pytest.approx(share))
        assert factors[-1].formula == formula


def test_the_forward_pass_in_plain_python_agrees() -> None:
    trainer = Trainer("embedding", LETTERS, dim=3)
    assert trainer.functions == (EMBEDDING, "sigmoid")
    for x in trainer.dataset.xs:
        (mean, last) = forward(trainer.parameters, trainer.functions, x)
        assert len(mean.activations) == 3
        assert last.activations[0] == pytest.approx(trainer.predict(x), abs=1e-6)


@pytest.mark.parametrize("dataset", ["xor", "language-id", "spiral"])
def test_data_that_are_no_counts_are_refused(dataset: str) -> None:
    trainer = Trainer("embedding", LETTERS)
    list(trainer.run(steps=3))
    before = (str(trainer.spec), trainer.parameters)
    with pytest.raises(errors.TargetError, match=f"needs data that count words or letters, and {dataset} does not"):
        trainer.switch(dataset=dataset)
    assert (str(trainer.spec), trainer.parameters) == before
    with pytest.raises(errors.TargetError, match="language-id-"):
        Trainer("embedding", dataset)


def test_the_refusal_names_the_setting_that_would_do() -> None:
    with pytest.raises(
        errors.TargetError, match="word-list does not: set features to last or letters or pairs or word"
    ):
        Trainer("embedding", "word-list")
    assert Trainer("embedding", "word-list", features="letters", size=20).embedding is not None


def test_a_broken_data_set_of_somebody_else_is_not_offered() -> None:
    datasets.register("broken-letters", lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    try:
        with pytest.raises(errors.TargetError) as raised:
            Trainer("embedding", "and")
    finally:
        datasets.registry.remove("broken-letters")
    assert "choose from language-id-one-hot, language-id-letters" in str(raised.value)
    assert "broken" not in str(raised.value)


def test_a_spec_names_its_size() -> None:
    trainer = Trainer.from_spec(f"embedding/{ONE_HOT}/mse/sgd dim=5 @2e")
    assert len(trainer.parameters["embedding.weight"][0]) == 5
    again = Trainer.from_spec(str(trainer.spec))
    assert again.parameters == trainer.parameters


def test_recordings_carry_what_kind_a_layer_is() -> None:
    event = Trainer("embedding", ONE_HOT).step()
    assert hltcore.recording.loads(hltcore.recording.dumps(event)) == event


@pytest.mark.parametrize("init", ["zeros", "ones"])
def test_the_columns_of_a_constant_table_are_twins(init: str) -> None:
    trainer = Trainer("embedding", ONE_HOT, init=init)
    (twins,) = [finding for finding in trainer.findings if finding.check == "twin-units"]
    assert (twins.where, twins.place) == ("embedding[0]", ("embedding.weight", (0, 0)))


def test_a_table_that_learns_is_healthy() -> None:
    trainer = Trainer("embedding", ONE_HOT, loss="cross-entropy", lr=0.5)
    list(trainer.run(epochs=60))
    assert trainer.findings == ()


def test_words_of_the_same_letters_cannot_be_told_apart() -> None:
    xs = ((1.0, 1.0), (2.0, 2.0), (0.0, 3.0))
    data = Dataset("doubled", ("a", "b"), ("ab", "abba", "bbb"), xs, (0.0, 1.0, 1.0), counts=True)
    datasets.register("doubled", lambda: data)
    try:
        (found,) = [f for f in Trainer("embedding", "doubled").findings if f.check == "not-separable"]
        linear = Trainer("logistic-regression", "doubled").findings
    finally:
        datasets.registry.remove("doubled")
    assert "of the shares" in found.told
    assert "1·(ab) is the same point as 1·(abba)" in found.told
    assert linear == ()


def test_rows_near_another_are_never_cut_between_two_that_are_equally_near() -> None:
    rows = ((0.0,), (1.0,), (-1.0,), (3.0,), (0.0,), (math.nan,))
    table = Embedding("table", ("a", "b", "c", "d", "e", "f"), rows, rows, ())
    assert table.nearest("a", 1) == (("e", 0.0),)
    assert table.near(0, 2) == (("e", 0.0), ("b", 1.0), ("c", 1.0))
    assert [near.name for near in table.near(0, 9)] == ["e", "b", "c", "d"]
    assert (table.near(5), table.near(0, 0)) == ((), ())
