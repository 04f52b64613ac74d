"""Numbers of eight columns in the parameters: they never touch, and the columns that grow for them stay."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hltcore import Trainer
from tests.tui.panels import look, texts
from tui.formatting import NUMBER_WIDTH, fills, number
from tui.panels.parameters import ParameterView, parameter_view
from tui.snapshot import Snapshot
from tui.terminal import ANY
from tui.theme import DARK, palette_of

PALETTE = palette_of(DARK, ANY)
STEP = look("two-layer/xor seed=3 @2")
NUMBERS = st.floats(width=32)


def with_weights(*rows: tuple[float, float], step: Snapshot = STEP) -> Snapshot:
    return replace(step, parameters={**step.parameters, "linear1.weight": rows})


def view(snapshot: Snapshot, before: ParameterView | None = None, width: int = 60) -> ParameterView:
    wide = before.wide if before is not None else frozenset()
    return parameter_view(snapshot, PALETTE, width, gradients=False, wide=wide)


@given(NUMBERS | st.floats())
def test_a_number_fills_its_room_if_no_column_before_it_is_blank(value: float) -> None:
    assert len(number(value)) == NUMBER_WIDTH
    assert fills(value) == (number(value)[0] != " ")


def test_numbers_do_not_touch() -> None:
    narrow = view(STEP)
    wide = view(with_weights((-1.207, -10.3963), (0.5, 0.25)), narrow)
    rows = texts(wide.lines)
    assert re.match(r" -1\.2070▼ -10\.3963▼ ", rows[1])
    assert rows[2].index("0.5000") == rows[1].index("1.2070")
    assert rows[2].index("0.2500") == rows[1].index("0.3963"), "the points stand below each other"


def test_a_wide_number_in_the_first_column_touches_nothing() -> None:
    assert view(with_weights((-10.3963, -1.207), (0.5, 0.25))).wide == frozenset()


def test_columns_grow_and_do_not_shrink() -> None:
    narrow = view(STEP)
    assert narrow.wide == frozenset()
    grown = view(with_weights((1.0, -10.0), (0.5, 0.25)), narrow)
    assert grown.wide == {("linear1.weight", (2, 2))}
    assert view(STEP, grown).places == grown.places != narrow.places
    assert view(look("eight-layer/xor"), grown).wide == frozenset(), "another model has columns of its own"


def test_a_click_finds_the_number_and_cutting_counts_the_blanks() -> None:
    several = Trainer("mlp", "moons", hidden=8)
    step = look(several)
    row = (1.0, -10.0, 2.0, -20.0, 3.0, -30.0, 4.0, -40.0)
    step = replace(step, parameters={**step.parameters, "linear2.weight": (row,)})
    for width in range(37, 100, 7):
        shown = view(step, width=width)
        assert all(strip.cell_length <= width for strip in shown.lines)
        for focus, (y, x) in shown.places.items():
            assert shown.at(y, x) == shown.at(y, x + NUMBER_WIDTH) == focus
            if focus[0] == "linear2.weight":
                assert shown.lines[y].text[x : x + NUMBER_WIDTH] == number(row[focus[1][1]])


@settings(max_examples=30)
@given(st.lists(NUMBERS, min_size=4, max_size=4))
def test_there_is_always_a_blank_between_two_numbers(values: list[float]) -> None:
    a, b, c, d = values
    lines = texts(view(with_weights((a, b), (c, d))).lines)
    for line, (left, right) in zip(lines[1:3], ((a, b), (c, d))):
        assert re.match(rf"\s*{re.escape(number(left).strip())}.? +{re.escape(number(right).strip())}", line)


def test_a_twins_columns_are_as_wide_as_the_runs() -> None:
    twin = with_weights((1.0, -10.0), (0.5, 0.25))
    one = parameter_view(STEP, PALETTE, 60, gradients=False, other=twin)
    other = parameter_view(twin, PALETTE, 60, gradients=False, other=STEP)
    assert one.places == other.places
    assert one.wide == other.wide == {("linear1.weight", (2, 2))}
