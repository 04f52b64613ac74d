"""Summation: in what order an operation of this machine adds up its terms, found out from its results alone.

The method is FPRev's (Xie, Shao, Zhang, Li and Wang, "FPRev: Revealing the Order of Floating-Point Summation", 2025):
of terms that are all 1 but for a huge one and its negative, those are lost that are added to one of the two before they
meet. The sum tells how many were not, and so how large the smallest part of the sum is that holds both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Fused", "Order", "UnknownOrder", "number_of", "reveal", "reveal_rounding", "spine"]


@dataclass(frozen=True)
class Fused:
    """A term that is a product, where it and the addition of it are rounded once.

    Attributes:
        number: The term's number.
    """

    number: int


Order: TypeAlias = "int | Fused | tuple[Order, Order]"
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


def number_of(term: int | Fused) -> int:
    """A term's number."""
    return term if isinstance(term, int) else term.number


def reveal_rounding(
    orders: Sequence[Order], measure: Callable[[list[float], list[float]], Sequence[float]], products: int, terms: int
) -> list[Order]:
    """The same orders, and which products are rounded together with the addition of them.

    The product of two numbers just above 1 is no float32. Added to its rounded value's negative it leaves what
    rounding took away, unless it was rounded before.

    Args:
        orders: The order of each sum.
        measure: Gives the sums for two factors of each term.
        products: How many terms are products, the first ones.
        terms: How many terms each sum has.
    """
    above, rounded = 1 + 2.0**-12, 1 + 2.0**-11

    def fused(term: int, other: int) -> list[bool]:
        first, second = [0.0] * terms, [1.0] * terms
        first[term] = second[term] = above
        first[other] = -rounded
        return [total != 0 for total in measure(first, second)]

    found: dict[Order, list[tuple[int, list[bool]]]] = {}
    for order in set(orders):  # sums of one order may be rounded in different ways
        found[order] = [(term, fused(term, other)) for term, other in _meetings(order) if term < products]
    return [
        _marked(order, frozenset(term for term, where in found[order] if where[place]))
        for place, order in enumerate(orders)
    ]


def _meetings(order: Order) -> Iterator[tuple[int, int]]:
    """Each term that is added by itself, and one of those that it is added to."""
    if not isinstance(order, tuple):
        return
    for part, other in (order, order[::-1]):
        if isinstance(part, int):
            yield part, number_of(spine(other)[0])
        yield from _meetings(part)


def _marked(order: Order, fused: frozenset[int]) -> Order:
    if isinstance(order, tuple):
        return _marked(order[0], fused), _marked(order[1], fused)
    return Fused(order) if isinstance(order, int) and order in fused else order


def spine(order: Order) -> tuple[int | Fused, list[Order]]:
    """The lowest term of a sum, and what is added to it, one part after the other."""
    parts: list[Order] = []
    while isinstance(order, tuple):
        order, part = order
        parts.append(part)
    return order, parts[::-1]
