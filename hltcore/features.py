"""Features: what is computed from a word before a model sees it."""

from __future__ import annotations

import unicodedata

from hltcore.errors import OptionError, quoted

__all__ = ["word_features"]


def word_features(word: str) -> tuple[float, float]:
    """The share of the letters a and o in a word, and how many letters it has.

    A letter counts once, with its accents: á, à, ã are an a, ó and ö an o, ñ is one letter, whether the accent is
    part of the character or a character of its own. Upper and lower case are the same; what is no letter is passed by.

    Raises:
        OptionError: There is no letter.
    """
    letters = [
        unicodedata.normalize("NFD", character)[0].lower()
        for character in unicodedata.normalize("NFC", word)
        if unicodedata.category(character).startswith("L")
    ]
    if not letters:
        raise OptionError(f"{quoted(word)} has no letters: write a word, such as gato.")
    return sum(letter in "ao" for letter in letters) / len(letters), float(len(letters))
