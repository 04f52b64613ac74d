"""Arrangement: at every size the panels fill the room, side by side, and what matters most is among them."""

from __future__ import annotations

from itertools import combinations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.arrangement import Box, Needs, arrange, script_columns

FRAME = 5  # status, timeline and keys

needs = st.builds(
    Needs,
    parameters=st.tuples(st.integers(10, 200), st.integers(1, 120)),
    examples=st.integers(3, 400),
    plane=st.booleans(),
    focus=st.booleans(),
    twin=st.booleans(),
)


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@settings(max_examples=300, deadline=None)
@given(st.integers(60, 250), st.integers(16, 80), needs, st.sampled_from(["", "", "story", "loss"]))
@example(60, 16, Needs((60, 60), 400, twin=True), "")
@example(60, 16, Needs((60, 60), 400, plane=True), "")
def test_the_room_is_filled_without_an_overlap(width: int, height: int, wanted: Needs, alone: str) -> None:
    height -= FRAME
    boxes = arrange(width, height, wanted, alone)
    for box in boxes.values():
        assert box.x >= 0
        assert box.y >= 0
        assert box.width >= 10, boxes
        assert box.height >= 2, boxes  # a title and a line
        assert box.x + box.width <= width
        assert box.y + box.height <= height
    assert not any(overlap(one, other) for one, other in combinations(boxes.values(), 2)), boxes
    assert sum(box.width * box.height for box in boxes.values()) == width * height, boxes
    if alone:
        assert set(boxes) == {alone}
    else:
        assert "parameters" in boxes
        assert {"examples", "surface"} & set(boxes)
        assert ("twin-parameters" in boxes) == wanted.twin


@given(st.integers(60, 250), st.integers(16, 80), needs)
def test_the_script_leaves_the_others_room_where_it_can(width: int, height: int, wanted: Needs) -> None:
    height -= FRAME
    boxes = arrange(width, height, wanted, "script")
    assert not any(overlap(one, other) for one, other in combinations(boxes.values(), 2)), boxes
    assert sum(box.width * box.height for box in boxes.values()) == width * height, boxes
    columns = script_columns(width, wanted.twin)
    if not columns:
        assert set(boxes) == {"script"}
    else:
        assert boxes["script"] == Box(width - columns, 0, columns, height)
        assert {"parameters", "loss"} <= set(boxes)
        assert columns >= 60


def test_what_stands_where() -> None:
    small, logic = Needs((52, 7), 6), Needs((52, 7), 6, plane=True)
    assert set(arrange(80, 19, small)) == {"parameters", "examples", "loss"}
    assert set(arrange(100, 25, small)) == {"parameters", "examples", "loss", "network"}
    assert set(arrange(100, 25, logic)) == {"parameters", "examples", "loss", "surface"}
    assert "story" in arrange(100, 25, Needs((52, 7), 6, focus=True))
    wide = {"parameters", "examples", "inside", "surface", "loss"}
    assert set(arrange(140, 35, logic)) == wide | {"network"}
    assert set(arrange(140, 35, Needs((52, 7), 6, plane=True, focus=True))) == wide | {"story"}
    every = {"parameters", "examples", "inside", "network", "surface", "loss", "story"}
    assert set(arrange(200, 55, logic)) == every
    assert "surface" in arrange(80, 19, Needs((52, 7), 72, plane=True)), "many points are seen better than read"
