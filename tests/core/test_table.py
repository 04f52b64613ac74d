"""The rows of a table as facts: what a step touched, what is near, and the plane on which they are seen."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hltcore import Trainer, errors
from hltcore.axes import principal_axes
from hltcore.embedding import Embedding

LETTERS = "embedding/language-id-letters"
ONE_HOT = "embedding/language-id-one-hot"


def table(trainer: Trainer) -> Embedding:
    found = trainer.embedding
    assert found is not None
    return found


def test_a_model_without_a_table_has_none() -> None:
    assert Trainer("logistic-regression", "language-id-letters").embedding is None


def test_what_a_step_touched() -> None:
    trainer = Trainer.from_spec(LETTERS)
    assert table(trainer).touched == ()
    assert table(trainer).before == table(trainer).rows
    event = trainer.step()
    seen = table(trainer)
    assert [seen.names[place] for place in seen.touched] == sorted("gatos")
    assert seen.before == event.parameters["embedding.weight"]
    assert seen.rows == event.updated["embedding.weight"]
    moved = [place for place, (old, new) in enumerate(zip(seen.before, seen.rows)) if old != new]
    assert moved == list(seen.touched)


def test_a_batch_touches_the_rows_of_all_its_examples() -> None:
    trainer = Trainer.from_spec(f"{LETTERS} batch=2 @1")
    assert {table(trainer).names[place] for place in table(trainer).touched} == set("gatoscat")


def test_inside_a_step_the_rows_are_picked_before_they_move() -> None:
    trainer = Trainer.from_spec(ONE_HOT)
    trainer.phase()
    assert table(trainer).touched == (0,)
    assert table(trainer).before == table(trainer).rows


def test_the_nearest_are_the_nearest() -> None:
    seen = table(Trainer.from_spec(f"{LETTERS} dim=3"))
    found = seen.nearest("g", 26)
    assert sorted(item.name for item in found) == sorted(set(seen.names) - {"g"})
    assert [item.distance for item in found] == sorted(item.distance for item in found)
    assert all(item.distance == math.dist(seen.row("g"), seen.row(item.name)) for item in found)
    assert seen.nearest("g", 2) == found[:2]
    with pytest.raises(errors.OptionError, match='The table has no row "gg": did you mean "g"'):
        seen.nearest("gg")


def test_the_mean_is_what_the_table_passes_on() -> None:
    trainer = Trainer.from_spec(LETTERS)
    event = trainer.phase()
    assert table(trainer).mean(event.x) == pytest.approx(event.pre_activations["embedding"], abs=1e-6)


@pytest.mark.parametrize("dim", [1, 2])
def test_up_to_two_numbers_are_shown_as_they_are(dim: int) -> None:
    seen = table(Trainer.from_spec(f"{LETTERS} dim={dim}"))
    plane = seen.plane()
    assert plane.exact
    assert plane.axes == ("embedding[0]", "embedding[1]")[:dim]
    assert [plane.place(row)[:dim] for row in seen.rows] == list(seen.rows)


coordinate = st.floats(-100, 100, allow_subnormal=False)
clouds = st.integers(3, 6).flatmap(
    lambda dim: st.lists(st.lists(coordinate, min_size=dim, max_size=dim), min_size=1, max_size=12)
)


@given(clouds)
@settings(max_examples=60, deadline=None)
def test_principal_axes(points: list[list[float]]) -> None:
    centre, axes = principal_axes(points, len(points[0]))
    directions = [axis.direction for axis in axes]
    for i, one in enumerate(directions):
        for j, other in enumerate(directions):
            assert sum(a * b for a, b in zip(one, other)) == pytest.approx(float(i == j), abs=1e-6)
    shares = [axis.share for axis in axes]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1) or not any(shares)
    rows = [[sum((v - c) * d for v, c, d in zip(point, centre, axis)) for axis in directions] for point in points]
    for i, one in enumerate(rows):  # a turn keeps every distance
        for j, other in enumerate(rows):
            assert math.dist(one, other) == pytest.approx(math.dist(points[i], points[j]), abs=1e-4)
    variances = [sum(v * v for v in column) for column in zip(*rows)]
    assert all(later <= first + 1e-4 * (1 + first) for first, later in pairwise(variances))


def test_the_first_axis_is_the_direction_in_which_the_points_lie() -> None:
    _, (first, second) = principal_axes([(t, 2.0 * t, -2.0 * t) for t in (-2.0, 0.5, 1.0, 4.0)], 2)
    assert first.share == pytest.approx(1)
    assert [abs(value) for value in first.direction] == pytest.approx([1 / 3, 2 / 3, 2 / 3])
    assert second.share == pytest.approx(0, abs=1e-9)


def test_no_axis_turns_round_from_step_to_step() -> None:
    trainer = Trainer.from_spec(f"{LETTERS} dim=5 lr=1")
    plane = table(trainer).plane()
    for _ in trainer.run(steps=60):
        following = table(trainer).plane(like=plane)
        for old, new in zip(plane.directions, following.directions):
            assert sum(a * b for a, b in zip(old, new)) >= 0
        plane = following
    assert "of the variance" in plane.axes[0]


def test_numbers_that_are_no_numbers_break_nothing() -> None:
    rows = ((math.nan, 1.0, 2.0), (math.inf, 0.0, 0.0), (1.0, 1.0, 1.0), (3e38, -3e38, 3e38))
    seen = Embedding("embedding", ("a", "b", "c", "d"), rows, rows, ())
    assert len(seen.plane().axes) == 2
    assert [item.name for item in seen.nearest("c")] == ["d", "b"]  # at no distance from a
    assert Embedding("e", ("a",), rows[:1], rows[:1], ()).plane().directions == ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
