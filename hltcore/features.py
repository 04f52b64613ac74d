"""Features: what is computed from a word, or from a point of the plane, before a model sees it."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from hltcore.errors import OptionError, quoted

__all__ = [
    "ALPHABET",
    "PLANE",
    "Feature",
    "last_letter",
    "letter_counts",
    "letter_pairs",
    "one_hot",
    "pair_counts",
    "plane_features",
    "spelled",
    "word_features",
]


@dataclass(frozen=True)
class Feature:
    """A number computed from a point of the plane.

    Attributes:
        title: Its name as a person reads it.
        value: The number, from x and y.
    """

    title: str
    value: Callable[[float, float], float]


ALPHABET = (*"abcdefghijklmnñopqrstuvwxyz",)
"""The letters that are counted: those of Spanish, among which are those of English."""


def _short(value: float) -> float:
    """Six decimals: short to write, and the same wherever a sine's last bit differs."""
    return round(value, 6)


PLANE: dict[str, Feature] = {
    "x": Feature("x", lambda x, y: x),
    "y": Feature("y", lambda x, y: y),
    "x2": Feature("x²", lambda x, y: _short(x * x)),
    "y2": Feature("y²", lambda x, y: _short(y * y)),
    "xy": Feature("xy", lambda x, y: _short(x * y)),
    "sinx": Feature("sin 3x", lambda x, y: _short(math.sin(3 * x))),
    "siny": Feature("sin 3y", lambda x, y: _short(math.sin(3 * y))),
}
"""The features of a point by their words in a spec; from -1 to 1 the sines go through nearly one period."""


def plane_features(names: tuple[str, ...], x: float, y: float) -> tuple[float, ...]:
    """Some features, keys of ``PLANE``, of a point."""
    return tuple(PLANE[name].value(x, y) for name in names)


def word_features(word: str) -> tuple[float, float]:
    """The share of the letters a and o in a word, and how many letters it has.

    A letter counts once, with its accents: á, à, ã are an a, ó and ö an o, ñ is one letter, whether the accent is
    part of the character or a character of its own. Upper and lower case are the same; what is no letter is passed by.

    Raises:
        OptionError: There is no letter.
    """
    letters = [unicodedata.normalize("NFD", letter)[0] for letter in _letters(word)]
    return sum(letter in "ao" for letter in letters) / len(letters), float(len(letters))


def letter_counts(word: str) -> tuple[float, ...]:
    """How often each letter of ``ALPHABET`` is in a word.

    Accents are left away, but ñ is a letter of its own; letters of other alphabets are passed by.

    Raises:
        OptionError: There is no letter of the alphabet.
    """
    letters = _unaccented(word)
    counts = tuple(_number(letters.count(letter)) for letter in ALPHABET)
    if not any(counts):
        raise OptionError(f"{quoted(word)} has no letter from a to z: write a word, such as gato.")
    return counts


def one_hot(words: tuple[str, ...], word: str) -> tuple[float, ...]:
    """1 in the place of a word among others, and 0 everywhere else; all 0 for a word that is not among them.

    Raises:
        OptionError: There is no letter in the word.
    """
    spelling = spelled(word)
    return tuple(_number(spelled(other) == spelling) for other in words)


def spelled(word: str) -> str:
    """A word's letters alone, in lower case, with their accents: two ways to write one word are spelled alike.

    Raises:
        OptionError: There is no letter in the word.
    """
    return "".join(_letters(word))


def last_letter(word: str) -> tuple[float, ...]:
    """1 in the place of a word's last letter in ``ALPHABET``, and 0 everywhere else; accents are left away.

    Raises:
        OptionError: There is no letter in the word.
    """
    last = _unaccented(word)[-1]
    return tuple(_number(letter == last) for letter in ALPHABET)


def letter_pairs(word: str) -> tuple[str, ...]:
    """The letters of a word two by two, as they stand side by side; accents are left away.

    Raises:
        OptionError: There is no letter in the word.
    """
    letters = _unaccented(word)
    return tuple(map("".join, pairwise(letters)))


def pair_counts(pairs: tuple[str, ...], word: str) -> tuple[float, ...]:
    """How often each of some pairs of letters is in a word.

    Raises:
        OptionError: There is no letter in the word.
    """
    found = Counter(letter_pairs(word))
    return tuple(_number(found[pair]) for pair in pairs)


def _number(count: int) -> float:
    """A count as a number: of a wide table nearly all are 0, and need be only one object."""
    return float(count) if count else 0.0


def _unaccented(word: str) -> list[str]:
    """The letters of a word in lower case without accents; ñ is a letter of its own."""
    return [letter if letter == "ñ" else unicodedata.normalize("NFD", letter)[0] for letter in _letters(word)]


def _letters(word: str) -> list[str]:
    """The letters of a word in lower case, each with its accents; what is no letter is left out."""
    composed = unicodedata.normalize("NFC", word)
    letters = [character.lower() for character in composed if unicodedata.category(character).startswith("L")]
    if not letters:
        raise OptionError(f"{quoted(word)} has no letters: write a word, such as gato.")
    return letters
