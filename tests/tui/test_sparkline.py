"""Sparkline: a path in dots, its ends where the numbers are."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.sparkline import sparkline

values = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf])


def test_a_rise_a_level_and_a_gap() -> None:
    assert sparkline([(0, 0.0), (1, 1.0)], 4, 2) == ["  ⡠⠊", "⡠⠊  "]
    assert sparkline([(0, 5.0), (9, 5.0)], 3, 1) == ["⠒⠒⠒"]
    broken = sparkline([(0, 0.0), (1, 0.0), (2, math.nan), (8, 1.0), (9, 1.0)], 10, 1)
    assert broken == ["⣀⡀      ⠈⠉"]
    assert sparkline([], 3, 2) == sparkline([(0, math.nan)], 3, 2) == ["   ", "   "]


@given(st.lists(values, min_size=1, max_size=60), st.integers(0, 30), st.integers(0, 6))
def test_it_fills_its_box_from_the_least_to_the_greatest(ys: list[float], width: int, height: int) -> None:
    drawn = sparkline(list(enumerate(ys)), width, height)
    assert len(drawn) == height
    assert {len(row) for row in drawn} <= {width}
    finite = [y for y in ys if math.isfinite(y)]
    if width and height and finite and max(finite) > min(finite):
        assert drawn[0].strip()
        assert drawn[-1].strip()
