"""Word list: common Spanish and English words, with what a model may see of them and a fixed part held out.

The words are in ``words/``, one a line; no word is in both languages. Where a word stands in the order depends on the
word alone, and the languages take turns. The first words are held out: whoever holds out more, or takes more words,
still holds out the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import chain

from hltcore.dataset import Dataset
from hltcore.errors import OptionError
from hltcore.features import (
    ALPHABET,
    last_letter,
    letter_counts,
    letter_pairs,
    pair_counts,
    spelled,
    word_features,
)
from hltcore.options import Option, integer, number, several

__all__ = ["LANGUAGES", "OPTIONS", "SIZE", "word_list"]

LANGUAGES = ("Spanish", "English")
"""The classes of words."""

SIZE = 600
"""Words in all."""

_TITLES = {"share": "share of a and o", "length": "length / 10"}
_COUNTS = {"last", "letters", "pairs", "word"}

OPTIONS: tuple[Option, ...] = (
    integer("size", SIZE, "words in all, Spanish and English in turn", minimum=4, maximum=SIZE),
    number("held_out", 0.25, "share of the words kept for testing", minimum=0.0, below=1.0),
    several(
        "features",
        "share+length",
        "what the model sees of a word",
        ("share", "length", "last", "letters", "pairs", "word"),
        sets=("share", "length", "share+length", "last", "letters", "pairs", "last+letters+pairs", "word"),
    ),
)
"""Settings of the list."""


@lru_cache(maxsize=2)  # that of the run, and of a twin: with wide features one is some megabytes
def word_list(size: int, held_out: float, features: str) -> Dataset:
    """The data set.

    Args:
        size: Words in all.
        held_out: Share of them that is held out.
        features: What the model sees of a word, joined by "+": ``share`` (of the letters a and o), ``length``
            (tenths of the letters, so that it is no larger than other features), ``last`` (a column for each letter,
            1 for the word's last one), ``letters`` (how often each is there), ``pairs`` (how often each pair of
            letters is there side by side; a column for each pair in the words trained on) and ``word`` (a column
            for each word trained on: all there is to learn is which word is which).

    Raises:
        OptionError: No word of one language is left to train on.
    """
    words = _ordered()[:size]
    start = round(size * held_out)
    trained, held = words[start:], words[:start]
    if len({target for _, target in trained}) < 2:
        raise OptionError(
            f"held_out={held_out!r} is not allowed with {size} words: both languages must be left to train on."
        )
    chosen = features.split("+")
    columns = tuple(chain.from_iterable(_columns(name, trained) for name in chosen))
    encode = _encoder(chosen, tuple(word for word, _ in trained))
    counts = _COUNTS.issuperset(chosen)

    def part(rows: tuple[tuple[str, float], ...], rest: Dataset | None) -> Dataset:
        labels, targets = zip(*rows)
        xs = tuple(map(encode, labels))
        return Dataset(
            "word-list", columns, labels, xs, targets, LANGUAGES, held_out=rest, encode_text=encode, counts=counts
        )

    return part(trained, part(held, None) if held else None)


@lru_cache(maxsize=1)
def _ordered() -> tuple[tuple[str, float], ...]:
    """Every word with its target, in the fixed order."""
    spanish, english = (_read(language.lower()) for language in LANGUAGES)
    return tuple(chain.from_iterable(((s, 0.0), (e, 1.0)) for s, e in zip(spanish, english)))


def _read(name: str) -> list[str]:
    from hashlib import sha256  # both late: they load OpenSSL and more, and most runs are of other data
    from importlib import resources

    text = resources.files("hltcore").joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    return sorted(text.split(), key=lambda word: sha256(word.encode()).digest())


def _columns(name: str, trained: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
    """The names of a feature's columns."""
    words = tuple(word for word, _ in trained)
    if name == "last":
        return tuple(f"-{letter}" for letter in ALPHABET)
    if name == "pairs":
        return _pairs(words)
    return {"letters": ALPHABET, "word": words}.get(name) or (_TITLES[name],)


def _pairs(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(chain.from_iterable(map(letter_pairs, words)))))


def _encoder(chosen: list[str], trained: tuple[str, ...]) -> Callable[[str], tuple[float, ...]]:
    """Encodes any word with these features; nothing is in the columns of what no word trained on has."""
    pairs = _pairs(trained) if "pairs" in chosen else ()
    spellings = tuple(map(spelled, trained))
    encoders: dict[str, Callable[[str], tuple[float, ...]]] = {
        "share": lambda word: word_features(word)[:1],
        "length": lambda word: (word_features(word)[1] / 10,),
        "last": last_letter,
        "letters": letter_counts,
        "pairs": lambda word: pair_counts(pairs, word),
        "word": lambda word: tuple(1.0 if is_it else 0.0 for is_it in map(spelled(word).__eq__, spellings)),
    }
    kept = [encoders[name] for name in chosen]
    return lambda word: tuple(chain.from_iterable(encode(word) for encode in kept))
