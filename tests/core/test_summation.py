"""The order of a sum, and which products are rounded with the addition of them, are found out from results alone."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore.packing import float32
from hltcore.sweeps.summation import Fused, Order, UnknownOrder, number_of, reveal, reveal_rounding


def computed(order: Order, first: list[float], second: list[float]) -> float:
    """A sum as a machine of this order computes it."""
    if not isinstance(order, tuple):
        return float32(first[number_of(order)] * second[number_of(order)])
    exact = Fraction(0)
    for part in order:
        if isinstance(part, Fused):
            exact += Fraction(first[part.number]) * Fraction(second[part.number])
        else:
            exact += Fraction(computed(part, first, second))
    return float32(float(exact))


@st.composite
def orders(draw: st.DrawFn, terms: tuple[int, ...], products: int) -> Order:
    """An order of some terms, the lowest first in each pair; of two terms that meet, one may be fused."""
    if len(terms) == 1:
        return terms[0]
    lowest, *rest = terms
    left = (lowest, *draw(st.lists(st.sampled_from(rest), unique=True, max_size=len(rest) - 1)))
    right = tuple(term for term in rest if term not in left)
    parts = [draw(orders(tuple(sorted(part)), products)) for part in (left, right)]
    fused = draw(st.sampled_from([0, 1, None]))
    if fused is not None and isinstance(alone := parts[fused], int) and alone < products:
        parts[fused] = Fused(alone)
    return parts[0], parts[1]


@st.composite
def machines(draw: st.DrawFn) -> tuple[list[Order], int, int]:
    """Some sums, how many of their terms are products, and how many there are."""
    terms = draw(st.integers(2, 9))
    products = draw(st.integers(0, terms))
    return draw(st.lists(orders(tuple(range(terms)), products), min_size=1, max_size=3)), products, terms


@given(machines())
def test_any_order_and_rounding_is_found(machine: tuple[list[Order], int, int]) -> None:
    wanted, products, terms = machine

    def measure(first: list[float], second: list[float]) -> list[float]:
        return [computed(order, first, second) for order in wanted]

    found = reveal(lambda values: measure(values, [1.0] * terms), terms)
    assert reveal_rounding(found, measure, products, terms) == wanted


def test_what_is_no_sum_of_two_at_a_time_is_told() -> None:
    with pytest.raises(UnknownOrder):
        reveal(lambda values: [float(sum(map(Fraction, values)))], 5)
