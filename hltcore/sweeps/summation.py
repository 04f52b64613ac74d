"""Summation: in what order an operation of this machine adds up its terms, found out from its results alone.

The method is FPRev's (Xie, Shao, Zhang, Li and Wang, "FPRev: Revealing the Order of Floating-Point Summation", 2025):
of terms that are all 1 but for a huge one and its negative, those are lost that are added to one of the two before they
meet. The sum tells how many were not, and so how large the smallest part of the sum is that holds both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

__all__ = ["Order", "UnknownOrder", "reveal", "spine"]

Order: TypeAlias = "int | tuple[Order, Order]"
"""A term by its number, or the sum of two parts; in a pair the part with the lowest term comes first."""

_HUGE = 2.0**60
"""Next to it 1 is lost in float32 and in float64, and so are a thousand of them."""


class UnknownOrder(Exception):
    """The results are not those of any order in which terms are added two by two."""


def reveal(measure: Callable[[list[float]], Sequence[float]], terms: int) -> list[Order]:
    """The order of each of several sums that are computed at once.

    Args:
        measure: Gives the sums (one or more, always as many) for the values of their terms.
        terms: How many terms each has.

    Returns:
        An order for each sum.

    Raises:
        UnknownOrder: The results fit no order.
    """

    def sizes(one: int, other: int) -> list[int]:
        """For each sum, how many terms the smallest part has that holds both."""
        values = [1.0] * terms
        values[one], values[other] = _HUGE, -_HUGE
        found = [terms - round(total) if abs(total) <= terms else 0 for total in measure(values)]
        if not all(2 <= size <= terms for size in found):
            raise UnknownOrder
        return found

    def build(members: list[int], sums: Sequence[int]) -> dict[int, Order]:
        first, *others = members
        orders: dict[int, Order] = dict.fromkeys(sums, first)
        columns = [sizes(first, other) for other in others]
        alike: dict[tuple[int, ...], list[int]] = {}
        for sum_ in sums:
            alike.setdefault(tuple(column[sum_] for column in columns), []).append(sum_)
        for key, same in alike.items():
            together = 1
            for size in sorted(set(key)):
                part = [other for other, its in zip(others, key) if its == size]
                together += len(part)
                if together != size:
                    raise UnknownOrder
                joined = build(part, same)
                orders.update({sum_: (orders[sum_], joined[sum_]) for sum_ in same})
        return orders

    count = len(measure([1.0] * terms))
    found = build(list(range(terms)), range(count))
    return [found[sum_] for sum_ in range(count)]


def spine(order: Order) -> tuple[int, list[Order]]:
    """The lowest term of a sum, and what is added to it, one part after the other."""
    parts: list[Order] = []
    while isinstance(order, tuple):
        order, part = order
        parts.append(part)
    return order, parts[::-1]
