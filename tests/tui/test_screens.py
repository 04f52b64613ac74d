"""What lies over the main screen, and how the main one is looked at: help, palette, themes, plot."""

from __future__ import annotations

import pytest

from tests.tui.support import Seen, opened
from tui.keymap import KEYS


def title(seen: Seen) -> str:
    return str(seen.plot.border_title)


@pytest.mark.parametrize("close", ["escape", "q", "question_mark", "f1"])
async def test_help_opens_and_closes(close: str) -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press("question_mark", until=lambda: "Forward and back" in seen.text)
        await seen.press(close, until=lambda: seen.app.screen is seen.main)
        assert seen.app.is_running


@pytest.mark.parametrize("size", [(80, 150), (140, 95)])
async def test_help_lists_every_key_and_every_phase(size: tuple[int, int]) -> None:
    async with opened(size=size) as seen:
        await seen.press("f1", until=lambda: "escape closes" in seen.text)
        place = seen.app.screen.query_one("#help-text").content_region
        rows = [row[place.x : place.right] for row in seen.text.splitlines()[place.y : place.bottom]]
        columns = [rows] if size[0] < 128 else [[row[:60] for row in rows], [row[60:] for row in rows]]
        told = " ".join(" ".join(row.split()) for column in columns for row in column)
        for key in KEYS:
            assert (f"{key.shown} {key.description}" in told) == key.fits("live"), key
        for phase in ("forward", "loss", "zero-grad", "backward", "update"):
            assert any(phase in row.split() for row in rows)


async def test_what_does_not_fit_a_line_of_help_goes_on_under_itself() -> None:
    async with opened(size=(60, 16)) as seen:
        await seen.press("question_mark", until=lambda: "Forward and back" in seen.text)
        await seen.press("end", until=lambda: "escape closes" in seen.text)
        rows = [row[row.find("│") + 1 : row.rfind("│")] for row in seen.text.splitlines()]
        here = next(place for place, row in enumerate(rows) if "in a sheet: another value" in row)
        words = rows[here + 1].split()
        assert rows[here + 1].index(words[0]) == rows[here].index("in a sheet")


async def test_help_scrolls_on_a_small_screen() -> None:
    async with opened() as seen:
        await seen.press("question_mark", until=lambda: "Forward and back" in seen.text)
        assert "escape closes" not in seen.text
        await seen.press("end", until=lambda: "escape closes" in seen.text)
        await seen.press("home", until=lambda: "Forward and back" in seen.text)


async def test_the_palette_finds_and_runs() -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press("ctrl+p", until=lambda: "Search" in seen.text)
        await seen.pilot.press(*"do one step")
        await seen.until(lambda: "Do one step: one update" in seen.text)
        await seen.pilot.press("enter", "enter")
        await seen.until(lambda: "1 step done" in seen.status)


@pytest.mark.parametrize(
    ("over", "key"), [("", "ctrl+q"), ("question_mark", "ctrl+c"), ("D", "ctrl+q"), ("ctrl+p", "ctrl+c")]
)
async def test_quitting_by_ctrl_works_everywhere(over: str, key: str) -> None:
    async with opened() as seen:
        if over:
            await seen.press(over, until=lambda: seen.app.screen is not seen.main)
        await seen.press(key, until=lambda: not seen.app.is_running)
    assert seen.app.return_code in (0, None)


async def test_q_quits() -> None:
    async with opened() as seen:
        await seen.press("q", until=lambda: not seen.app.is_running)
    assert (seen.app.return_value, seen.app.return_code) == (None, 0)


async def test_dark_and_light() -> None:
    async with opened("two-layer/xor @5") as seen:
        shown, dark = (seen.status, seen.parameters, seen.examples), seen.app.export_screenshot()
        await seen.press("T", until=lambda: not seen.app.current_theme.dark)
        await seen.until(lambda: seen.app.export_screenshot() != dark)
        assert (seen.status, seen.parameters, seen.examples) == shown
        await seen.press("T", until=lambda: seen.app.current_theme.dark)


async def test_the_loss_by_step_and_by_epoch() -> None:
    async with opened("two-layer/xor @12e+2") as seen:
        await seen.until(lambda: title(seen) == "Loss by step · mse (ŷ − y)²")
        losses = list(await seen.ask(lambda t: t.history.losses))
        await seen.until(lambda: f"{max(losses):.3g}┤" in seen.text)
        await seen.press("V", until=lambda: title(seen).startswith("Mean loss by epoch"))
        means = [sum(losses[start : start + 4]) / 4 for start in range(0, 48, 4)]
        await seen.until(lambda: f"{max(means):.3g}┤" in seen.text)
        await seen.until(lambda: "epoch" in seen.text.splitlines()[-2])
        await seen.press("V", until=lambda: title(seen).startswith("Loss by step"))


async def test_a_logarithmic_scale_says_what_it_cannot_draw() -> None:
    async with opened("logistic-regression/xor/difference @12") as seen:
        await seen.press("a", until=lambda: "log scale" in title(seen))
        assert "0 and below not drawn" in title(seen)
        await seen.press("a", until=lambda: "log scale" not in title(seen))
        assert "not drawn" not in title(seen)


async def test_the_plot_marks_where_in_history_it_stands() -> None:
    async with opened("two-layer/xor @20") as seen:
        await seen.until(lambda: "┤" in seen.text)
        whole = seen.text
        await seen.press(*["b"] * 10, until="10 more in history")
        await seen.until(lambda: seen.text.count("│") > whole.count("│"))


async def test_quick_hands_close_a_sheet_once() -> None:
    quick = [("M", "enter", "enter"), ("ctrl+p", "pagedown", "enter", "enter"), ("ctrl+p", "escape", "escape")]
    async with opened("two-layer/xor") as seen:
        for keys in quick:
            await seen.press(*keys, until=lambda: seen.app.screen is seen.main)
        await seen.press("ctrl+p", until=lambda: seen.app.screen is not seen.main)
        await seen.pilot.click(offset=(0, 0), times=3)
        await seen.until(lambda: seen.app.screen is seen.main)
        await seen.press("space", until="1 step done")


@pytest.mark.parametrize("key", ["M", "t", "ctrl+p"])
async def test_a_list_stands_a_terminal_without_room(key: str) -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press(key, until=lambda: seen.app.screen is not seen.main)
        for size in ((1, 1), (4, 4), (6, 6)):
            await seen.pilot.resize_terminal(*size)
            for name in ("pagedown", "pageup"):
                seen.app.simulate_key(name)
        await seen.pilot.resize_terminal(80, 24)
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)
