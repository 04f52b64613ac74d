"""Cells: the arrow keys reach every number, and stay within what there is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.cells import Focus, cells, holds, is_frozen, place_text, value_at, walk


def matrix(rows: int, columns: int) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(row * columns + column) for column in range(columns)) for row in range(rows))


SMALL = {"a.weight": matrix(2, 3), "a.bias": (7.0, 8.0), "b.weight": matrix(1, 2), "b.bias": (9.0,)}
ROUTE = "right right right down left left left down right right"

sizes = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=4)
directions = st.lists(st.sampled_from(["up", "down", "left", "right"]), max_size=30)


def net(layers: list[tuple[int, int]]) -> dict[str, object]:
    parameters: dict[str, object] = {}
    for place, (rows, columns) in enumerate(layers):
        parameters[f"l{place}.weight"] = matrix(rows, columns)
        parameters[f"l{place}.bias"] = tuple(map(float, range(rows)))
    return parameters


def test_a_way_over_a_weight_and_its_bias_to_the_next_layer() -> None:
    here, way = walk(SMALL, None, "down"), []
    for direction in ROUTE.split():
        way.append(place_text(here))
        here = walk(SMALL, here, direction)
    assert [*way, place_text(here)] == [
        *("a.weight[0,0]", "a.weight[0,1]", "a.weight[0,2]", "a.bias[0]"),
        *("a.bias[1]", "a.weight[1,2]", "a.weight[1,1]", "a.weight[1,0]"),
        *("b.weight[0,0]", "b.weight[0,1]", "b.bias[0]"),
    ]


@given(sizes, directions)
def test_no_way_leaves_the_model(layers: list[tuple[int, int]], way: list[str]) -> None:
    parameters = net(layers)
    here: Focus | None = None
    for direction in way:
        here = walk(parameters, here, direction)
        assert here in cells(parameters)
        assert holds(parameters, here)
        assert not math.isnan(value_at(parameters, here))


@given(sizes)
def test_every_number_can_be_reached(layers: list[tuple[int, int]]) -> None:
    parameters = net(layers)
    reached: set[Focus] = set()
    new = {walk(parameters, None, "down")}
    while new:
        reached |= new
        new = {walk(parameters, here, way) for here in new for way in ("up", "down", "left", "right")} - reached
    assert reached == set(cells(parameters))


def test_edges_and_corners_hold() -> None:
    assert walk(SMALL, ("a.weight", (0, 0)), "up") == ("a.weight", (0, 0))
    assert walk(SMALL, ("a.weight", (0, 0)), "left") == ("a.weight", (0, 0))
    assert walk(SMALL, ("a.bias", (1,)), "down") == ("b.bias", (0,))
    assert walk(SMALL, ("b.bias", (0,)), "right") == ("b.bias", (0,))
    assert walk({}, None, "down") is None


@pytest.mark.parametrize("gone", [("c.weight", (0, 0)), ("a.weight", (2, 0)), ("a.bias", (0, 0)), ("a.weight", ())])
def test_what_the_model_does_not_have(gone: Focus) -> None:
    assert not holds(SMALL, gone)
    assert walk(SMALL, gone, "right") == ("a.weight", (0, 0))


def test_values_and_what_is_frozen() -> None:
    assert value_at(SMALL, ("a.weight", (1, 2))) == 5.0
    assert math.isnan(value_at(SMALL, ("a.weight", (1, 3))))
    assert is_frozen("a.bias+a.weight[0,1]", ("a.bias", (1,)))
    assert is_frozen("a.bias+a.weight[0,1]", ("a.weight", (0, 1)))
    assert not is_frozen("a.bias+a.weight[0,1]", ("a.weight", (1, 0)))
    assert not is_frozen("", ("a.bias", (0,)))
