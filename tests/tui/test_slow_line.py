"""Frames that a slow line has no room for are left out, and the play goes on behind them."""

from __future__ import annotations

import pytest

from tests.tui.support import opened


async def test_the_screen_goes_on_when_the_line_is_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = False
    monkeypatch.setattr("tui.app.output_blocked", lambda: blocked)
    async with opened("two-layer/xor") as seen:
        bridge = seen.app.bridge
        await seen.press("p")
        await seen.until(lambda: bridge.snapshot.steps > 3)
        blocked = True
        steps = bridge.snapshot.steps
        await seen.until(lambda: bridge.snapshot.steps > steps + 5)
        held = seen.text
        await seen.until(lambda: bridge.snapshot.steps > steps + 10)
        assert seen.text == held
        blocked = False
        await seen.until(lambda: f"{bridge.snapshot.steps} steps done" in seen.text)
