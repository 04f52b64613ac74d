"""What a sheet drew goes when it is closed, however often one is opened."""

from __future__ import annotations

import gc

from textual.strip import Strip

from tests.tui.support import WIDE, Seen, opened

LEFT = {"question_mark": 100, "ctrl+p": 250}
"""Lines that may be left of three openings, which drew twice as many or more."""


def strips() -> int:
    """Lines that are held by anything."""
    gc.collect()
    return sum(isinstance(item, Strip) for item in gc.get_objects())


async def open_and_close(seen: Seen, key: str) -> None:
    await seen.press(key, until=lambda: seen.app.screen is not seen.main)
    await seen.pilot.pause()
    await seen.press("escape", until=lambda: seen.app.screen is seen.main)
    await seen.pilot.pause()


async def test_a_closed_sheet_keeps_next_to_nothing_of_what_it_drew() -> None:
    async with opened(size=WIDE, ready=False) as seen:
        for key in LEFT:
            for _ in range(2):
                await open_and_close(seen, key)
            before = strips()
            for _ in range(3):
                await open_and_close(seen, key)
            assert strips() - before < LEFT[key], key
