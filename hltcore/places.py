"""Places: which numbers of a model's parameters are meant, as text: ``linear1.bias+linear1.weight[0,1]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hltcore.errors import OptionError, quoted

__all__ = ["Place", "canonical", "read", "write"]

_PLACE = re.compile(r"(?P<name>[^\s\[\]=+]+)(?:\[(?P<index>\d{1,18}(?:,\d{1,18})*)\])?")


@dataclass(frozen=True)
class Place:
    """One number of one parameter, or all of them.

    Attributes:
        name: The parameter ("linear1.weight").
        index: The number's place there; empty for the whole parameter.
    """

    name: str
    index: tuple[int, ...] = ()

    def holds(self, name: str, index: Sequence[int]) -> bool:
        """Whether it is this number, or the parameter that this number is part of."""
        return self.name == name and self.index in ((), tuple(index))

    def __str__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.index))}]" if self.index else self.name


def read(text: str) -> tuple[Place, ...]:
    """The places in a text, sorted, each once; a number of a parameter that is there as a whole is left out.

    Raises:
        OptionError: A part of it is no place.
    """
    return _sorted(map(_place, text.split("+"))) if text else ()


def write(places: Iterable[Place]) -> str:
    """The text of some places, which ``read`` turns into the same places again."""
    return "+".join(map(str, _sorted(places)))


def canonical(text: str) -> str:
    """The text that every text for the same places has.

    Raises:
        OptionError: A part of it is no place.
    """
    return write(read(text))


def _place(text: str) -> Place:
    match = _PLACE.fullmatch(text)
    if match is None:
        raise OptionError(f"{quoted(text)} is no place in the parameters: write linear1.bias or linear1.weight[0,1].")
    return Place(match["name"], tuple(map(int, match["index"].split(","))) if match["index"] else ())


def _sorted(places: Iterable[Place]) -> tuple[Place, ...]:
    given = set(places)
    kept = (place for place in given if not place.index or Place(place.name) not in given)
    return tuple(sorted(kept, key=lambda place: (place.name, place.index)))
