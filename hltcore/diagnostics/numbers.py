"""Numbers: what several checks reckon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["flat"]


def flat(values: Any) -> Iterator[float]:
    """All numbers of nested tuples."""
    if not isinstance(values, tuple):
        yield values
        return
    for part in values:
        yield from flat(part)
