"""Number cells: what a cell of a file holds as a number, and what is wrong with one that holds none."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from hltcore.errors import quoted
from hltcore.packing import float32

__all__ = ["DECIMAL_COMMA", "are_numbers", "is_number", "number_of", "why_not"]

DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+\s*")


def number_of(cell: str) -> float:
    """The number that a cell holds; NaN where it holds none that is finite in float32."""
    try:
        value = math.nan if "_" in cell else float(cell)
    except ValueError:
        return math.nan
    return value if math.isfinite(float32(value)) else math.nan


def are_numbers(cells: Sequence[str]) -> bool:
    """Whether a column's first cells are numbers, most of them: a wrong one is to be told, not to turn all to text."""
    filled = [cell for cell in cells if cell.strip()]
    return not filled or 2 * sum(is_number(cell) for cell in filled) > len(filled)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, or looks like one with a decimal comma."""
    try:
        float(cell)
    except ValueError:
        return DECIMAL_COMMA.fullmatch(cell) is not None
    return "_" not in cell


def why_not(cell: str) -> str:
    """What is wrong with a cell that should hold a number."""
    if not cell.strip():
        return "the cell is empty"
    if DECIMAL_COMMA.fullmatch(cell):
        return f"{quoted(cell)} has a decimal comma: write {cell.strip().replace(',', '.')}"
    try:
        value = math.nan if "_" in cell else float(cell)
    except ValueError:
        return f"{quoted(cell)} is not a number"
    if "_" in cell:
        return f"{quoted(cell)} is not a number"
    return f"{quoted(cell)} is not a finite number" if not math.isfinite(value) else f"{quoted(cell)} is too large"
