"""A surface: what predict says at every point, the hidden units' activations, and always the same place."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore import Dataset, Trainer, datasets
from hltcore.errors import OptionError, StepError
from hltcore.surface import Grid, plane_grid
from hltcore.units import dead_units

SPECS = [
    "logistic-regression/language-id @2e",
    "two-layer/xor/cross-entropy seed=3 hidden=5 @7e+2:backward",
    "eight-layer/or @3",
]


@pytest.mark.parametrize("spec", SPECS)
def test_it_says_what_predict_says(spec: str) -> None:
    trainer = Trainer.from_spec(spec)
    surface = trainer.surface(9, 5)
    points = [surface.grid.point(column, row) for row in range(5) for column in range(9)]
    assert surface.grid.points() == points
    assert surface.predictions == pytest.approx(trainer.predict(points), abs=1e-6)
    assert surface.threshold == trainer.evaluate().threshold
    assert (surface.unit_grid, surface.units) == (None, ())


@pytest.mark.parametrize("spec", SPECS)
def test_looking_changes_nothing(spec: str) -> None:
    looked, other = Trainer.from_spec(spec), Trainer.from_spec(spec)
    for _ in range(7):
        looked.surface(6, 4, units=(3, 3))
        looked.phase()
        other.phase()
    assert looked.parameters == other.parameters
    assert looked.last_phase == other.last_phase


def test_units_are_those_of_an_event() -> None:
    # A data set of one row, which a grid of one point lies on.
    data = Dataset("one", ("a", "b"), ("it",), ((0.5, -2.0),), (1.0,))
    datasets.register("one", lambda: data)
    try:
        trainer = Trainer("eight-layer", "one", seed=1)
        surface = trainer.surface(2, 2, units=(1, 1))
        event = trainer.phase()
    finally:
        datasets.registry.remove("one")
    assert surface.unit_grid is not None
    assert surface.unit_grid.point(0, 0) == pytest.approx((0.5, -2.0))
    hidden = [f"linear{number}" for number in range(1, 8)]
    assert [(unit.layer, unit.unit) for unit in surface.units] == [(name, i) for name in hidden for i in range(4)]
    assert {unit.function for unit in surface.units[:4]} == {"clamp"}
    for unit in surface.units:
        assert unit.values == pytest.approx([event.activations[unit.layer][unit.unit]], abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_dead_units_are_the_same_with_torch_and_without(seed: int) -> None:
    trainer = Trainer("two-layer", "xor", hidden=8, seed=seed)
    dead = {(unit.layer, unit.unit) for unit in trainer.surface(2, 2, units=(2, 2)).units if unit.dead}
    assert dead == dead_units(trainer.parameters, trainer.functions, trainer.dataset.xs)
    for layer, unit in dead:
        for event in trainer.run(epochs=1):
            assert set(event.gradients[f"{layer}.weight"][unit]) == {0.0}


def test_the_place_depends_on_the_data_alone() -> None:
    grid = plane_grid(Trainer("two-layer", "xor").dataset, 4, 2)
    assert grid.axes == ("first", "second")
    assert (grid.low, grid.high) == ((pytest.approx(-0.15),) * 2, (pytest.approx(1.15),) * 2)
    trainer = Trainer("two-layer", "xor", lr=5.0)
    before = trainer.surface(4, 2).grid
    list(trainer.run(epochs=3))
    assert trainer.surface(4, 2).grid == before == grid
    # Row 0 is the top, column 0 the left.
    assert grid.point(0, 0)[0] < grid.point(3, 0)[0]
    assert grid.point(0, 0)[1] > grid.point(0, 1)[1]


def test_rows_held_out_are_in_the_picture() -> None:
    held = Dataset("far", ("a", "b"), ("h",), ((9.0, -9.0),), (0.0,))
    data = Dataset("near", ("a", "b"), ("x", "y"), ((0.0, 0.0), (1.0, 1.0)), (0.0, 1.0), held_out=held)
    grid = plane_grid(data, 3, 3)
    assert grid.high[0] > 9 > 1 > grid.low[1] + 9
    assert grid.low[1] < -9


@given(
    st.lists(st.tuples(*[st.floats(width=32, allow_nan=False, allow_infinity=False)] * 2), min_size=1, max_size=5),
    st.integers(1, 40),
    st.integers(1, 40),
)
def test_every_row_lies_inside(points: list[tuple[float, float]], columns: int, rows: int) -> None:
    labels = tuple(map(str, range(len(points))))
    grid = plane_grid(Dataset("any", ("a", "b"), labels, tuple(points), (0.0,) * len(points)), columns, rows)
    for x, y in points:
        assert grid.low[0] < x < grid.high[0] or abs(x) > 1e37
        column, row = grid.place(x, y, columns, rows)
        assert 0 <= column < columns
        assert 0 <= row < rows
    for place in ((0, 0), (columns - 1, rows - 1)):
        assert grid.place(*grid.point(*place), columns, rows) == place or grid.high[0] - grid.low[0] < 1e-3


def test_facts_can_be_sent() -> None:
    surface = Trainer.from_spec("two-layer/xor @3").surface(3, 2, units=(2, 2))
    assert pickle.loads(pickle.dumps(surface)) == surface


def test_what_cannot_be_drawn_is_refused() -> None:
    three = Dataset("three", ("a", "b", "[c]\x1b"), ("it",), ((1.0, 2.0, 3.0),), (1.0,))
    datasets.register("three", lambda: three)
    try:
        trainer = Trainer("two-layer", "three")
    finally:
        datasets.registry.remove("three")
    with pytest.raises(OptionError, match=r"three has no plane .* its features are a, b, \[c\]\\x1b\.$"):
        trainer.surface(3, 3)
    for columns, rows, units in ((0, 3, None), (3, True, None), (3, 2.5, None), (3, 3, (0, 4))):
        with pytest.raises(OptionError, match="from 1 on, not"):
            Trainer("two-layer", "xor").surface(columns, rows, units=units)  # type: ignore[arg-type]


def test_points_are_encoded_as_the_data_say() -> None:
    data = Dataset(
        "squares",
        ("x²",),
        ("one", "two"),
        ((1.0,), (4.0,)),
        (0.0, 1.0),
        axes=("x", "nothing"),
        points=((1.0, 0.0), (-2.0, 0.0)),
        encode_point=lambda x, y: (x * x,),
    )
    datasets.register("squares", lambda: data)
    try:
        trainer = Trainer("logistic-regression", "squares")
    finally:
        datasets.registry.remove("squares")
    surface = trainer.surface(4, 2)
    squares = [(surface.grid.point(column, 0)[0] ** 2,) for column in range(4)] * 2
    assert surface.predictions == pytest.approx(trainer.predict(squares), abs=1e-6)


def test_a_model_that_breaks_says_so() -> None:
    trainer = Trainer("two-layer", "xor")
    trainer.model.linear1.forward = None  # type: ignore[method-assign, assignment, union-attr]
    assert isinstance(trainer.surface(2, 2).grid, Grid)  # the layers' own weights are used, not their forward
    trainer.model.linear1.weight.data = trainer.model.linear1.weight.data[:, :1]  # type: ignore[union-attr, index]
    with pytest.raises(StepError):
        trainer.surface(2, 2)
