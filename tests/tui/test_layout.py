"""Layout: everything visible at 80×24, use made of larger screens, and no screen too small."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.containers import VerticalScroll

from hltcore import Trainer
from tests.tui.support import SMALL, WIDE, Seen, numbers_in, opened, parameters_of
from tui.panels.loss import LossPlot
from tui.widgets.lines import Lines

DATASETS = ["language-id", "and", "or", "xor"]
WIDEST = "/cross-entropy/rmsprop"


def assert_sound(seen: Seen) -> None:
    """Nothing overlaps, nothing sticks out, and every line but those that scroll is whole."""
    screen = seen.app.size.region
    parts = [seen.main.query_one(name) for name in ("#status", "#parameters", "#examples", "#loss", "#keys")]
    for one, other in combinations(parts, 2):
        assert not one.region.overlaps(other.region), (one, other)
    for part in parts:
        assert part.region.width > 0
        assert part.region.height > 0
        assert screen.contains_region(part.region), part


def assert_no_scrolling(seen: Seen) -> None:
    for name in ("#parameters", "#examples"):
        panel = seen.main.query_one(name, VerticalScroll)
        assert (panel.max_scroll_x, panel.max_scroll_y) == (0, 0), name
        lines = panel.query_one(Lines)
        assert panel.content_region.contains_region(lines.region), name
    for lines in seen.main.query(Lines):
        assert lines.get_content_width(lines.size, lines.size) <= lines.size.width, lines


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("model", ["logistic-regression", "two-layer"])
async def test_small_models_are_complete_at_80_by_24(model: str, dataset: str) -> None:
    spec = f"{model}/{dataset}{WIDEST} @49e"
    trainer = Trainer.from_spec(spec)
    async with opened(spec) as seen:
        assert_sound(seen)
        assert_no_scrolling(seen)
        text = seen.text
        for label in trainer.dataset.labels:
            assert f" {label} " in text
        assert not set(parameters_of(trainer)) - set(numbers_in(text))
        footer = text.splitlines()[-1]
        assert "? help" in footer
        assert "q quit" in footer
        assert "space step" in footer
        assert seen.main.query_one(LossPlot).content_size.height >= 6


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_the_deep_model_scrolls(size: tuple[int, int]) -> None:
    async with opened("eight-layer/language-id @9", size) as seen:
        assert_sound(seen)
        panel = seen.main.query_one("#parameters", VerticalScroll)
        assert panel.max_scroll_y > 0
        await seen.press("up", until=lambda: seen.app.main_screen.focus_cell == ("linear1.weight", (0, 0)))
        assert panel.scroll_offset.y == 0
        await seen.press(*["down"] * 40, until=lambda: panel.scroll_offset.y == panel.max_scroll_y)
        await seen.until(lambda: "linear8.weight" in seen.text)
        await seen.press("space", until="10 steps done")
        assert panel.scroll_offset.y == panel.max_scroll_y
        await seen.press("home", until="   0 steps done")
        await seen.press(*["up"] * 40, until=lambda: "linear1.weight" in seen.text)
        assert len(seen.examples) == 6


@pytest.mark.parametrize(
    ("spec", "size"),
    [
        ("logistic-regression/language-id", (120, 24)),
        ("two-layer/xor", (200, 60)),
        ("two-layer/language-id", WIDE),
        ("eight-layer/or", WIDE),
        ("eight-layer/or", (200, 60)),
    ],
)
async def test_larger_screens(spec: str, size: tuple[int, int]) -> None:
    async with opened(f"{spec} @3", size) as seen:
        assert_sound(seen)
        if "eight" not in spec:
            assert_no_scrolling(seen)
        assert "says" in seen.rows("example-lines")[0]


async def test_wide_screens_show_gradients_too() -> None:
    async with opened("two-layer/xor", WIDE) as seen:
        assert seen.parameters.count("gradient") == 4, "their room is kept, so that nothing jumps"
        event = Trainer("two-layer", "xor").step()
        await seen.press("space", until="1 step done")
        assert {f"{row[0]:.4f}" for row in event.gradients["linear2.weight"]} <= set(numbers_in(seen.parameters))


async def test_resizing_keeps_the_state() -> None:
    async with opened("two-layer/language-id @9") as seen:
        await seen.until(lambda: "┤" in seen.text)
        before = seen.text
        for size in (WIDE, (20, 5), (200, 60), (1, 1), (40, 50), SMALL):
            await seen.pilot.resize_terminal(*size)
            await seen.until(lambda: seen.app.size == size)  # noqa: B023
        await seen.until(lambda: seen.text == before)


async def test_resizing_under_help() -> None:
    async with opened("two-layer/language-id @9") as seen:
        await seen.press("question_mark", until=lambda: "Forward and back" in seen.text)
        await seen.pilot.resize_terminal(*WIDE)
        await seen.press("space", "escape", until=lambda: seen.app.screen is seen.main)
        await seen.until(lambda: seen.main.query_one("#keys").region.bottom == WIDE[1])
        assert_sound(seen)
        assert "says" in seen.rows("example-lines")[0]


@pytest.mark.parametrize("size", [(1, 1), (2, 60), (20, 5), (60, 2), (26, 10), (300, 4)])
async def test_no_screen_is_too_small(size: tuple[int, int]) -> None:
    async with opened("eight-layer/language-id", size, ready=False) as seen:
        await seen.until(lambda: seen.snapshot.ready)
        await seen.press("space", "full_stop", "e", "d", "V", "a", "T", until=lambda: seen.snapshot.steps > 5)
        for key in ("M", "question_mark", "ctrl+p"):
            await seen.press(key, until=lambda: seen.app.screen is not seen.main)
            await seen.press("escape", until=lambda: seen.app.screen is seen.main)
        assert seen.app.is_running


@pytest.mark.parametrize("size", [SMALL, WIDE])
@pytest.mark.parametrize(
    "spec", ["two-layer/xor hidden=64", "eight-layer/language-id hidden=16", "two-layer/or hidden=1"]
)
async def test_other_hidden_sizes(spec: str, size: tuple[int, int]) -> None:
    async with opened(spec, size) as seen:
        await seen.press("space", until="1 step done")
        assert_sound(seen)
        assert len(seen.examples) == len(seen.snapshot.dataset)


@pytest.mark.parametrize("size", [(59, 24), (80, 15), (40, 10), (20, 5)])
async def test_a_screen_that_is_too_small_says_so_and_comes_back(size: tuple[int, int]) -> None:
    async with opened("two-layer/xor @9") as seen:
        await seen.press("2", until=lambda: seen.app.screen.focused and seen.app.screen.focused.id == "examples")
        await seen.until(lambda: "says" in seen.text)
        before, focused = seen.text, seen.app.screen.focused
        await seen.pilot.resize_terminal(*size)
        needed = f"hlt-tui needs 60×16 and has {size[0]}×{size[1]}."
        await seen.until(lambda: " ".join(seen.text.split()).startswith(needed))
        assert "xor" not in seen.text
        await seen.pilot.resize_terminal(*SMALL)
        await seen.until(lambda: seen.text == before)
        assert seen.app.screen.focused is focused


async def test_the_smallest_screen_shows_the_panels() -> None:
    async with opened("two-layer/xor", (60, 16)) as seen:
        await seen.until(lambda: "? help" in seen.text)
        assert "1 xor 0" in seen.text
