"""The sheet that compares features: live, left at any time, and the chosen ones are gone on with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hltcore.contenders import Compared
from hltcore.errors import OptionError
from hltcore.events import Score
from tests.tui.sheets import SMALLEST, laid
from tests.tui.support import opened
from tui.screens.compare import CompareScreen


def rows(epochs: int) -> tuple[Compared, ...]:
    score = Score(0.25, 30 + epochs, 60)
    return (
        Compared("share", 1, epochs, score, Score(0.2, 11, 20)),
        Compared("last+letters", 54, epochs, score, Score(0.1, 10 + epochs, 20)),
        Compared("pairs", refusal="[b]no\x1b"),
    )


@pytest.mark.parametrize("size", [SMALLEST, (80, 24), (140, 40)])
async def test_the_runs_are_told_as_they_get_on(size: tuple[int, int]) -> None:
    async def begin() -> Iterator[tuple[Compared, ...]]:
        return iter([rows(epochs) for epochs in (1, 2, 3)])

    async with laid(CompareScreen("share", "a/b", begin), size) as seen:
        await seen.until(lambda: "3 epochs each. ★ last+letters has most" in seen.text)
        name = "last+let…" if size == SMALLEST else "last+letters"
        for row in (f"★ {name} 54 33 of 60 13 of 20 0.1000", "▸ share 1 33 of 60 11 of 20 0.2000"):
            await seen.until(lambda: row in " ".join(seen.text.split()))  # noqa: B023
        assert "[b]no\\x1b" in seen.text
        assert "escape leave" in seen.text
        await seen.press("down", "down", "enter")
        assert not seen.closed, "what cannot be built cannot be gone on with"
        await seen.press("up", "enter", until=lambda: seen.closed)
        assert seen.results == ["last+letters"]


async def test_a_refusal_is_told() -> None:
    async def begin() -> Iterator[tuple[Compared, ...]]:
        raise OptionError("Nothing is [held] out.")

    async with laid(CompareScreen("x", "a/b", begin)) as seen:
        await seen.until(lambda: "Nothing is [held] out." in seen.text)
        await seen.press("enter", "escape", until=lambda: seen.closed)
        assert seen.results == [None]


async def test_the_chosen_features_are_gone_on_with() -> None:
    async with opened("logistic/word-list size=8") as seen:
        before = await seen.ask(lambda trainer: trainer.parameters)
        await seen.press("W", until=lambda: "epochs each." in seen.text)
        assert await seen.ask(lambda trainer: (trainer.steps, trainer.parameters)) == (0, before)
        await seen.press("down", "enter", until="features=last")


async def test_it_can_be_left_while_it_trains_and_data_without_features_say_so() -> None:
    async with opened("two-layer/word-list") as seen:
        await seen.press("W", until=lambda: "training on" in seen.text)
        await seen.press("escape", until=lambda: len(seen.app.screen_stack) == 1)
        await seen.press("space", until="1 step done")
        await seen.ask(lambda trainer: trainer.switch(dataset="xor"))
        await seen.until(lambda: "xor" in seen.status)
        await seen.press("W", until=lambda: '"xor" has no features' in seen.text)
        await seen.until(lambda: len(seen.app.screen_stack) == 1)
