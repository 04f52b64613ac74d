"""Embeddings on the screen: the points, the table, the step and the diagram; and data that cannot have them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hltcore import Dataset, Trainer, datasets
from hltcore.surface import Grid
from tests.tui.panels import check_size, texts
from tests.tui.support import SMALL, WIDE, opened
from tests.tui.test_hostile_text import HOSTILE
from tui.formatting import number, plain
from tui.observer import Observer
from tui.panels.embedding import embedding_lines
from tui.panels.network import network_lines
from tui.panels.parameters import parameter_view
from tui.panels.points import grid_around
from tui.panels.step import step_lines
from tui.snapshot import Snapshot
from tui.terminal import Capabilities
from tui.theme import DARK, LIGHT, Palette, palette_of
from tui.view import View

LETTERS, ONE_HOT = "embedding/language-id-letters/cross-entropy", "embedding/language-id-one-hot/cross-entropy"
PALETTE = palette_of(DARK)


def look(trainer: Trainer | str) -> Snapshot:
    observer = Observer()
    observer.view = View(embedding=True)
    return observer.observe(Trainer.from_spec(trainer) if isinstance(trainer, str) else trainer)


def shown(snapshot: Snapshot, width: int = 78, height: int = 18, palette: Palette = PALETTE) -> list[str]:
    lines = embedding_lines(snapshot, palette, width, height)
    check_size(lines, width, height)
    return texts(lines)


def test_the_words_are_points_with_their_class_and_the_touched_one_is_told() -> None:
    snapshot = look(f"{ONE_HOT} lr=0.5 @20e+2")
    lines = "\n".join(shown(snapshot))
    assert all(re.search(f"[○●✗].{word}|{word}.[○●✗]", lines) for word in snapshot.dataset.features)
    assert snapshot.embedding is not None
    numbers = ", ".join(number(value).strip() for value in snapshot.embedding.row("cat"))
    assert f"cat picks row cat: ({numbers})" in lines
    assert f"→ ({numbers})" in lines
    nearest = snapshot.embedding.nearest("cat", 1)[0]
    assert f"nearest to cat (Euclidean):  {nearest.name} {nearest.distance:.4f}" in lines


def test_letters_mark_their_own_places_and_the_word_is_their_mean() -> None:
    lines = shown(look(f"{LETTERS} @1"))
    picture = "\n".join(lines[1:-4])
    assert "gatos" in picture
    assert "+" in picture
    assert sum(letter in picture for letter in "abcdefghijklmnñopqrstuvwxyz") >= 26
    assert "gatos is the mean of a, g, o, s, t: (" in lines[-3]


def test_the_focused_row_is_told_of() -> None:
    lines = shown(replace(look(f"{LETTERS} @1"), focus=("embedding.weight", (25, 0))))
    assert lines[-2].startswith("y at (")
    assert "not picked by the last step" in lines[-2]
    assert lines[-1].startswith("nearest to y (Euclidean):")


@pytest.mark.parametrize(("height", "told"), [(4, 0), (5, 1), (6, 2), (7, 3), (18, 3)])
def test_what_is_nearest_is_told_before_the_last_rows_of_the_plane(height: int, told: int) -> None:
    lines = shown(look(f"{ONE_HOT} @1"), 46, height)
    marks = ("nearest to", "picks row", "moved by")[:told]
    assert [mark for mark in marks if mark in "\n".join(lines[height - told :])] == list(marks)
    assert any("•" in row or "●" in row or "✗" in row for row in lines[: height - told])


@pytest.mark.parametrize(
    ("dim", "axis"), [(1, "embedding[0] →"), (2, "embedding[0] →"), (4, r"PC 1 \(\d+% of the variance\) →")]
)
def test_the_axes_are_named(dim: int, axis: str) -> None:
    lines = shown(look(f"{LETTERS} dim={dim} @3"))
    assert any(re.search(axis if dim > 2 else re.escape(axis), text) for text in lines)


def test_without_a_table_it_says_what_has_one() -> None:
    assert shown(look("two-layer/xor"), 120)[0].startswith("two-layer has no embedding table: model=embedding has")
    narrow = shown(look("two-layer/xor"), 40)
    assert "words or letters" in " ".join(row.strip() for row in narrow)


@given(st.integers(0, 100), st.integers(0, 30), st.sampled_from([1, 2, 3]), st.booleans())
@settings(max_examples=40, deadline=None)
def test_every_size(width: int, height: int, dim: int, colours: bool) -> None:
    palette = PALETTE if colours else palette_of(DARK, Capabilities(many_colors=False, unicode=False))
    shown(SNAPSHOTS[dim], width, height, palette)


SNAPSHOTS = {dim: look(f"{LETTERS} dim={dim} @2") for dim in (1, 2, 3)}


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=6), st.integers(1, 80), st.integers(1, 30))
def test_every_point_lies_on_the_grid(points: list[tuple[float, float]], columns: int, lines: int) -> None:
    points = [point for point in points if all(abs(value) < 1e30 for value in point)]
    grid: Grid = grid_around(("x", "y"), points, columns, lines)
    for x, y in points:
        assert grid.low[0] <= x <= grid.high[0]
        assert grid.low[1] <= y <= grid.high[1]


@pytest.mark.parametrize("spec", [LETTERS, ONE_HOT])
@pytest.mark.parametrize("value", [math.inf, math.nan, 3e38])
def test_numbers_out_of_bounds_break_nothing(spec: str, value: float) -> None:
    snapshot = look(f"{spec} @1")
    assert snapshot.embedding is not None
    rows = tuple((value, 1.0) if place < 2 else row for place, row in enumerate(snapshot.embedding.rows))
    broken = replace(snapshot.embedding, rows=rows)
    shown(replace(snapshot, embedding=broken, parameters={**snapshot.parameters, "embedding.weight": rows}))


def test_each_row_of_the_table_is_named_and_the_picked_one_is_marked() -> None:
    snapshot = look(f"{ONE_HOT} @2")
    lines = texts(parameter_view(snapshot, PALETTE, 60, gradients=False).lines)
    assert [text.split()[0] for text in lines[1:7]] == ["gatos", "▸cat", "hola", "gata", "hello", "at"]


def test_a_long_table_begins_with_the_rows_of_the_step() -> None:
    view = parameter_view(look(f"{LETTERS} @2"), PALETTE, 60, gradients=False)
    lines = texts(view.lines)
    assert [text.split()[0] for text in lines[1:4]] == ["▸a", "▸c", "▸t"]
    linear = next(place for place, text in enumerate(lines) if text.startswith("linear.weight"))
    others = next(place for place, text in enumerate(lines) if text.startswith("embedding.weight: its other 24 rows"))
    assert 4 < linear < others
    assert len([cell for cell in view.places if cell[0] == "embedding.weight"]) == 54


@pytest.mark.parametrize("spec", [f"{LETTERS} dim=3 @2", f"{LETTERS} dim=1 batch=all @2", f"{LETTERS} dim=16 @2"])
def test_a_long_table_stays_within_a_narrow_panel(spec: str) -> None:
    lines = parameter_view(look(spec), PALETTE, 34, gradients=False).lines
    assert all(line.cell_length <= 34 for line in lines), texts(lines)


async def test_the_arrow_keys_walk_as_the_rows_stand() -> None:
    async with opened(f"{LETTERS} @2") as seen:
        await seen.press(*["down"] * 4, until=lambda: seen.main.focus_cell == ("linear.weight", (0, 0)))  # type: ignore[attr-defined]
        await seen.press("down", until=lambda: seen.main.focus_cell == ("embedding.weight", (1, 0)))  # type: ignore[attr-defined]
        await seen.press("up", "up", until=lambda: seen.main.focus_cell == ("embedding.weight", (20, 0)))  # type: ignore[attr-defined]


def step(spec: str, phases: int, width: int = 100) -> str:
    trainer = Trainer.from_spec(spec)
    for _ in range(phases):
        trainer.phase()
    return "\n".join(texts(step_lines(look(trainer), PALETTE, width)))


def test_the_forward_pass_picks_a_row() -> None:
    assert re.search(r"embedding  picks row gatos: \(1\.5410, -0\.2934\)", step(ONE_HOT, 1))
    assert "x = gatos 1, and 5 of 0" in step(ONE_HOT, 1)


def test_the_forward_pass_takes_the_mean_of_rows() -> None:
    told = step(f"{LETTERS} @3", 1)  # gata
    assert "the mean of rows a, g, t" in told
    assert "(2·(" in told
    assert " / 4 = " in told


def test_the_backward_pass_says_which_rows_get_a_gradient() -> None:
    told = step(LETTERS, 4)
    assert [row in told for row in ("row a  times its share 0.2000", "row t  times", "row z")] == [True, True, False]
    assert "the other 22 rows get 0: they are not in gatos" in told


@pytest.mark.parametrize("width", [36, 43, 56, 66, 69])
def test_the_update_is_no_wider_than_its_panel(width: int) -> None:
    assert all(line.cell_length <= width for line in step_lines(look(f"{ONE_HOT} @1"), PALETTE, width))


def test_the_update_begins_with_the_rows_that_were_touched() -> None:
    lines = [text for text in step(f"{LETTERS} @1", 0).splitlines() if ".weight[" in text]
    assert [text.split()[-1] for text in lines[:10:2]] == list("agost")
    assert lines[10].startswith("linear.weight")


def test_one_hot_times_a_matrix_is_told_as_picking_a_column() -> None:
    told = step("two-layer/language-id-one-hot", 1)
    assert "x is one-hot: linear1.weight times x is the column of gatos" in told
    assert re.search(r"linear1\[0\]  z = \S+ \+ \S+ = ", told)
    assert "is the column of gatos" in " ".join(step("logistic/language-id-one-hot", 1, 46).split())
    assert "22 terms of 0" in step("logistic-regression/language-id-letters", 1)
    assert "·0 " in step("two-layer/xor", 1)  # of few inputs each is told


def test_the_diagram_shows_the_inputs_that_are_not_0() -> None:
    snapshot = look(f"{LETTERS} @1")
    lines = network_lines(snapshot, PALETTE, 78, 18, functions=snapshot.functions)
    check_size(lines, 78, 18)
    drawn = "\n".join(texts(lines))
    assert "embedding, mean" in drawn
    assert "… 22 of 0" in drawn
    assert [f"{letter} 1 ●" in drawn for letter in "agostz"] == [True] * 5 + [False]


@pytest.mark.parametrize(("size", "beside"), [(SMALL, False), (WIDE, True)])
async def test_it_stands_where_data_have_no_plane_and_a_key_brings_it_up(size: tuple[int, int], beside: bool) -> None:
    async with opened(f"{ONE_HOT} @1", size) as seen:
        panel = seen.main.query_one("#embedding")
        await seen.until(lambda: panel.display == beside)
        await seen.press("9", until=lambda: panel.display and "picks row gatos" in seen.text)
        await seen.press("space", until=lambda: "cat picks row cat" in seen.text)
        await seen.press("9", until=lambda: panel.display == beside)


async def test_keys_pass_over_what_does_not_fit_and_say_so() -> None:
    async with opened("mlp/xor") as seen:
        await seen.press("m", until="linear-regression / xor")
        assert "Left out: The model embedding needs data that count words or letters" in seen.status
    async with opened(ONE_HOT) as seen:
        await seen.press("d", until="embedding / language-id-letters")


@pytest.mark.parametrize("ready", [True, False])
async def test_a_model_that_does_not_fit_changes_nothing(ready: bool) -> None:
    async with opened("two-layer/xor", ready=ready) as seen:
        seen.app.bridge.switch(model="embedding")
        await seen.until(lambda: "needs data that count words or letters, and xor does" in seen.status)
        assert "two-layer / xor" in seen.status


@pytest.fixture
def hostile() -> Iterator[str]:
    """One-hot data whose every word is hostile."""
    xs = tuple(tuple(float(i == j) for j in range(len(HOSTILE))) for i in range(len(HOSTILE)))
    targets = tuple(float(row % 2) for row in range(len(HOSTILE)))
    data = Dataset("[blink]", HOSTILE, HOSTILE, xs, targets, ("[red]no[/]", "\x1b[5myes"), counts=True)
    datasets.register("hostile-words", lambda: data)
    yield "embedding/hostile-words"
    datasets.registry.remove("hostile-words")


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_hostile_names_stand_there_literally(hostile: str, dim: int) -> None:
    trainer = Trainer.from_spec(f"{hostile} dim={dim}")
    for count in range(len(HOSTILE)):
        trainer.step()
        snapshot = look(trainer)
        if count % 4 == 0:
            for width, height in ((78, 18), (40, 12), (120, 30)):
                shown(snapshot, width, height)
        lines = parameter_view(snapshot, PALETTE, 70, gradients=True).lines
        assert all(strip.text.isprintable() for strip in (*lines, *step_lines(snapshot, PALETTE, 78)))
    assert plain(HOSTILE[0]) in "\n".join(shown(snapshot, 120, 30)) or dim == 1


async def test_hostile_names_in_the_app_in_ascii_too(hostile: str) -> None:
    async with opened(hostile, terminal=Capabilities(unicode=False)) as seen:
        await seen.press("9", "space", until="1 step done")
        await seen.until(lambda: "picks row" in seen.text)
        assert seen.text.replace("\n", "").isprintable()


def test_light_and_dark_draw_the_same_text() -> None:
    snapshot = look(f"{LETTERS} @2")
    assert shown(snapshot, palette=palette_of(LIGHT)) == shown(snapshot)
