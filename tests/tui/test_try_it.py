"""Trying words and points: what is typed is encoded as the data are, and told with the prediction for it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hltcore import Trainer
from hltcore.dataset import Dataset
from hltcore.errors import HltError
from tests.tui.sheets import SMALLEST, laid
from tui.formatting import number
from tui.screens.try_it import Predict, TryScreen, encoded, nearest_told, seen
from tui.widgets.field import Field

WORDS, LOGIC = Trainer("logistic-regression", "language-id"), Trainer("two-layer", "xor")
list(WORDS.run(epochs=20))
CURVED = Dataset(
    "curved", ("x", "y", "x²"), ("a",), ((1.0, 2.0, 1.0),), (1.0,), axes=("x", "y"), points=((1.0, 2.0),),
    encode_point=lambda x, y: (x, y, x * x),
)  # fmt: skip
NO_PLANE = Dataset("flat", ("p", "q", "[r]"), ("[a]",), ((1.0, 2.0, 3.0),), (1.0,), ("[no]", "\x1b[31myes"))


def ask(trainer: Trainer) -> Predict:
    async def predict(rows: object) -> tuple[float, ...]:
        return trainer.predict(rows)  # type: ignore[arg-type, no-any-return]

    return predict


@pytest.mark.parametrize("text", ["0.5 1", "0.5, 1", "(0.5, 1)", " ( .5,1 ) ", "5e-1;1"])
def test_a_point_is_written_in_several_ways(text: str) -> None:
    assert encoded(LOGIC.dataset, text) == (0.5, 1.0)
    assert encoded(WORDS.dataset, text) == (0.5, 1.0)
    assert encoded(CURVED, text) == (0.5, 1.0, 0.25)


def test_words_and_whole_rows() -> None:
    assert encoded(WORDS.dataset, "gato") == (0.5, 4.0)
    assert encoded(NO_PLANE, "1 2 3") == (1.0, 2.0, 3.0)
    assert encoded(CURVED, "1 2 3") == (1.0, 2.0, 3.0)


@pytest.mark.parametrize("text", ["1", "1 2 3", "nan 1", "inf 0", "word", "1 x", "()", "((1, 2))", "1e999 0"])
def test_what_is_no_point_is_refused(text: str) -> None:
    with pytest.raises(HltError, match="write 2 numbers"):
        encoded(LOGIC.dataset, text)


def test_a_text_that_would_take_seconds_is_refused() -> None:
    with pytest.raises(HltError, match=r'^"a+…" has 1,000,000 characters: 20,000 are the most\.$'):
        encoded(WORDS.dataset, "a" * 1_000_000)
    assert encoded(WORDS.dataset, "a" * 20_000) == (1.0, 20_000.0)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_encoded_or_refused(text: str) -> None:
    for data in (WORDS.dataset, LOGIC.dataset, CURVED, NO_PLANE):
        with suppress(HltError):
            assert len(encoded(data, text)) == len(data.features)


@pytest.mark.parametrize(
    ("x", "told"),
    [
        ((0.4, 5.0), "gatos (Spanish), the very same x"),
        ((0.5, 3.9), "hola, gata (2 Spanish), 0.1000 away in x"),
        ((0.45, 4.5), "gatos, hola, gata (3 Spanish), 0.5025 away in x"),
        ((float("nan"), 1.0), "none"),
    ],
)
def test_the_nearest_examples_are_told_with_all_ties(x: tuple[float, float], told: str) -> None:
    assert nearest_told(WORDS.dataset, x) == told


def test_ties_on_both_sides_and_ties_of_all() -> None:
    assert nearest_told(LOGIC.dataset, (0.5, 0.5)) == "all 4 examples alike, 0.7071 away in x"
    assert nearest_told(LOGIC.dataset, (0.5, 0.0)) == "0 xor 0, 1 xor 0 (1 false, 1 true), 0.5000 away in x"
    one_hot = Trainer("logistic-regression", "word-list", features="word").dataset
    assert nearest_told(one_hot, encoded(one_hot, "xyz")) == "all 450 examples alike, 1.0000 away in x"


def test_of_many_features_those_are_told_that_are_not_0() -> None:
    letters = Trainer("logistic-regression", "language-id-letters").dataset
    assert seen(letters, encoded(letters, "gata")) == "a2 g t"
    mixed = Trainer("logistic-regression", "word-list", features="length+letters", size=20).dataset
    assert seen(mixed, encoded(mixed, "gata")) == "length / 10=0.4 a=2 g=1 t=1"
    assert seen(WORDS.dataset, (0.5, 4.0)) == "share of a and o 0.5, length 4"


@pytest.mark.parametrize("size", [SMALLEST, (140, 40)])
async def test_a_word_is_predicted_while_it_is_typed(size: tuple[int, int]) -> None:
    async with laid(TryScreen(WORDS.dataset, 0.5, ask(WORDS)), size) as seen:
        await seen.press(*"hola", until="share of a and o 0.5, length 4")
        prediction = WORDS.predict((0.5, 4.0))
        line = next(line for line in seen.text.splitlines() if "ŷ" in line)
        assert number(prediction).strip() in line
        assert WORDS.dataset.classes[prediction >= 0.5] in line
        await seen.press(*["backspace"] * 4, "!", until='"!" has no letters')
        assert seen.sheet.query_one(Field).value == "!"


async def test_what_was_tried_is_kept_to_compare() -> None:
    async with laid(TryScreen(WORDS.dataset, 0.5, ask(WORDS)), SMALLEST) as seen:
        for word in ("perro", "dog", "dog"):
            await seen.press(*word, until=lambda: seen.sheet.query_one(Field).value == word)  # noqa: B023
            await seen.press("enter", until=lambda: seen.sheet.query_one(Field).selected_text == word)  # noqa: B023

        def rows() -> list[str]:
            return [row for row in seen.text.splitlines() if "█" in row and row.split()[1] in ("perro", "dog")]

        await seen.until(lambda: len(rows()) == 2)
        for row, x in zip(rows(), [(1 / 3, 3.0), (0.2, 5.0)]):
            assert number(WORDS.predict(x)).strip() in row
        await seen.press("escape", until=lambda: seen.closed)


async def test_a_refused_text_stays_and_is_not_kept() -> None:
    async with laid(TryScreen(LOGIC.dataset, 0.5, ask(LOGIC))) as seen:
        await seen.press(*"1,x", until="✗")
        await seen.press("enter")
        await seen.until(lambda: seen.text.count('✗ "1,x" is no point: write 2 numbers (first, second).') == 1)
        assert seen.sheet.query_one(Field).value == "1,x"


async def test_the_numbers_follow_the_run() -> None:
    trainer = Trainer("two-layer", "xor")
    async with laid(TryScreen(trainer.dataset, 0.5, ask(trainer))) as seen:
        before = number(trainer.predict((1.0, 0.0))).strip()
        await seen.press(*"1 0", until=before)
        await seen.press("enter", until=lambda: seen.text.count(before) == 2)
        list(trainer.run(epochs=5))
        after = number(trainer.predict((1.0, 0.0))).strip()
        await seen.press(*"1 1", until=after)
        assert before not in seen.text


async def test_hostile_text_is_shown_as_text() -> None:
    async def predict(rows: object) -> tuple[float, ...]:
        return (0.75, float("nan"))

    async with laid(TryScreen(NO_PLANE, 0.5, predict)) as seen:
        await seen.press(*"[b]", until='"[b]" is no point: write 3 numbers (p, q, [r])')
        await seen.press(*["backspace"] * 3, *"1 2 3", "enter", until="[r] 3")
        await seen.until(lambda: "0.7500  ███████▌··  \\x1b[31myes" in seen.text)
        assert seen.text.replace("\n", "").isprintable()
