"""Makes the README's pictures from the real program: python docs/pictures.py [FOLDER]."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from pathlib import Path

from hltcore.spec import RunSpec
from tui.app import HltApp

PICTURES = {
    "first-screen": ((80, 24), "two-layer/xor seed=11 @30e", ("space", "space")),
    "wide-light": ((140, 40), "logistic-regression/language-id/cross-entropy @12e", ("T", "space")),
    "circles": (
        (140, 40),
        "mlp/circles/mse/sgd activation=relu batch=10 hidden=5 lr=0.02 @80e",
        ("down", "right", "space"),
    ),
    "inside": ((80, 20), "two-layer/xor seed=11 @20e+1", ("4", "full_stop", "full_stop", "full_stop", "full_stop")),
}
"""File name: terminal size, spec, keys."""

_SCREEN_KEYS = ("T", "4", "down", "right")  # they change what is shown of the run, not the run


async def picture(size: tuple[int, int], spec: str, keys: tuple[str, ...]) -> str:
    """The screen after the keys, as SVG."""
    app = HltApp(RunSpec.parse(spec))
    async with app.run_test(size=size) as pilot:
        await _ready(app)
        goal = app.bridge.snapshot
        for key in keys:
            before = app.bridge.snapshot
            await pilot.press(key)
            if key not in _SCREEN_KEYS:
                await _until(lambda before=before: app.bridge.snapshot is not before)
        assert app.bridge.snapshot is not goal
        await pilot.pause(0.3)
        svg = app.export_screenshot(title=f"hlt-tui '{spec}'")
    # Rich names a web font; a picture in a README should not load anything.
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", "monospace")


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
    for name, (size, spec, keys) in PICTURES.items():
        svg = asyncio.run(picture(size, spec, keys))
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
