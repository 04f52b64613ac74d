"""What a model sees of a word."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore import datasets
from hltcore.errors import OptionError
from hltcore.features import ALPHABET, letter_counts, one_hot, word_features


def test_the_lectures_words() -> None:
    words = datasets.registry.get("language-id").factory()
    for label, x in zip(words.labels, words.xs):
        assert words.encode_text(label) == pytest.approx(x, abs=0.004)
    assert word_features("cat") == (1 / 3, 3.0)


@pytest.mark.parametrize(
    ("word", "features"),
    [
        ("mañana", (0.5, 6.0)),
        ("ÁÀÃÓÖ", (1.0, 5.0)),
        ("o'clock", (2 / 6, 6.0)),
        ("x y", (0.0, 2.0)),
        ("한국", (0.0, 2.0)),
        ("a\u0301\u0323", (1.0, 1.0)),
        ("Straße", (1 / 6, 6.0)),
    ],
)
def test_a_letter_counts_once(word: str, features: tuple[float, float]) -> None:
    assert word_features(word) == features
    assert word_features(unicodedata.normalize("NFD", word)) == features


@given(st.text(st.characters(categories=["L", "M", "P"], max_codepoint=0x2FFF), min_size=1))
def test_any_text_is_encoded_alike_in_both_forms_or_refused(text: str) -> None:
    def told(form: str) -> object:
        try:
            return word_features(unicodedata.normalize(form, text))
        except OptionError:
            return None

    assert told("NFC") == told("NFD")


@pytest.mark.parametrize("word", ["", " ", "123", "!?", "\u0301"])
def test_no_letters(word: str) -> None:
    with pytest.raises(OptionError, match="has no letters: write a word, such as gato"):
        word_features(word)


@pytest.mark.parametrize(
    ("word", "counts"),
    [
        ("gata", {"g": 1, "a": 2, "t": 1}),
        ("Ángel", {"a": 1, "n": 1, "g": 1, "e": 1, "l": 1}),
        ("niño", {"n": 1, "i": 1, "ñ": 1, "o": 1}),
        ("nin\u0303o", {"n": 1, "i": 1, "ñ": 1, "o": 1}),
        ("don't", {"d": 1, "o": 1, "n": 1, "t": 1}),
        ("кот z", {"z": 1}),
    ],
)
def test_letters_are_counted_without_accents_and_ñ_is_one(word: str, counts: dict[str, int]) -> None:
    found = {letter: count for letter, count in zip(ALPHABET, letter_counts(word)) if count}
    assert found == counts
    assert len(ALPHABET) == 27


@pytest.mark.parametrize("word", ["", "42", "кот"])
def test_a_word_without_a_letter_of_the_alphabet_is_refused(word: str) -> None:
    with pytest.raises(OptionError, match="has no letter"):
        letter_counts(word)


def test_a_word_is_one_in_its_own_place_and_a_new_word_nowhere() -> None:
    words = ("gato", "niño")
    assert one_hot(words, "GATO!") == (1, 0)
    assert one_hot(words, "nin\u0303o") == (0, 1)
    assert one_hot(words, "nino") == (0, 0)
    with pytest.raises(OptionError, match="has no letters"):
        one_hot(words, "7")


@pytest.mark.parametrize(("name", "columns"), [("language-id-one-hot", 6), ("language-id-letters", 27)])
def test_the_six_words_can_be_counted(name: str, columns: int) -> None:
    data = datasets.registry.get(name).factory()
    six = datasets.registry.get("language-id").factory()
    assert (data.labels, data.targets, data.classes) == (six.labels, six.targets, six.classes)
    assert data.counts
    assert not data.has_plane
    assert len(data.features) == columns
    assert data.encode_text is not None
    assert tuple(map(data.encode_text, data.labels)) == data.xs
