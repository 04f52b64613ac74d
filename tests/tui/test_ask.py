"""The sheet that asks for one line: it answers in place, and loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from hltcore.errors import SeekError
from tests.tui.sheets import SMALLEST, laid
from tui.screens.ask import AskScreen
from tui.widgets.field import Field


async def _refuse_short(text: str) -> str | None:
    return None if len(text) > 3 else f"{text} is [b]too[/] short."


async def _upper(text: str) -> Sequence[tuple[str, str]] | str:
    if not text:
        return "There is nothing."
    return [("as capitals", text.upper()), ("length", str(len(text)))]


@pytest.mark.parametrize("size", [SMALLEST, (140, 40)])
async def test_a_refused_text_stays_with_the_sentence_and_can_be_mended(size: tuple[int, int]) -> None:
    async with laid(AskScreen("Go to", ["a step"], "ab", _refuse_short), size) as seen:
        await seen.press("c", "enter", until="✗ abc is [b]too[/] short.")
        assert seen.sheet.query_one(Field).value == "abc"
        await seen.press("d", until=lambda: "✗" not in seen.text)
        await seen.press("enter", until=lambda: seen.closed)
    assert seen.results == ["abcd"]


async def test_an_error_of_the_library_is_a_refusal() -> None:
    async def submit(text: str) -> None:
        raise SeekError("There is no such point.")

    async with laid(AskScreen("Go to", [], "9", submit)) as seen:
        await seen.press("enter", until="✗ There is no such point.")
        await seen.press("escape", until=lambda: seen.closed)
    assert seen.results == [None]


async def test_enter_asks_once_until_it_is_answered() -> None:
    asked: list[str] = []
    answer: asyncio.Future[str | None] = asyncio.Future()

    async def submit(text: str) -> str | None:
        asked.append(text)
        return await answer

    async with laid(AskScreen("Go to", [], "12", submit)) as seen:
        await seen.press("enter", "enter", "3", "enter", until=lambda: asked)
        await seen.press("enter", until=lambda: seen.sheet.query_one(Field).value == "123")
        answer.set_result(None)
        await seen.until(lambda: seen.closed)
    assert asked == ["12"]


async def test_escape_while_it_waits_leaves() -> None:
    answer: asyncio.Future[str | None] = asyncio.Future()

    async def submit(text: str) -> str | None:
        return await answer

    async with laid(AskScreen("Go to", [], "12", submit)) as seen:
        await seen.press("enter", until="waiting")
        await seen.press("escape", until=lambda: seen.closed)
        await seen.until(answer.cancelled)
    assert seen.results == [None]


async def test_a_preview_follows_what_is_typed() -> None:
    async with laid(AskScreen("Try", [], "", _refuse_short, preview=_upper), SMALLEST) as seen:
        await seen.until(lambda: "✗ There is nothing." in seen.text)
        await seen.press("[", "b", "]", until="as capitals  [B]")
        assert "length       3" in seen.text


async def test_up_and_down_put_suggestions_in() -> None:
    examples = [(f"{number}e", f"epoch [{number}]") for number in range(30)]
    async with laid(AskScreen("Go to", [], "x", _refuse_short, suggestions=examples), SMALLEST) as seen:
        field = seen.sheet.query_one(Field)
        await seen.press("down", until=lambda: field.value == "0e")
        await seen.press(*["down"] * 22, until=lambda: field.value == "22e")
        await seen.until(lambda: "epoch [22]" in seen.text)
        await seen.press("up", until=lambda: field.value == "21e")
        await seen.press("5", until=lambda: field.value == "21e5")


async def test_what_is_pasted_is_one_clean_line() -> None:
    async with laid(AskScreen("Try", [], "\x1b[31mred", _refuse_short, preview=_upper)) as seen:
        field = seen.sheet.query_one(Field)
        assert field.value == "[31mred"
        field.value = "0.5\t1\x07\u202e"
        assert field.value == "0.5 1"
        assert seen.text.replace("\n", "").isprintable()
