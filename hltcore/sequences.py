"""Sequences: a million rows of numbers in one packed array each, told as tuples, floats and texts when asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, overload

__all__ = ["Column", "Packed", "RowNumbers", "Rows"]

T = TypeVar("T", covariant=True)


class Packed(Sequence[T], Generic[T]):
    """What a tuple would hold, in the bytes of one array; as frozen as a tuple, and equal to one of its kind alone.

    Args:
        numbers: The numbers one after the other; nobody may change them any more.
        width: How many make one item.
    """

    def __init__(self, numbers: array[Any], width: int = 1) -> None:
        self.numbers = numbers
        self.width = width

    def _item(self, numbers: array[Any]) -> T:
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self.numbers) // self.width

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...

    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        if isinstance(place, slice):
            return tuple(self[item] for item in range(*place.indices(len(self))))
        start = (place + len(self) if place < 0 else place) * self.width
        if not 0 <= start < len(self.numbers):
            raise IndexError(place)
        return self._item(self.numbers[start : start + self.width])

    def taken(self, places: Sequence[int]) -> Packed[T]:
        """The items at some places, packed too."""
        numbers, width = self.numbers, self.width
        if width == 1:
            return type(self)(array(numbers.typecode, map(numbers.__getitem__, places)))
        chosen = array(numbers.typecode)
        for place in places:
            chosen.extend(numbers[place * width : (place + 1) * width])
        return type(self)(chosen, width)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Packed):
            return NotImplemented
        return type(self) is type(other) and self.width == other.width and self.numbers == other.numbers

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.width, self.numbers.tobytes()))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)}>"


class Rows(Packed[tuple[float, ...]]):
    """Rows of numbers, each a tuple."""

    def _item(self, numbers: array[Any]) -> tuple[float, ...]:
        return tuple(numbers)

    def __iter__(self) -> Iterator[tuple[float, ...]]:
        numbers = iter(self.numbers)
        return zip(*[numbers] * self.width)

    def column(self, place: int) -> array[Any]:
        """One column."""
        return self.numbers[place :: self.width]


class Column(Packed[float]):
    """Numbers."""

    def _item(self, numbers: array[Any]) -> float:
        return float(numbers[0])

    def __iter__(self) -> Iterator[float]:
        return iter(self.numbers)


class RowNumbers(Packed[str]):
    """Whole numbers as texts: the names of rows that have no other."""

    def _item(self, numbers: array[Any]) -> str:
        return str(numbers[0])

    def __iter__(self) -> Iterator[str]:
        return map(str, self.numbers)
