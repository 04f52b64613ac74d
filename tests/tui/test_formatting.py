"""Numbers and names as text of a fixed width."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.formatting import NUMBER_WIDTH, change_mark, clip, feature, flat, number, plain, shape, tally
from tui.widgets.bar import bar

numbers = st.floats(allow_nan=True, allow_infinity=True)
finite = st.floats(allow_nan=False, allow_infinity=False)


@given(numbers)
def test_a_number_takes_eight_columns(value: float) -> None:
    assert len(number(value)) == NUMBER_WIDTH == 8


@given(st.floats(-1e307, 1e307))
def test_a_number_reads_back(value: float) -> None:
    text = number(value)
    if "e" in text:
        digits = text.strip().lstrip("-").split("e")[0]
        assert math.isclose(float(text), value, rel_tol=0.51 if "." not in digits else 0.051)
    else:
        assert abs(float(text) - value) <= 0.5001e-4


@given(finite.filter(bool))
def test_a_number_that_is_not_zero_does_not_look_like_it(value: float) -> None:
    assert float(number(value)) != 0
    assert ("-" in number(value).split("e")[0]) == (value < 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "  0.0000"), (-0.0, "  0.0000"), (1.0, "  1.0000"), (-12.34567, "-12.3457"), (99.9999, " 99.9999"),
        (100.0, " 1.0e+02"), (-123456.0, "-1.2e+05"), (0.00004, " 4.0e-05"), (0.00005, "  0.0001"),
        (math.nan, "     nan"), (math.inf, "     inf"), (-math.inf, "    -inf"), (-1e100, " -1e+100"),
    ],
)  # fmt: skip
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(min_value=-99.9999, max_value=99.9999).filter(lambda x: x == 0 or abs(x) >= 0.00005))
def test_numbers_stand_on_the_decimal_point(value: float) -> None:
    assert number(value)[3] == "."


@given(numbers, st.integers(1, 40))
def test_a_bar_keeps_its_width(value: float, width: int) -> None:
    filled, rest = bar(value, width)
    assert len(filled + rest) == width


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_longer_bar_is_more(one: float, other: float) -> None:
    low, high = sorted((one, other))
    size = lambda value: [" ▏▎▍▌▋▊▉█".index(c) for c in bar(value, 8)[0]]  # noqa: E731
    assert sum(size(low)) <= sum(size(high))


def test_bars_at_the_ends_and_beyond() -> None:
    assert bar(0.0, 4) == ("", "····")
    assert bar(1.0, 4) == ("████", "")
    assert bar(0.5, 4) == ("██", "··")
    assert bar(-0.1, 4) == ("‹", "···")
    assert bar(1.1, 4) == ("███›", "")
    assert bar(math.nan, 4) == ("", "····")


@given(st.text(max_size=60), st.integers(0, 30))
def test_clipped_text_has_its_width(text: str, width: int) -> None:
    clipped = clip(text, width)
    assert cell_len(clipped) == width
    assert clipped.isprintable()


def test_what_was_cut_is_marked() -> None:
    assert clip("abcdef", 4) == "abc…"
    assert clip("abcd", 4) == "abcd"
    assert clip("ab", 4) == "ab  "
    assert clip("日本語", 4) == "日 …"


@given(st.text())
def test_plain_text_cannot_steer_the_terminal(text: str) -> None:
    assert plain(text).isprintable()
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("before", "after", "mark"),
    [(1, 1, " "), (1, 2, "▲"), (2, 1, "▼"), (math.nan, math.nan, " "), (1, math.nan, "•"), (0.0, -0.0, " "),
     (1, math.inf, "▲")],
)  # fmt: skip
def test_marks_of_change(before: float, after: float, mark: str) -> None:
    assert change_mark(before, after) == mark


def test_small_things() -> None:
    assert [tally(count, "step") for count in (0, 1, 2, 1234)] == ["0 steps", "1 step", "2 steps", "1,234 steps"]
    assert [feature(value) for value in (0.0, 5.0, 0.33, 1 / 3, 1e-9)] == ["0", "5", "0.33", "0.3333", "1e-09"]
    assert shape(((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))) == (2, 3)
    assert flat(((1.0, 2.0), (3.0, 4.0))) == (1.0, 2.0, 3.0, 4.0)
