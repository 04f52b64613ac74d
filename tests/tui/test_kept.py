"""What a sheet drew goes when it is closed, however often one is opened."""

from __future__ import annotations

import gc

import pytest
from textual.strip import Strip

from tests.tui.support import WIDE, Seen, opened

TIMES = 5
"""How often a sheet is opened again, after the first times, in which what is kept of it for good is made."""


def strips() -> int:
    """Lines that are held by anything."""
    gc.collect()
    return sum(type(item) is Strip for item in gc.get_objects())


async def open_and_close(seen: Seen, key: str) -> None:
    await seen.press(key, until=lambda: seen.app.screen is not seen.main)
    await seen.pilot.pause()
    await seen.press("escape", until=lambda: seen.app.screen is seen.main)
    await seen.pilot.pause()


@pytest.mark.parametrize("key", ["question_mark", "ctrl+p", "s"])
async def test_a_closed_sheet_keeps_no_line_of_what_it_drew(key: str) -> None:
    async with opened(size=WIDE) as seen:
        for _ in range(2):
            await open_and_close(seen, key)
        before = strips()
        for _ in range(TIMES):
            await open_and_close(seen, key)
        # What was drawn last may be held for a moment by what is still on its way.
        await seen.until(lambda: strips() <= before, timeout=20)
