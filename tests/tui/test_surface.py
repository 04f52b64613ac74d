"""The surface panel and the units' pictures: colours by side, marks by example, and every size."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from hltcore import Dataset, Trainer
from hltcore.events import Evaluation
from hltcore.packing import pack
from hltcore.surface import Grid, Surface, UnitSurface, plane_grid
from tests.tui.panels import check_size, look, texts
from tests.tui.test_hostile_text import HOSTILE
from tests.tui.test_theme import colour, contrast
from tui.panels.surface import picture_size, surface_lines
from tui.panels.units import UNIT_PICTURE, unit_lines
from tui.snapshot import Snapshot
from tui.terminal import Capabilities
from tui.theme import DARK, LIGHT, palette_of

PALETTE = palette_of(DARK)
XOR = look("two-layer/xor @3e")
HALF = Surface(plane_grid(XOR.dataset, 4, 4), 0.5, pack([0.0, 0.1, 0.7, 1.0] * 4))


def with_predictions(*values: float) -> Snapshot:
    return replace(XOR, evaluation=Evaluation(values, (0.0,) * 4, 0.5), event=None)


def cells(lines: list[Strip]) -> list[list[tuple[str, Style]]]:
    """Every cell with its style."""
    return [[(text, style or Style()) for text, style, _ in strip for text in text] for strip in lines]


def side(style: Style) -> str:
    """Which class a pixel's colour says."""
    place = PALETTE.ramp.index(style.color)
    return "blue" if place < len(PALETTE.ramp) // 2 else "orange"


def test_blue_is_class_0_and_orange_class_1() -> None:
    lines = surface_lines(HALF, with_predictions(0, 1, 1, 0), PALETTE, 47, 20)
    picture = [row[7:] for row in cells(lines[1:-2])]
    halves = [[side(style) for text, style in row if text == "▀"] for row in picture]
    for row in halves:
        assert row == sorted(row)  # blue from the left, orange to the right
        assert {"blue", "orange"} == set(row)
    legend = {text: style for row in cells(lines[:1]) for text, style in row}
    assert "false" in lines[0].text < lines[0].text.replace("false", "true")
    assert legend["─"] == PALETTE.strong
    swatches = [side(style) for text, style in cells(lines[:1])[0] if text == "■"]
    assert swatches == ["blue", "orange"]


def test_the_decision_line_stands_where_it_turns() -> None:
    width, height = 47, 20
    columns, rows = picture_size(width, height)
    grid = plane_grid(XOR.dataset, columns, rows)
    surface = Surface(grid, 0.5, pack([x for x, _ in grid.points()]))
    for row in texts(surface_lines(surface, with_predictions(0, 1, 1, 0), PALETTE, width, height))[1:-2]:
        at = [place - 7 for place, text in enumerate(row) if "⠀" < text <= "⣿"]
        assert at
        assert all(abs(grid.point(place, 0)[0] - 0.5) < 0.07 for place in at)


def test_without_colour_each_side_has_its_texture_and_the_line_its_strokes() -> None:
    lines = texts(surface_lines(HALF, with_predictions(0, 1, 1, 0), PALETTE, 31, 12, colour=False))
    assert "·· false  ▒▒ true  ─ ŷ = 0.5" in lines[0]
    assert lines[1:4] == [
        "···············│░░░░░░░▒▒▒▒▒▒▒▒",
        "···●···········│░░░░░░░▒▒▒▒○▒▒▒",
        "···············│░░░░░░░▒▒▒▒▒▒▒▒",
    ]
    assert "▀" not in "".join(lines)


@pytest.mark.parametrize("terminal", [Capabilities(many_colors=False), Capabilities(unicode=False)])
def test_a_plain_terminal_gets_the_texture(terminal: Capabilities) -> None:
    palette = palette_of(DARK, terminal)
    snapshot = with_predictions(0, 1, 1, 0)
    texture = texts(surface_lines(HALF, snapshot, PALETTE, 60, 20, colour=False))
    assert texts(surface_lines(HALF, snapshot, palette, 60, 20)) == texture


def test_a_step_on_all_examples_singles_none_out() -> None:
    lines = surface_lines(HALF, look("two-layer/xor batch=all @2"), PALETTE, 60, 20)
    assert "this step" not in lines[-1].text
    assert not any(style == PALETTE.chosen for row in cells(lines) for _, style in row)


def test_examples_stand_at_their_place_by_target() -> None:
    rows = texts(surface_lines(HALF, with_predictions(0, 1, 1, 0), PALETTE, 47, 20))
    marks = {(text, y, x) for y, row in enumerate(rows[:-1]) for x, text in enumerate(row) if text in "●○✗"}
    # x runs from -0.15 to 1.15 over 40 columns, y over 17 lines.
    assert marks == {("○", 16, 11), ("●", 16, 42), ("●", 2, 11), ("○", 2, 42)}


def test_wrong_examples_and_the_present_one_stand_out() -> None:
    snapshot = replace(look("two-layer/xor @2"), evaluation=Evaluation((0.9, 0.9, math.nan, 0.1), (0.0,) * 4, 0.5))
    lines = surface_lines(HALF, snapshot, PALETTE, 47, 20)
    found = {(y, x): pair for y, row in enumerate(cells(lines[:-1])) for x, pair in enumerate(row) if pair[0] in "●○✗"}
    assert {place: text for place, (text, _) in found.items()} == {
        (16, 11): "✗",
        (16, 42): "●",
        (2, 11): "✗",
        (2, 42): "○",
    }
    assert snapshot.event is not None
    assert snapshot.event.example == 1
    assert [place for place, (_, style) in found.items() if style == PALETTE.chosen] == [(16, 42)]


def test_rows_held_out_have_marks_of_their_own() -> None:
    held = Dataset("held", ("first", "second"), ("a", "b"), ((0.5, 0.5), (0.5, 0.0)), (0.0, 1.0), ("false", "true"))
    data = replace(XOR.dataset, held_out=held)
    rows = texts(surface_lines(HALF, replace(XOR, dataset=data), PALETTE, 70, 20))
    assert sum(row.count("◦") for row in rows[:-1]) == sum(row.count("+") for row in rows[:-1]) == 1
    assert rows[-1].endswith("◦ + held out")


def test_a_logit_is_shown_by_its_share() -> None:
    snapshot = look("two-layer/xor/cross-entropy @2")
    columns, rows = picture_size(20, 4)
    assert (columns, rows) == (20, 8)
    logits = Surface(Grid(("a", "b"), (5, 5), (6, 6), columns, rows), 0.0, pack([-0.4, 0.4] * (columns * rows // 2)))
    shares = Surface(
        logits.grid, 0.5, pack([1 / (1 + math.exp(0.4)), 1 / (1 + math.exp(-0.4))] * (columns * rows // 2))
    )
    assert surface_lines(logits, snapshot, PALETTE, 20, 4) == surface_lines(shares, snapshot, PALETTE, 20, 4)
    assert "ŷ = 0 " in surface_lines(logits, snapshot, PALETTE, 60, 10)[0].text + " "


def test_axes_and_classes_are_named() -> None:
    lines = texts(surface_lines(HALF, XOR, PALETTE, 60, 14))
    assert "↑ second" in lines[0]
    assert "first →" in lines[-2]
    assert lines[-2].split()[0] == lines[-3].split()[0] == "-0.15"
    assert lines[-2].endswith("1.15")
    assert lines[1].startswith("  1.15 ")
    assert lines[-1].split("  ") == ["", "", "", " ○ false", "● true", "✗ wrong", "● this step"]


def test_data_without_a_plane_say_so() -> None:
    data = Dataset("[b]three", ("a", "b", "c"), ("it",), ((1, 2, 3),), (1,))
    told = texts(surface_lines(None, replace(XOR, dataset=data), PALETTE, 90, 9))
    assert told == ["No surface: [b]three has 3 features and no plane that they lie in"]
    assert texts(surface_lines(None, XOR, PALETTE, 90, 9)) == ["The surface is being computed"]


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_marks_can_be_told_from_every_colour(theme: object) -> None:
    palette = palette_of(theme)  # type: ignore[arg-type]
    for ground in palette.ramp:
        assert contrast(colour(palette.mark), Color.from_rich_color(ground)) > 2.2
    # The further from the middle, the further from the ground; the two sides never look the same.
    middle = len(palette.ramp) // 2
    neutral = Color.from_rich_color(palette.ramp[middle])
    for half in (palette.ramp[middle::-1], palette.ramp[middle:]):
        steps = [contrast(Color.from_rich_color(one), neutral) for one in half]
        assert steps == sorted(steps)
    assert len(set(palette.ramp)) == len(palette.ramp)


HOSTILE_DATA = Dataset(
    "[blink]",
    (HOSTILE[0], HOSTILE[4]),
    HOSTILE,
    tuple((float(row), -0.5 * row) for row in range(len(HOSTILE))),
    tuple(float(row % 2) for row in range(len(HOSTILE))),
    ("\x1b[5myes", "日本" * 9),
)
NUMBERS = st.one_of(st.floats(-2, 2, width=32), st.sampled_from([math.nan, math.inf, -math.inf, 3e38]))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 110), st.integers(0, 34), st.lists(NUMBERS, min_size=6, max_size=6), st.booleans())
def test_every_size_and_number_can_be_drawn(width: int, height: int, numbers: list[float], colour: bool) -> None:
    for data in (XOR.dataset, HOSTILE_DATA):
        snapshot = replace(XOR, dataset=data, evaluation=None)
        picture = UnitSurface("\x1b[31m日本" * 3, 10, "clamp", True, pack(numbers))
        tanh = UnitSurface("linear1", 0, "tanh", False, pack(numbers))
        sigmoid = UnitSurface("", 0, "sigmoid", False, pack(numbers))
        grid = plane_grid(data, 3, 2)
        surface = Surface(grid, 0.0 if colour else 0.5, pack(numbers), grid, (picture, tanh, sigmoid) * 3)
        drawn = surface_lines(surface, snapshot, PALETTE, width, height, colour=colour)
        check_size(drawn, width, height)
        if width >= 8 and height:
            assert len(drawn) == height
        check_size(unit_lines(surface, PALETTE, width, height, colour=colour), width, height)


@given(st.integers(12, 130), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_the_grid_asked_for_is_the_one_drawn(width: int, height: int) -> None:
    columns, rows = picture_size(width, height)
    lines = surface_lines(HALF, with_predictions(0, 1, 1, 0), PALETTE, width, height)
    assert sum("▀" in strip.text for strip in lines) * 2 == rows
    assert columns <= width


def test_each_unit_has_its_picture() -> None:
    surface = Trainer("eight-layer", "xor").surface(2, 2, units=UNIT_PICTURE)
    lines = texts(unit_lines(surface, PALETTE, 140, 40))
    for unit in surface.units:
        assert f"{unit.layer}[{unit.unit}]" in "\n".join(lines)
    few = texts(unit_lines(surface, PALETTE, 40, 12))
    assert few[0].replace("☠", "").split() == ["linear1[0]", "linear1[1]", "linear1[2]"]
    assert few[-1] == "… 22 more"
    logistic = Trainer("logistic-regression", "xor").surface(2, 2, units=(2, 2))
    assert texts(unit_lines(logistic, PALETTE, 80, 24)) == ["No hidden units to draw"]


def test_a_units_picture_shows_where_it_is_open_and_whether_it_is_dead() -> None:
    grid = plane_grid(XOR.dataset, 2, 2)
    opened = UnitSurface("linear1", 0, "clamp", False, pack([0.0, 2.0, 0.0, 0.9]))
    closed = UnitSurface("linear1", 1, "clamp", True, pack([0.0] * 4))
    surface = Surface(grid, 0.5, b"", grid, (opened, closed))
    assert texts(unit_lines(surface, PALETTE, 26, 5, colour=False)) == [
        "linear1[0]    linear1[1] ☠",
        "      ▒▒▒▒▒▒",
        "      ▒▒▒▒▒▒",
        "      ░░░░░░",
        "      ░░░░░░",
    ]
    (pixels,) = {style.bgcolor for text, style in cells(unit_lines(surface, PALETTE, 26, 5))[4][14:] if text == "▀"}
    assert pixels == PALETTE.ramp[len(PALETTE.ramp) // 2]
