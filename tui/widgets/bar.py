"""A bar for a share between 0 and 1, in eighths of a cell."""

from __future__ import annotations

import math

__all__ = ["bar", "sigmoid"]

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(value: float, width: int) -> tuple[str, str]:
    """A bar as two pieces of text, the filled part and the rest; together ``width`` columns.

    A value below 0 shows as ``‹``, one above 1 ends in ``›``, and one that is not a number leaves the bar empty.
    """
    if math.isnan(value):
        return "", "·" * width
    if value < 0:
        return "‹", "·" * (width - 1)
    if value > 1:
        return "█" * (width - 1) + "›", ""
    eighths = round(value * width * 8)
    whole, rest = divmod(eighths, 8)
    filled = "█" * whole + (_EIGHTHS[rest] if rest else "")
    return filled, "·" * (width - len(filled))


def sigmoid(z: float) -> float:
    """The share between 0 and 1 that a logit stands for."""
    if math.isnan(z):
        return z
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
