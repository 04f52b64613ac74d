"""A featurizer: how often each vowel is in a word, whatever accent it bears."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from hltcore import featurizers
from hltcore.featurizers import Encoding

__all__ = ["entry"]

_VOWELS = tuple("aeiou")


def _count(word: str) -> list[float]:
    letters = unicodedata.normalize("NFD", word.casefold())  # an accent is a character of its own then
    return [float(letters.count(vowel)) for vowel in _VOWELS]


def _vowels(words: Sequence[str]) -> Encoding:
    return Encoding(_VOWELS, _count, counts=True)


entry = featurizers.register("vowels", _vowels, summary="how often each of a, e, i, o, u is there")
