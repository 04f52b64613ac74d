"""The sheets over a run: what they say is the run's, and what is taken over is done to it."""

from __future__ import annotations

import threading

import pytest

from hltcore import Trainer
from tests.tui.support import opened
from tui.formatting import number
from tui.screens.choose import ChooseScreen
from tui.widgets.field import Field


async def test_settings_are_switched_in_one_edit() -> None:
    async with opened("two-layer/xor @6") as seen:
        await seen.press("s", until=lambda: "Settings" in seen.text)
        await seen.press("down", until=lambda: seen.app.screen.here == "hidden")
        await seen.press("5", until=lambda: "start anew" in seen.text)
        await seen.press("enter", until=lambda: seen.app.screen is seen.main)
        assert str(await seen.ask(lambda t: t.spec)) == "two-layer/xor/mse/sgd @1e+2 hidden=5"


async def test_settings_that_do_not_fit_are_refused_in_the_sheet() -> None:
    async with opened("two-layer/xor @2") as seen:
        await seen.press("s", until=lambda: "Settings" in seen.text)
        while seen.app.screen.here != "batch":
            here = seen.app.screen.here
            await seen.press("down", until=lambda: seen.app.screen.here != here)  # noqa: B023
        await seen.press("9", "enter", until=lambda: "✗ batch=9 is not allowed: xor has 4 examples." in seen.text)
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)
        assert str(await seen.ask(lambda t: t.spec)) == "two-layer/xor/mse/sgd @0e+2"


async def test_settings_opened_while_torch_loads_are_kept_for_the_run() -> None:
    async with opened("two-layer/xor", ready=False) as seen:
        await seen.press("s", until=lambda: "Settings" in seen.text)
        await seen.press("down", until=lambda: seen.app.screen.here == "hidden")
        await seen.press("5", "enter", until=lambda: seen.app.screen is seen.main)
        assert (await seen.ask(lambda t: t.settings)).options == (("hidden", 5),)


async def test_the_line_that_is_copied_opens_the_same_state() -> None:
    async with opened("two-layer/xor @9") as seen:
        await seen.press("l", "space", "y", until=lambda: "is on the clipboard" in seen.text)
        copied = Trainer.from_spec(seen.app.clipboard)
        assert await seen.ask(lambda t: t.parameters) == copied.parameters
        await seen.press("y", until=lambda: seen.app.screen is seen.main)


async def test_a_word_is_tried_on_the_run() -> None:
    async with opened("logistic-regression/language-id @12") as seen:
        await seen.press("w", until=lambda: "Try a word" in seen.text)
        prediction = await seen.ask(lambda t: t.predict((0.5, 4.0)))
        await seen.press(*"hola", until=lambda: number(prediction).strip() in seen.text)
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)


@pytest.mark.parametrize(("key", "text"), [("g", "12"), ("u", "3e"), ("t", "lr=1"), ("enter", "1")])
async def test_a_sheet_that_is_left_while_it_waits_asks_for_nothing(key: str, text: str) -> None:
    async with opened("two-layer/xor") as seen:
        go_on = threading.Event()
        seen.app.bridge.ask(lambda trainer: go_on.wait(10))  # as a long search does
        await seen.press(key, until=lambda: seen.app.screen is not seen.main and seen.app.screen.query(Field))
        seen.app.screen.query_one(Field).value = text
        await seen.press("enter", until=lambda: "waiting for the run" in seen.text)
        await seen.press("escape", until=lambda: seen.app.screen is seen.main and not len(seen.app.workers))
        go_on.set()
        await seen.press("space", until="1 step done")
        assert seen.snapshot.twin is None
        assert await seen.ask(lambda trainer: str(trainer.spec)) == "two-layer/xor/mse/sgd @0e+1"


async def test_a_sheet_under_another_closes_when_that_is_gone() -> None:
    async with opened("two-layer/xor") as seen:
        go_on = threading.Event()
        seen.app.bridge.ask(lambda trainer: go_on.wait(10))
        await seen.press("g", until=lambda: seen.app.screen is not seen.main and seen.app.screen.query(Field))
        sheet = seen.app.screen
        sheet.query_one(Field).value = "2"
        await seen.press("enter", until=lambda: "waiting for the run" in seen.text)
        await seen.press("ctrl+p", until=lambda: seen.app.screen is not sheet)
        palette = seen.app.screen
        go_on.set()
        await seen.until(lambda: "2 steps done" in seen.status)
        assert seen.app.screen is palette
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)


async def test_what_comes_for_a_sheet_that_is_closed_is_dropped() -> None:
    async with opened("two-layer/xor") as seen:
        for key in ("ctrl+p", "w", "g", "s"):
            for keys in (("1", "escape"), ("escape",), ("enter", "1", "escape")):
                await seen.press(key, *keys, until=lambda: seen.app.screen is seen.main)
        await seen.press("g", "1", "ctrl+q", until=lambda: not seen.app.is_running)
    assert seen.app.return_code == 0


async def test_an_app_that_ends_while_a_sheet_is_mounted_ends_quietly() -> None:
    async with opened("two-layer/xor", ready=False) as seen:
        seen.app.push_screen(ChooseScreen("A loss", [("mse", "squared error")], "mse"))
        seen.app.exit()
    assert seen.app.return_code == 0
