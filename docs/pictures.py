"""Makes the README's pictures from the real program: python docs/pictures.py [FOLDER]."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import hltcore
from hltcore._torch import torch
from hltcore.spec import RunSpec
from tui.app import HltApp
from tui.course.guide import Guide
from tui.logs import open_logs
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

WATCHED = {"replay": ((80, 24), ("e", "e", "space", "down", "down"))}
"""File name: terminal size, keys; of a log of ``watched``."""

_SCREEN_KEYS = ("9", "4", "down", "right", ">", "enter")  # they change what is shown of the run, not the run


async def picture(app: HltApp, size: tuple[int, int], title: str, keys: tuple[str, ...]) -> str:
    """The screen after the keys, as SVG."""
    async with app.run_test(size=size) as pilot:
        await _ready(app)
        goal = app.bridge.stage.moment
        for key in keys:
            before = app.bridge.stage.moment
            await pilot.press("greater_than_sign" if key == ">" else key)
            await pilot.pause()
            if key not in _SCREEN_KEYS:
                await _until(lambda before=before: app.bridge.stage.moment is not before)
        assert app.bridge.stage.moment is not goal
        await pilot.pause(0.3)
        return screenshot(app, title)


async def _ready(app: HltApp) -> None:
    await _until(lambda: app.bridge.stage.moment.ready and not app.bridge.stage.moment.note)


async def _until(holds) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("the program did not get there")
        await asyncio.sleep(0.02)


def watched(path: Path) -> None:
    """Somebody's own training loop, recorded: a small convolutional net tells bright left halves from right ones."""
    torch.manual_seed(0)
    images, labels = torch.rand(64, 1, 8, 8), torch.arange(64) % 2
    images[labels == 0, :, :, 4:] *= 0.6
    images[labels == 1, :, :, :4] *= 0.6
    net = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(288, 24), torch.nn.ReLU(),
        torch.nn.Linear(24, 2),
    )  # fmt: skip
    optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
    with hltcore.watch(net, optimizer, path, every=1) as watch:
        for epoch in range(8):
            for batch in range(0, 64, 8):
                loss = torch.nn.functional.cross_entropy(net(images[batch : batch + 8]), labels[batch : batch + 8])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                watch.step(loss=loss, epoch=epoch)


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
    with TemporaryDirectory() as logs:
        for name, (size, keys) in WATCHED.items():
            log = Path(logs) / "run.jsonl"
            watched(log)
            app = HltApp(RunSpec(), opens=open_logs([str(log)], follows=False))
            pictures[name] = (app, size, "hlt-tui replay run.jsonl", keys)
        for name, (app, size, title, keys) in pictures.items():
            svg = asyncio.run(picture(app, size, title, keys))
            (folder / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
