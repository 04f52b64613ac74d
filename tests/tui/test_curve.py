"""Curve: the smallest and largest value of each stretch, in bounded room."""

from __future__ import annotations

import math
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.curve import Curve, CurveView

values = st.floats(allow_nan=True, allow_infinity=True, width=32)


def plainly(series: list[float], stride: int) -> CurveView:
    """The same, computed from the whole series at once."""
    stretches = [series[start : start + stride] for start in range(0, len(series), stride)]
    found = [[value for value in stretch if math.isfinite(value)] for stretch in stretches]
    lows = tuple(min(stretch, default=math.nan) for stretch in found)
    highs = tuple(max(stretch, default=math.nan) for stretch in found)
    lost = sum(not math.isfinite(value) for value in series)
    return CurveView(stride, lows, highs, len(series), series[-1] if series else math.nan, lost)


def written(view: CurveView) -> str:
    """A view as text, in which NaN equals NaN and 0 equals -0."""
    return repr(view).replace("-0.0,", "0.0,").replace("-0.0)", "0.0)")


@settings(max_examples=60)
@given(st.lists(values, max_size=40), st.integers(1, 60))
def test_it_equals_what_the_whole_series_says(pattern: list[float], times: int) -> None:
    series = pattern * times
    view = Curve(series).view()
    assert written(view) == written(plainly(series, view.stride))


@given(st.integers(0, 5000))
def test_it_stays_small_and_its_stretches_are_whole(count: int) -> None:
    view = Curve([0.5] * count).view()
    assert len(view.lows) == len(view.highs) <= 512
    assert len(view.lows) == math.ceil(count / view.stride)
    assert count <= 512 or len(view.lows) > 256


def test_a_long_series_takes_little_time_and_room() -> None:
    begin = time.perf_counter()
    series = [math.sin(place / 100) for place in range(100_000)]
    view = Curve(series).view()
    assert time.perf_counter() - begin < 1
    assert len(view.lows) <= 512
    assert written(view) == written(plainly(series, view.stride))


def test_a_view_stays_as_it_was() -> None:
    curve = Curve([1.0, 2.0])
    view = curve.view()
    curve.append(3.0)
    assert (view.count, view.highs, view.last) == (2, (1.0, 2.0), 2.0)
    assert curve.count == 3
