"""Float32 numbers without torch: packed bytes, nested tuples, and the shortest text that keeps every bit."""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

__all__ = ["TensorLayout", "float32", "from_json", "nest", "pack", "text", "to_json", "unpack"]


def pack(values: Iterable[float]) -> bytes:
    """The values as native float32."""
    return array("f", values).tobytes()


def unpack(packed: bytes) -> tuple[float, ...]:
    """The floats in a packed string."""
    return struct.unpack(f"{len(packed) // 4}f", packed)


def float32(value: float) -> float:
    """The float32 nearest to a value (infinite where it is out of range)."""
    try:
        return float(unpack(pack((value,)))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def text(value: float) -> str:
    """The shortest decimal text that reads back as the same float32."""
    for digits in range(6, 10):
        short = f"{value:.{digits}g}"
        if float32(float(short)) == value:
            break
    return short


def to_json(value: Any) -> Any:
    """A float32, or nested tuples of them, as JSON: what JSON lacks is "inf", "-inf" or "nan:" with the NaN's bytes."""
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if math.isfinite(value):
        return float(text(value))
    return f"nan:{pack((value,)).hex()}" if math.isnan(value) else str(value)


def from_json(value: Any) -> float:
    """The number that a JSON value stands for.

    Raises:
        TypeError: It is no number, and no text.
        ValueError: It is a text that is no number.
    """
    if isinstance(value, str):
        return float(unpack(bytes.fromhex(value[4:]))[0] if value.startswith("nan:") else float(value))
    return float(value)


@dataclass(frozen=True)
class TensorLayout:
    """How several named tensors lie one after the other in a packed string.

    Attributes:
        names: The tensors' names, in order.
        shapes: Their shapes; ``()`` is a single number.
    """

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        """How many numbers there are in all."""
        return sum(map(math.prod, self.shapes))

    def flat(self, packed: bytes) -> dict[str, tuple[float, ...]]:
        """The numbers of each tensor in row-major order."""
        values = unpack(packed)
        return {name: values[start:end] for name, _, start, end in self._bounds}

    def nested(self, packed: bytes) -> dict[str, Any]:
        """Each tensor as a float (shape ``()``), a tuple of floats, or a tuple of rows."""
        return self.named(unpack(packed))

    def named(self, values: tuple[float, ...]) -> dict[str, Any]:
        """The same of numbers that are not packed any more."""
        return {
            name: nest(values[start:end], shape) if len(shape) > 1 else values[start:end] if shape else values[start]
            for name, shape, start, end in self._bounds
        }

    def pick(self, values: tuple[float, ...], name: str) -> tuple[float, ...] | None:
        """The numbers of one tensor out of all, in row-major order; None where there is none of that name."""
        if name not in self._places:
            return None
        rows, width, start = self._places[name]
        return values[start // 4 : start // 4 + rows * width]

    def slices(self, start: int) -> tuple[slice, ...]:
        """Where each tensor's numbers are among others, if the first of them is at ``start``."""
        return tuple(slice(start + first, start + end) for _, _, first, end in self._bounds)

    def one(self, packed: bytes, name: str) -> tuple[float, ...] | None:
        """The numbers of one tensor in row-major order; None where there is none of that name."""
        if name not in self._places:
            return None
        rows, width, start = self._places[name]
        return struct.unpack_from(f"{rows * width}f", packed, start)

    def row(self, packed: bytes, name: str, row: int) -> tuple[float, ...]:
        """The numbers of one row of a matrix, or the one number of a vector."""
        _, width, start = self._places[name]
        return struct.unpack_from(f"{width}f", packed, start + 4 * width * row)

    def equal(self, packed: bytes, other: bytes) -> tuple[str, ...]:
        """The names of the tensors that have the same numbers in two packed strings."""
        ones, others = unpack(packed), unpack(other)
        return tuple([name for name, _, start, end in self._bounds if ones[start:end] == others[start:end]])

    @cached_property
    def _places(self) -> dict[str, tuple[int, int, int]]:
        """By name, a tensor's rows, the numbers in each, and at which byte it starts; a single number is a row."""
        return {name: (math.prod(shape[:1]), math.prod(shape[1:]), 4 * start) for name, shape, start, _ in self._bounds}

    @cached_property
    def _bounds(self) -> tuple[tuple[str, tuple[int, ...], int, int], ...]:
        """The name and shape of each tensor, and where it starts and ends."""
        ends = tuple(accumulate(map(math.prod, self.shapes)))
        return tuple(zip(self.names, self.shapes, (0, *ends), ends))


def nest(values: Sequence[float], shape: tuple[int, ...]) -> Any:
    """Row-major numbers as nested tuples of that shape."""
    if not shape:
        return values[0]
    if len(shape) == 1:
        return tuple(values)
    width = len(values) // shape[0] if shape[0] else 0
    if len(shape) == 2 and width:
        return tuple(zip(*[iter(values)] * width))
    return tuple(nest(values[row * width : (row + 1) * width], shape[1:]) for row in range(shape[0]))
