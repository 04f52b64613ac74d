"""Featurizers by name: what a model sees of a word, for data whose rows are words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from hltcore.features import (
    ALPHABET,
    last_letter,
    letter_counts,
    letter_pairs,
    pair_counts,
    word_features,
)
from hltcore.registry import Entry, Registry

__all__ = ["Encoding", "FeaturizerEntry", "register", "registry"]


@dataclass(frozen=True)
class Encoding:
    """How any word becomes numbers.

    Attributes:
        columns: A name for each number.
        encode: The numbers of a word; raises ``OptionError`` for one that it cannot encode.
        counts: Whether each number counts how often one thing occurs.
    """

    columns: tuple[str, ...]
    encode: Callable[[str], Sequence[float]]
    counts: bool = False


@dataclass(frozen=True)
class FeaturizerEntry(Entry):
    """A featurizer; ``factory(words)`` takes the words that are trained on, and returns the ``Encoding``."""


registry: Registry[FeaturizerEntry] = Registry("featurizer", "hltcore.featurizers", FeaturizerEntry)


def register(
    name: str, factory: Callable[[Sequence[str]], Encoding], *, summary: str = "", aliases: tuple[str, ...] = ()
) -> FeaturizerEntry:
    """Add a featurizer.

    Args:
        name: Its name, as in ``--text word:NAME``.
        factory: Called with the words that are trained on, some of them more than once; returns the ``Encoding``.
        summary: One line for lists.
        aliases: Other names.

    Raises:
        RegistryError: A name is malformed or taken.
    """
    return registry.add(FeaturizerEntry(name, factory, summary, aliases))


def _share(words: Sequence[str]) -> Encoding:
    return Encoding(("share of a and o",), lambda word: word_features(word)[:1])


def _length(words: Sequence[str]) -> Encoding:
    return Encoding(("length",), lambda word: word_features(word)[1:])


def _letters(words: Sequence[str]) -> Encoding:
    return Encoding(ALPHABET, letter_counts, True)


def _last(words: Sequence[str]) -> Encoding:
    return Encoding(tuple(f"-{letter}" for letter in ALPHABET), last_letter, True)


def _pairs(words: Sequence[str]) -> Encoding:
    pairs = tuple(sorted(set(chain.from_iterable(map(letter_pairs, _distinct(words))))))
    return Encoding(pairs, partial(pair_counts, pairs), True)


def _one_hot(words: Sequence[str]) -> Encoding:
    first: dict[str, str] = {}
    for word in _distinct(words):
        first.setdefault(_same(word), word)
    places = {key: place for place, key in enumerate(first)}
    return Encoding(tuple(first.values()), lambda word: _counted(places, (_same(word),)), True)


def _bag(words: Sequence[str]) -> Encoding:
    found = sorted(set(chain.from_iterable(map(_words, _distinct(words)))))
    places = {word: place for place, word in enumerate(found)}
    return Encoding(tuple(found), lambda text: _counted(places, _words(text)), True)


def _same(text: str) -> str:
    """What two texts have in common that count as one: upper and lower case are the same."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _same(text))


def _counted(places: Mapping[str, int], things: Iterable[str]) -> list[float]:
    """How often each thing that has a place occurs; others are passed by."""
    counts = [0.0] * len(places)
    for thing in things:
        if thing in places:
            counts[places[thing]] += 1
    return counts


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


register("share", _share, summary="the share of the letters a and o")
register("length", _length, summary="how many letters")
register("letters", _letters, summary="how often each letter is there", aliases=("letter-counts",))
register("last", _last, summary="the last letter", aliases=("last-letter",))
register("pairs", _pairs, summary="how often each pair of letters stands side by side", aliases=("letter-pairs",))
register("one-hot", _one_hot, summary="which of the texts trained on it is: a column for each", aliases=("word",))
register("words", _bag, summary="of several words, how often each is there", aliases=("bag-of-words",))
