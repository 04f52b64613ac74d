"""Pictures of the whole screen, few: pytest --snapshot-update makes them anew, and a person looks at them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from hltcore.spec import RunSpec
from tests.tui.support import SMALL, WIDE, Seen
from tui.app import HltApp

PICTURES = {
    "first": ("logistic-regression/language-id", SMALL, ()),
    "small": ("two-layer/xor seed=3 @12e+3", SMALL, ()),
    "deep": ("eight-layer/language-id @49e", SMALL, ()),
    "wide": ("two-layer/language-id @49e+2", WIDE, ()),
    "light": ("two-layer/xor seed=3 @12e+3", SMALL, ("T",)),
    "phase": ("two-layer/xor seed=3 @12e+3:backward", SMALL, ()),
    "help": ("two-layer/xor", WIDE, ("question_mark",)),
    "smallest": ("two-layer/xor seed=3 @12e+3", (60, 16), ()),
    "medium": ("mlp/moons lr=0.02 batch=10 @8e+3", (100, 30), ()),
    "huge": ("two-layer/xor seed=3 @12e+3", (200, 60), ("down",)),
}


async def stands_still(seen: Seen) -> None:
    """Wait until nothing more is drawn: on a busy machine a sheet is laid out in several goes."""
    before = ""
    while seen.text != before or "being computed" in before:
        before = seen.text
        await seen.pilot.pause(0.2)


@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str, snap_compare: Callable[..., bool]) -> None:
    spec, size, keys = PICTURES[name]
    app = HltApp(RunSpec.parse(spec))

    async def until_it_stands(pilot: Pilot[str]) -> None:
        seen = Seen(app, pilot)
        await seen.until(lambda: "‖" in seen.status)
        await stands_still(seen)
        await pilot.press(*keys)
        await stands_still(seen)
        await seen.until(lambda: app.screen is seen.main or "Forward and back" in seen.text)

    assert snap_compare(app, terminal_size=size, run_before=until_it_stands)
