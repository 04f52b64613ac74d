"""Numbers and names as text of a fixed width, so that nothing jumps when a value changes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain, product
from typing import Any

from rich.cells import cell_len, set_cell_size

from hltcore.errors import printable as plain

__all__ = [
    "NUMBER_WIDTH",
    "change_mark",
    "clip",
    "cut",
    "feature",
    "fills",
    "flat",
    "number",
    "places",
    "plain",
    "shape",
    "short",
    "tally",
]

NUMBER_WIDTH = 8
"""Columns of ``number``: a sign, two digits, the point and four decimals."""


def number(value: float) -> str:
    """A number in ``NUMBER_WIDTH`` columns: four decimals, or an exponent where those would hide it."""
    if math.isnan(value):
        text = "nan"
    elif math.isinf(value):
        text = "inf" if value > 0 else "-inf"
    elif value == 0:
        text = "0.0000"
    elif 0.00005 <= abs(value) < 99.99995:
        text = f"{value:.4f}"
    else:
        text = f"{value:.1e}"
        if len(text) > NUMBER_WIDTH:
            text = f"{value:.0e}"
    return text.rjust(NUMBER_WIDTH)


def fills(value: float) -> bool:
    """Whether ``number`` has no blank column before it, so that it would touch what stands there."""
    return not (-9.99 < value < 1e9 and abs(value) > 0.0001) and not number(value).startswith(" ")


def short(value: float) -> str:
    """A factor in a formula, in parentheses when negative."""
    text = number(value).strip()
    return f"({text})" if value < 0 else text


def feature(value: float) -> str:
    """An input number, as short as it can be said."""
    return f"{value:.4g}"


def clip(text: object, width: int) -> str:
    """Text from data in exactly so many columns; what does not fit is cut, with a mark."""
    words = plain(text)
    fitted = set_cell_size(words, width)
    return fitted if fitted.rstrip() == words.rstrip() or width < 1 else set_cell_size(words, width - 1) + "…"


def cut(text: object, most: int) -> str:
    """A name from data in as many columns as it needs; where those are more than so many, it is cut."""
    return clip(text, min(cell_len(plain(text)), most))


def tally(count: int, unit: str) -> str:
    """A count with its unit: "1 step", "2 steps"."""
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def change_mark(before: float, after: float) -> str:
    """▲ for up, ▼ for down, a space for the same."""
    if before == after or (math.isnan(before) and math.isnan(after)):
        return " "
    if math.isnan(after) or math.isnan(before):
        return "•"
    return "▲" if after > before else "▼"


def shape(tensor: Any) -> tuple[int, ...]:
    """The shape of nested tuples."""
    return (len(tensor), *shape(tensor[0])) if isinstance(tensor, tuple) else ()


def flat(tensor: Any) -> tuple[float, ...]:
    """The numbers of nested tuples, row by row."""
    if not isinstance(tensor, tuple):
        return (tensor,)
    if tensor and not isinstance(tensor[0], tuple):
        return tensor
    return tuple(chain.from_iterable(map(flat, tensor)))


def places(tensors: dict[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Every number of named tensors: the name, its place as a spec writes it ("[1,0]"), and the number."""
    for name, tensor in tensors.items():
        sizes = shape(tensor)
        for where, value in zip(product(*map(range, sizes)), flat(tensor)):
            yield name, f"[{','.join(map(str, where))}]" if sizes else "", value
