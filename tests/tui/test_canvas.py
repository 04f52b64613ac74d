"""The canvas: text and lines of dots on cells, the later over the earlier, never wider than it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from tests.tui.panels import check_size, texts
from tui.widgets.canvas import Canvas, braille

PLAIN = Style()
MARKS = st.one_of(
    st.tuples(st.integers(-5, 15), st.integers(-2, 5), st.text(max_size=9)),
    st.tuples(st.integers(-9, 30), st.integers(-9, 30), st.none()),
)


def test_what_is_set_later_covers_what_was_there() -> None:
    canvas = Canvas(8, 2)
    canvas.line((0, 1), (15, 1), PLAIN)
    canvas.text(2, 0, "ab", PLAIN)
    canvas.text(-1, 1, "xyz", PLAIN)
    canvas.text(6, 1, "long", PLAIN)
    assert texts(canvas.strips()) == ["⠒⠒ab⠒⠒⠒⠒", "yz    lo"]


def test_lines_cross_in_one_cell_and_keep_their_dots() -> None:
    canvas = Canvas(2, 1)
    canvas.line((0, 0), (3, 3), PLAIN)
    canvas.line((0, 3), (3, 0), PLAIN)
    assert texts(canvas.strips()) == ["⡱⢎"]


def test_the_pattern_and_thickness_of_a_line() -> None:
    assert [braille(4, (1, 0), thick) for thick in (1, 2, 3)] == ["⠤⠤⠤⠤", "⣤⣤⣤⣤", "⣶⣶⣶⣶"]
    assert braille(3, (4, 2), 1) == "⠤⠤ "
    upright = Canvas(1, 2)
    upright.line((0, 0), (0, 7), PLAIN)
    assert texts(upright.strips()) == ["⡇", "⡇"]


def test_half_of_a_wide_character_is_never_left() -> None:
    canvas = Canvas(6, 1)
    canvas.text(0, 0, "日本語", PLAIN)
    canvas.text(3, 0, "x", PLAIN)
    assert texts(canvas.strips()) == ["日 x語"]
    canvas.text(5, 0, "日", PLAIN)
    assert texts(canvas.strips()) == ["日 x語"]


def test_nothing_that_steers_a_terminal_gets_through() -> None:
    canvas = Canvas(20, 1)
    canvas.text(0, 0, "\x1b[31mred[/]\n", PLAIN)
    assert texts(canvas.strips()) == ["\\x1b[31mred[/]\\n"]


@given(st.integers(0, 12), st.integers(0, 3), st.lists(MARKS, max_size=8))
def test_it_keeps_its_size(width: int, height: int, marks: list[tuple[int, int, str | None]]) -> None:
    canvas = Canvas(width, height)
    for x, y, text in marks:
        if text is None:
            canvas.line((x, y), (y, x), PLAIN, thickness=3)
        else:
            canvas.text(x, y, text, PLAIN)
    strips = canvas.strips()
    check_size(strips, width, height)
    assert [strip.cell_length for strip in strips] == [width] * height
