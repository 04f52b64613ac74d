"""The focused number on the screen: it is marked and in sight wherever the arrows go, and clicks reach it."""

from __future__ import annotations

import pytest
from textual.containers import VerticalScroll
from textual.geometry import Offset

from tests.tui.support import SMALL, WIDE, Seen, opened
from tui.cells import Focus, cells, place_text, value_at
from tui.cells import walk as next_cell
from tui.formatting import number
from tui.widgets.lines import Lines


def focus(seen: Seen) -> Focus | None:
    return seen.app.main_screen.focus_cell


def marked(seen: Seen) -> list[str]:
    """What is drawn in the style of the focus, where it can be seen."""
    panel = seen.main.query_one("#parameters", VerticalScroll)
    lines = panel.query_one(Lines)
    shown = range(panel.scroll_offset.y, panel.scroll_offset.y + panel.content_size.height)
    segments = [segment for y in shown if y < lines.size.height for segment in lines.render_line(y)]
    return [segment.text.strip() for segment in segments if segment.style is not None and segment.style.reverse]


async def walk(seen: Seen, *keys: str, to: str) -> None:
    await seen.press(*keys, until=lambda: focus(seen) is not None and place_text(focus(seen)) == to)


def all_ways(parameters: dict[str, object]) -> list[str]:
    """Keys for every number, row by row as one reads, every other row from the right."""
    here, keys, direction = next_cell(parameters, None, "down"), ["down"], "right"
    while True:
        for key in (direction, "down"):
            there = next_cell(parameters, here, key)
            if there != here:
                keys.append(key)
                here = there
                break
            direction = "left" if direction == "right" else "right"
        else:
            return keys


@pytest.mark.parametrize(
    ("spec", "size", "ways"),
    [
        ("logistic-regression/language-id", SMALL, []),
        ("two-layer/xor", SMALL, []),
        ("eight-layer/or", SMALL, []),
        ("mlp/and hidden=16 depth=2", SMALL, [*["down"] * 20, *["right"] * 17, *["down"] * 16, *["left"] * 17]),
        ("mlp/and hidden=16", WIDE, [*["up"] * 2, *["down"] * 17, *["right"] * 17]),
    ],
)
async def test_the_arrows_reach_every_number_and_show_it(spec: str, size: tuple[int, int], ways: list[str]) -> None:
    async with opened(spec, size) as seen:
        parameters = seen.snapshot.parameters
        here: Focus | None = None
        reached: set[Focus | None] = set()
        for key in ways or all_ways(parameters):
            here = next_cell(parameters, here, key)
            assert here is not None
            text = number(value_at(parameters, here)).strip()
            await seen.press(key, until=lambda: focus(seen) == here and marked(seen) == [text])  # noqa: B023
            reached.add(here)
        assert ways or reached == set(cells(parameters))


async def test_letting_go_and_left_without_a_focus() -> None:
    async with opened("two-layer/xor @3") as seen:
        await seen.press("left", until="2 steps done")
        assert focus(seen) is None
        await walk(seen, "right", to="linear1.weight[0,0]")
        await walk(seen, "left", to="linear1.weight[0,0]")
        assert "2 steps done" in seen.status
        await seen.press("1", until=lambda: seen.main.query_one("#parameters").size.width > 70)
        await seen.press("escape", until=lambda: seen.main.query_one("#examples").display)
        assert focus(seen) is not None
        await seen.press("escape", until=lambda: focus(seen) is None)
        await seen.until(lambda: marked(seen) == [])
        await seen.press("left", until="1 step done")


async def test_another_model_lets_it_go() -> None:
    async with opened("two-layer/xor", (200, 60)) as seen:
        await walk(seen, "down", "down", "down", to="linear2.weight[0,0]")
        await seen.press("M", until=lambda: seen.app.screen is not seen.main and seen.app.focused is not None)
        await seen.press("up", "enter", until="logistic-regression")
        await seen.until(lambda: focus(seen) is None)
        await seen.press("left", until="Cannot go back")


async def test_a_click_focuses_the_number_under_it() -> None:
    async with opened("two-layer/language-id") as seen:
        lines = seen.main.query_one("#parameter-lines", Lines)
        for place in (("linear1.weight", (1, 0)), ("linear1.bias", (0,)), ("linear2.weight", (0, 1))):
            text = number(value_at(seen.snapshot.parameters, place)).strip()
            (y,) = [y for y in range(lines.size.height) if text in lines.render_line(y).text]
            x = lines.render_line(y).text.index(text)
            for column in (x, x + len(text) - 1):
                await seen.pilot.click(lines, offset=Offset(column, y))
                await seen.until(lambda: focus(seen) == place)  # noqa: B023
        await seen.pilot.click(lines, offset=Offset(3, 0))  # a heading
        await seen.until(lambda: focus(seen) is None)
