"""Makes the README's pictures from the real program: python docs/pictures.py [FOLDER]."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from hltcore.spec import RunSpec
from tui.app import HltApp
from tui.course.guide import Guide
from tui.screenshot import screenshot

PICTURES = {
    "first-screen": ((80, 24), "two-layer/xor seed=11 @30e", ("space", "space")),
    "embedding": ((80, 24), "embedding/language-id-one-hot/cross-entropy lr=0.5 @20e", ("9", "space", "space")),
    "circles": (
        (140, 40),
        "mlp/circles/mse/sgd activation=relu batch=10 hidden=5 lr=0.02 @80e",
        ("down", "right", "space"),
    ),
    "inside": ((80, 20), "two-layer/xor seed=11 @20e+1", ("4", "full_stop", "full_stop", "full_stop", "full_stop")),
}
"""File name: terminal size, spec, keys."""

LESSONS = {"lesson": ((80, 24), "the-signed-loss", (">", "down", "down", "enter", ">", "e", "e"))}
"""File name: terminal size, lesson, keys."""

_SCREEN_KEYS = ("9", "4", "down", "right", ">", "enter")  # they change what is shown of the run, not the run


async def picture(app: HltApp, size: tuple[int, int], title: str, keys: tuple[str, ...]) -> str:
    """The screen after the keys, as SVG."""
    async with app.run_test(size=size) as pilot:
        await _ready(app)
        goal = app.bridge.snapshot
        for key in keys:
            before = app.bridge.snapshot
            await pilot.press("greater_than_sign" if key == ">" else key)
            await pilot.pause()
            if key not in _SCREEN_KEYS:
                await _until(lambda before=before: app.bridge.snapshot is not before)
        assert app.bridge.snapshot is not goal
        await pilot.pause(0.3)
        return screenshot(app, title)


async def _ready(app: HltApp) -> None:
    await _until(lambda: app.bridge.snapshot.ready and not app.bridge.snapshot.note)


async def _until(holds) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("the program did not get there")
        await asyncio.sleep(0.02)


def main(folder: Path) -> None:
    """Write all pictures."""
    pictures = {
        name: (HltApp(RunSpec.parse(spec)), size, f"hlt-tui '{spec}'", keys)
        for name, (size, spec, keys) in PICTURES.items()
    }
    for name, (size, lesson, keys) in LESSONS.items():
        guide = Guide()
        reading = guide.open(guide.library.get(lesson))
        app = HltApp(reading.lesson.run_of(reading.number), guide=guide)
        pictures[name] = (app, size, f"hlt-tui --lesson {lesson}", keys)
    for name, (app, size, title, keys) in pictures.items():
        svg = asyncio.run(picture(app, size, title, keys))
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
