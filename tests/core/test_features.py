"""What a model sees of a word."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore import datasets
from hltcore.errors import OptionError
from hltcore.features import word_features


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
