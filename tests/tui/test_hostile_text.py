"""Text from data is shown as it is: never markup, never control codes, always aligned."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from hltcore import datasets
from hltcore.datasets import Dataset
from tests.tui.support import SMALL, WIDE, opened
from tui.formatting import plain

HOSTILE = (
    "[bold red]x[/]",
    "[$primary]",
    "[/]",
    "\x1b[31mred",
    "two\nlines\tand a tab",
    "日本語のとても長いテキスト",
    "e\u0301e\u0300e\u0302" * 4,
    "\u202eevil\u202c",
    "x" * 200,
    "",
    "\ud800",
    "{braces} %s \\",
)
CLASSES = [("[red]no[/]", "\x1b[5myes"), ("日本", "[$error]"), ("n" * 200, "\n")]


@pytest.fixture
def spec(request: pytest.FixtureRequest) -> Iterator[str]:
    """A data set whose every text is hostile."""
    xs = tuple((float(row), -0.5 * row) for row in range(len(HOSTILE)))
    targets = tuple(float(row % 2) for row in range(len(HOSTILE)))
    data = Dataset("[blink]", ("[b]", "\x1b]0;owned\x07"), HOSTILE, xs, targets, getattr(request, "param", CLASSES[0]))
    datasets.register("hostile", lambda: data, summary="[red]of no harm[/] \x1b[31m[$primary]")
    yield "logistic-regression/hostile lr=0.001"
    datasets.registry.remove("hostile")


@pytest.mark.parametrize("spec", CLASSES, indirect=True)
@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_it_is_shown_literally_and_aligned(spec: str, size: tuple[int, int]) -> None:
    async with opened(spec, size) as seen:
        await seen.press(*["space"] * 3, until="3 steps done")
        rows = seen.examples
        assert len(rows) == len(HOSTILE)
        # Each prediction stands behind as many columns as every other.
        points = {cell_len(row[: row.rindex(".", 0, row.rindex("."))]) for row in rows}
        assert len(points) == 1
        for label, row in zip(HOSTILE, rows):
            shown = plain(label)
            assert shown in row if cell_len(shown) <= 14 else f"{shown[:6]}" in row
            assert row.isprintable()


async def test_the_sentence_keeps_its_figures_whatever_the_label(spec: str) -> None:
    async with opened(spec) as seen:
        for count, label in enumerate(HOSTILE, 1):
            await seen.press("full_stop", until="Forward")
            assert seen.status.replace("\n", "").isprintable()
            await seen.press("full_stop", until="Loss")
            assert "  loss " in seen.status
            await seen.press("space", until=f"  {count} step")
            assert "parameters moved" in seen.status
            assert plain(label)[:4] in seen.status


async def test_lists_show_it_literally(spec: str) -> None:
    async with opened(spec) as seen:
        await seen.press("D", until=lambda: "enter chooses" in seen.text)
        assert "[red]of no harm[/] \\x1b[31m[$primary]" in seen.text
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)


async def test_nothing_hostile_reaches_the_terminal(spec: str) -> None:
    async with opened(spec) as seen:
        await seen.press("space", until="1 step done")
        text = seen.text
        assert text.replace("\n", "").isprintable()
        assert "[bold red]x[/]" in text
        assert "[$primary]" in text
        assert "\\x1b[31mred" in text


async def test_names_from_the_command_line_are_refused_literally() -> None:
    async with opened("two-layer/xor") as seen:
        seen.app.bridge.switch(dataset="[red]\x1b[31mx[/]")
        await seen.until(lambda: "✗ Unknown data set" in seen.status)
        assert "[red]" in seen.status
        assert seen.status.replace("\n", "").isprintable()
