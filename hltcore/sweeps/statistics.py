"""Statistics: what many seeds say together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

__all__ = ["QUANTILES", "quantiles", "wilson"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles that are told of losses."""

_Z = 1.959963984540054
"""Of the standard normal distribution, 95 % lies within this of 0."""


def wilson(count: int, total: int) -> tuple[float, float]:
    """A 95 % confidence interval for a share, from how many of a sample have something.

    It is the score interval of Wilson ("Probable inference, the law of succession, and statistical inference", 1927),
    which stays within 0 and 1 and holds for shares near them, too (Brown, Cai and DasGupta, "Interval estimation for a
    binomial proportion", 2001).

    Args:
        count: How many have it.
        total: How many there are.

    Returns:
        The lower and the upper end, from 0 to 1.
    """
    if not total:
        return 0.0, 1.0
    share, square = count / total, _Z * _Z
    middle = share + square / (2 * total)
    half = _Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    low, high = (middle - half) / (1 + square / total), (middle + half) / (1 + square / total)
    return (0.0 if count == 0 else low), (1.0 if count == total else high)


def quantiles(values: Iterable[float], shares: Sequence[float] = QUANTILES) -> tuple[float, ...]:
    """The values below which a share of all lies, linear between two of them; NaN counts as infinite.

    Args:
        values: The values, at least one.
        shares: The shares, from 0 to 1.
    """
    ordered = sorted(math.inf if value != value else value for value in values)
    found = []
    for share in shares:
        place = share * (len(ordered) - 1)
        low, part = int(place), place - int(place)
        below, above = ordered[low], ordered[min(low + 1, len(ordered) - 1)]
        found.append(below if below == above or not part else below + part * (above - below))
    return tuple(found)
