"""The arrangement: at any size the panels fill the room, and none lies on another."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tui.arrangement import Box, Needs, arrange

needs = st.builds(
    Needs, st.tuples(st.integers(24, 140), st.integers(2, 120)), st.integers(3, 200), *[st.booleans()] * 3
)


@given(st.integers(60, 250), st.integers(11, 75), needs, st.sampled_from(["", "story", "loss"]))
def test_boxes_fill_the_room(width: int, height: int, needs: Needs, alone: str) -> None:
    boxes = arrange(width, height, needs, alone)
    for box in boxes.values():
        assert min(box.x, box.y, box.width - 1, box.height - 1) >= 0
        assert box.x + box.width <= width
        assert box.y + box.height <= height
    for one, other in combinations(boxes.values(), 2):
        assert not overlap(one, other)
    assert sum(box.width * box.height for box in boxes.values()) == width * height


def overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def test_more_room_shows_more() -> None:
    plane = Needs((36, 6), 6, plane=True)
    shown = [set(arrange(*size, plane)) for size in ((80, 19), (100, 25), (140, 35), (200, 55))]
    assert shown[0] == {"parameters", "examples", "loss"}
    assert shown[0] < shown[1] < shown[2] < shown[3]
    assert set(arrange(80, 19, Needs((36, 6), 80, plane=True))) == {"parameters", "surface", "loss"}
