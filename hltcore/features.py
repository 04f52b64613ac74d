"""Features: what is computed from a word, or from a point of the plane, before a model sees it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from hltcore.errors import OptionError, quoted

__all__ = ["PLANE", "Feature", "plane_features", "word_features"]


@dataclass(frozen=True)
class Feature:
    """A number computed from a point of the plane.

    Attributes:
        title: Its name as a person reads it.
        value: The number, from x and y.
    """

    title: str
    value: Callable[[float, float], float]


def _short(value: float) -> float:
    """Six decimals: short to write, and the same wherever a sine's last bit differs."""
    return round(value, 6)


PLANE: dict[str, Feature] = {
    "x": Feature("x", lambda x, y: x),
    "y": Feature("y", lambda x, y: y),
    "x2": Feature("x²", lambda x, y: _short(x * x)),
    "y2": Feature("y²", lambda x, y: _short(y * y)),
    "xy": Feature("xy", lambda x, y: _short(x * y)),
    "sinx": Feature("sin πx", lambda x, y: _short(math.sin(math.pi * x))),
    "siny": Feature("sin πy", lambda x, y: _short(math.sin(math.pi * y))),
}
"""The features of a point by their words in a spec; the sines go through one period from -1 to 1."""


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
    letters = [
        unicodedata.normalize("NFD", character)[0].lower()
        for character in unicodedata.normalize("NFC", word)
        if unicodedata.category(character).startswith("L")
    ]
    if not letters:
        raise OptionError(f"{quoted(word)} has no letters: write a word, such as gato.")
    return sum(letter in "ao" for letter in letters) / len(letters), float(len(letters))
