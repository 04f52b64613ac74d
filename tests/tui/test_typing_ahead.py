"""Keys typed faster than a sheet is laid out, or than it is answered, are neither lost nor taken by something else."""

from __future__ import annotations

import unicodedata
from concurrent.futures import Future

from textual import events

from tests.tui.support import Seen, opened
from tui.screens.ask import AskScreen


def type_at_once(seen: Seen, *words: str) -> None:
    for word in words:
        for key in [word] if word in ("enter", "space", "escape") else word:
            name = key if len(key) > 1 or key.isalnum() else unicodedata.name(key).lower().replace(" ", "_")
            seen.app.post_message(events.Key(name, key if len(key) == 1 else None))


async def test_what_is_typed_before_a_sheet_is_laid_out_is_typed_into_it() -> None:
    async with opened("logistic/and") as seen:
        await seen.until(lambda: seen.snapshot.ready)
        seen.app.action_until()
        type_at_once(seen, "all-right", "enter")
        await seen.until(lambda: seen.snapshot.steps == 168)
        assert seen.app.screen is seen.main
        assert seen.snapshot.settings.loss == "mse"  # no letter was taken for a key


async def test_what_is_typed_while_a_sheet_waits_is_for_what_comes_after() -> None:
    async with opened("logistic/and") as seen:
        await seen.until(lambda: seen.snapshot.ready)
        answers: list[Future[None]] = []

        def submit(text: str) -> Future[None]:
            answers.append(Future())
            return answers[-1]

        seen.app.bridge.go_to = submit  # type: ignore[method-assign]
        await seen.pilot.press("g")
        type_at_once(seen, "9", "enter")
        await seen.until(lambda: len(answers) == 1)
        type_at_once(seen, "enter", "space", "space")
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, AskScreen)
        answers[0].set_result(None)
        await seen.until(lambda: seen.snapshot.steps == 2)
        assert seen.app.screen is seen.main  # the second enter was for nothing

        await seen.pilot.press("g")
        type_at_once(seen, "9", "enter")
        await seen.until(lambda: len(answers) == 2)
        type_at_once(seen, "space", "escape")
        await seen.until(lambda: seen.app.screen is seen.main)
        await seen.ask(lambda trainer: None)
        assert seen.snapshot.steps == 2  # escape took it back
