"""The app under test: opened without a terminal, driven by keys, read as a person reads it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from unittest.mock import patch

from rich.console import Console
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from hltcore import Trainer
from hltcore.spec import RunSpec
from tui.app import HltApp
from tui.course.guide import Guide
from tui.formatting import flat, number
from tui.keeper import Keeper
from tui.moment import Moment
from tui.panels.loss import LossPlot
from tui.snapshot import Snapshot
from tui.terminal import ANY, Capabilities
from tui.widgets.lines import Lines

T = TypeVar("T")
SMALL, WIDE = (80, 24), (140, 40)


def _text(console: Console, **_: Any) -> str:
    return console.export_text()


def drawn(app: App[Any]) -> str:
    """The whole screen as text: what goes into a picture of it, which takes ten times as long to be drawn."""
    with patch.object(Console, "export_svg", _text):
        screen = app.export_screenshot()
    return "\n".join(row.replace("\xa0", " ").rstrip() for row in screen.split("\n"))


class Seen:
    """An open app, and what is on its screen."""

    def __init__(self, app: HltApp, pilot: Pilot[str]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def main(self) -> Screen[None]:
        """The main screen, whatever lies over it."""
        return self.app.screen_stack[0]

    @property
    def snapshot(self) -> Snapshot:
        return self.app.bridge.snapshot

    @property
    def moment(self) -> Moment:
        """What the main screen shows, of whatever kind of run."""
        return self.app.bridge.stage.moment

    def rows(self, name: str) -> list[str]:
        """The lines of a panel as they are drawn."""
        lines = self.main.query_one(f"#{name}", Lines)
        return [lines.render_line(y).text.rstrip() for y in range(lines.size.height)]

    @property
    def status(self) -> str:
        return "\n".join(self.rows("status"))

    @property
    def parameters(self) -> str:
        return "\n".join(self.rows("parameter-lines"))

    @property
    def examples(self) -> list[str]:
        """One line for each example."""
        return self.rows("example-lines")[1:-1]  # between the heading and the classes

    @property
    def plot(self) -> LossPlot:
        return self.main.query_one(LossPlot)

    @property
    def text(self) -> str:
        """The whole screen, whatever lies on top."""
        return drawn(self.app)

    @property
    def _laid_out(self) -> bool:
        panels = [p for p in self.main.query(Lines) if all(above.display for above in p.ancestors_with_self)]
        return not self.app.is_running or all(p.size.height == p.get_content_height(p.size, p.size, 0) for p in panels)

    async def until(self, true: Callable[[], object], timeout: float = 60.0) -> None:
        """Wait for something to be true, with the panels as high as what they show."""
        end = time.monotonic() + timeout
        while not (self._laid_out and true()):
            assert time.monotonic() < end, f"never came true; the screen:\n{self.text}"
            await asyncio.sleep(0.01)

    async def press(self, *keys: str, until: str | Callable[[], object] = "") -> None:
        """Press keys, and wait until the status says something, or something is true."""
        for key in keys:
            self.app.simulate_key(key)
        await self.until((lambda: until in self.status) if isinstance(until, str) else until)

    async def ask(self, question: Callable[[Trainer], T]) -> T:
        """What the app's own trainer answers once the keys before are done."""
        return await asyncio.wrap_future(self.app.bridge.ask(question))


@asynccontextmanager
async def opened(
    spec: str = "",
    size: tuple[int, int] = SMALL,
    *,
    ready: bool = True,
    terminal: Capabilities = ANY,
    keeper: Keeper | None = None,
    guide: Guide | None = None,
    trainer: Trainer | None = None,
) -> AsyncIterator[Seen]:
    run = trainer.settings if trainer else RunSpec.parse(spec) if spec else RunSpec()
    app = HltApp(run, terminal, keeper, guide, trainer=trainer)
    async with app.run_test(size=size, notifications=True) as pilot:
        seen = Seen(app, pilot)
        if ready:
            await seen.until(lambda: "paused" in seen.status)
        yield seen


def parameters_of(trainer: Trainer) -> list[str]:
    """The numbers as the screen writes them, sorted."""
    return sorted(number(value).strip() for tensor in trainer.parameters.values() for value in flat(tensor))


def numbers_in(text: str) -> list[str]:
    """Four-decimal numbers and exponents in a text, sorted."""
    return sorted(re.findall(r"-?\d+\.\d{4}(?!\d)|-?\d\.\de[+-]\d+", text))
