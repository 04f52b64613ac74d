"""Nearest rows: in order, with ties, whatever the numbers are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore.nearest import Near, nearest_rows

POINT = st.tuples(*[st.integers(-3, 3).map(float)] * 2)


@given(st.lists(POINT, max_size=12), POINT, st.integers(-1, 14))
def test_the_nearest_come_first_and_ties_are_not_cut(rows: list[tuple[float, float]], x: object, count: int) -> None:
    found = nearest_rows(rows, x, count)  # type: ignore[arg-type]
    every = sorted(
        (Near(row, math.dist(point, x)) for row, point in enumerate(rows)), key=lambda n: (n.distance, n.row)
    )  # type: ignore[arg-type]
    assert list(found) == every[: len(found)]
    assert len(found) >= min(max(count, 0), len(rows))
    if found:
        assert len(found) <= count or found[count - 1].distance == found[-1].distance
        assert len(found) == len(every) or every[len(found)].distance > found[-1].distance


def test_distances_are_over_all_columns() -> None:
    rows = ((0.0, 0.0, 0.0), (2.0, 1.0, 2.0), (0.0, 3.0, 0.0), (3.0, 0.0, 0.0))
    assert nearest_rows(rows, (0.0, 0.0, 0.0), 2) == ((0, 0.0), (1, 3.0), (2, 3.0), (3, 3.0))
    assert nearest_rows(rows, (3.0, 0.0, 0.0)) == ((3, 0.0),)
    assert nearest_rows((), (1.0,)) == ()


@pytest.mark.parametrize("odd", [math.nan, math.inf])
def test_what_is_no_number_is_near_to_nothing(odd: float) -> None:
    assert nearest_rows(((odd,), (1.0,)), (2.0,))[0] == (1, 1.0)
    assert nearest_rows(((math.nan,),), (2.0,)) == ()
