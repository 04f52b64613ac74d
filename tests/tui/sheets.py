"""One sheet over an empty screen, without a run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from tests.tui.support import drawn
from tui.theme import DARK, LIGHT

R = TypeVar("R")
SMALLEST = (60, 16)


class Table(App[None]):
    """An app that has nothing but what is laid on it."""

    CSS_PATH = Path(__file__).parents[2] / "tui" / "app.tcss"

    def __init__(self, theme: str = DARK.name) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = theme


class Laid(Generic[R]):
    """A sheet that lies open, and what it gave back."""

    def __init__(self, app: App[None], pilot: Pilot[Any], sheet: Screen[R]) -> None:
        self.app = app
        self.pilot = pilot
        self.sheet = sheet
        self.results: list[R | None] = []

    @property
    def text(self) -> str:
        return drawn(self.app)

    @property
    def closed(self) -> bool:
        return self.app.screen is not self.sheet

    async def until(self, true: Callable[[], object], timeout: float = 60.0) -> None:
        end = time.monotonic() + timeout
        while not true():
            assert time.monotonic() < end, f"never came true; the screen:\n{self.text}"
            await asyncio.sleep(0.01)

    async def press(self, *keys: str, until: str | Callable[[], object] = "") -> None:
        """Press keys, and wait until the screen shows a text, or something is true."""
        for key in keys:
            self.app.simulate_key(key)
        await self.until((lambda: until in self.text) if isinstance(until, str) else until)


@asynccontextmanager
async def laid(sheet: Screen[R], size: tuple[int, int] = (80, 24), theme: str = DARK.name) -> AsyncIterator[Laid[R]]:
    app = Table(theme)
    async with app.run_test(size=size) as pilot:
        open_sheet = Laid(app, pilot, sheet)
        await app.push_screen(sheet, open_sheet.results.append)
        await pilot.pause()
        yield open_sheet
