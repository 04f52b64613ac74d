"""A picture of the screen: SVG that is well formed, loads nothing, is never torn, and takes no other file's place."""

from __future__ import annotations

import errno
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore import datasets
from hltcore.datasets import Dataset
from hltcore.edits import Position
from hltcore.phase import Phase
from tests.tui.support import opened
from tui.files import new_file
from tui.screenshot import file_stem, screenshot
from tui.terminal import ANY, Capabilities
from tui.theme import DARK, LIGHT

HOSTILE = ("</text><script>alert(1)</script>", "&#0;\x1b[31m", "\ud800\ufffe\x00", "<text onload='alert(1)'>")
TAGS = {"svg", "style", "defs", "clipPath", "rect", "circle", "line", "g", "text"}


def words(svg: str) -> str:
    """The words of a picture, which is whole, runs nothing and asks for nothing."""
    tree = ElementTree.fromstring(svg)
    assert {element.tag.partition("}")[2] for element in tree.iter()} <= TAGS
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    outside = re.sub(r'<!--.*?-->|xmlns="[^"]*"', "", svg, flags=re.DOTALL)
    assert not re.findall(r"//|@import|@font-face|url\((?!#)", outside)
    return "\n".join("".join(element.itertext()) for element in tree.iter()).replace("\xa0", " ")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def test_each_is_a_new_file_that_shows_the_screen(tmp_path: Path) -> None:
    stem = "two-layer-xor-mse-sgd-lr=0.25"
    async with opened("two-layer/xor lr=0.25") as seen:
        await seen.press("space", until="1 step done")
        await seen.press("ctrl+s", until=f"Saved as {stem}-step-1.svg in ")
        first = tmp_path / f"{stem}-step-1.svg"
        taken = first.read_bytes()
        assert "1 step done" in words(taken.decode())
        assert "hlt-tui two-layer/xor/mse/sgd lr=0.25" in words(taken.decode())
        await seen.press("ctrl+s", until=f"{stem}-step-1-2.svg")
        await seen.press("full_stop", until="forward")
        await seen.press("ctrl+s", until=f"{stem}-step-1-forward.svg")
        assert len(os.listdir(tmp_path)) == 3
        assert first.read_bytes() == taken
        # Over a sheet, from the palette, and while it plays.
        await seen.press("question_mark", until=lambda: "Forward and back" in seen.text)
        await seen.press("ctrl+s", until=lambda: "Saved as" in seen.text)
        assert "Forward and back" in words((tmp_path / f"{stem}-step-1-forward-2.svg").read_text("utf-8"))
        await seen.press("escape", "space", until="2 steps done")
        await seen.press("ctrl+p", until=lambda: seen.app.screen is not seen.main)
        await seen.press(*"svg", until=lambda: "Save the screen as a picture" in seen.text)
        await seen.press("enter", until=f"{stem}-step-2.svg")
        shown = words((tmp_path / f"{stem}-step-2.svg").read_text("utf-8"))
        assert "2 steps done" in shown
        assert "Search" not in shown
        await seen.press("p", until="▶")
        await seen.press("ctrl+s", until=lambda: "Saved as" in seen.text)
        assert "▶" in seen.status


@pytest.mark.parametrize("terminal", [ANY, Capabilities(unicode=False), Capabilities(colors=False)])
async def test_every_theme_and_terminal_has_one(terminal: Capabilities) -> None:
    async with opened("two-layer/xor", terminal=terminal) as seen:
        for theme in sorted(seen.app.available_themes) if terminal == ANY else (DARK.name, LIGHT.name):
            seen.app.theme = theme
            await seen.pilot.pause()
            shown = words(screenshot(seen.app, "a title"))
            assert "linear1.weight" in shown
            assert terminal.unicode or shown.isascii()


async def test_text_from_data_stays_text() -> None:
    rows = tuple((float(row), 1.0) for row in range(len(HOSTILE)))
    data = Dataset("x", ("a", HOSTILE[0]), HOSTILE, rows, (0.0, 1.0, 0.0, 1.0), ("<no>", "&yes;"))
    datasets.register("hostile", lambda: data, summary="of no harm")
    try:
        async with opened("logistic-regression/hostile", (140, 40)) as seen:
            shown = words(screenshot(seen.app, HOSTILE[0] + HOSTILE[2]))
    finally:
        datasets.registry.remove("hostile")
    assert HOSTILE[0] in shown
    assert all(label[:6] in shown for label in ("</text", "&#0;\\x", "\\ud800", "<text "))


async def test_a_disk_that_takes_nothing_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with opened("two-layer/xor") as seen:
        monkeypatch.setattr(os, "fsync", full)
        await seen.press("ctrl+s", until="✗ The picture is not saved: No space left on device")
        assert os.listdir(tmp_path) == []
        gone = tmp_path / "gone"
        gone.mkdir()
        os.chdir(gone)
        gone.rmdir()
        await seen.press("space", "ctrl+s", until="✗ The picture is not saved: No such file or directory")
        await seen.press("space", until="2 steps done")


@pytest.mark.parametrize("links", [True, False])
def test_a_name_is_never_given_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    def refused(*paths: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", refused)
    (tmp_path / "a-2.svg").mkdir()
    (tmp_path / "a-4.svg").symlink_to("nowhere")
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda number: new_file(tmp_path, "a", ".svg", str(number)), range(20)))
    assert [path.read_text() for path in paths] == [str(number) for number in range(20)]
    assert {*os.listdir(tmp_path)} == {path.name for path in paths} | {"a-2.svg", "a-4.svg"}


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_a_name_can_be_one_whatever_the_spec_is(text: str) -> None:
    stem = file_stem(text, Position(12, phase=Phase.LOSS))
    assert re.fullmatch(r"([A-Za-z0-9=+][A-Za-z0-9.=+-]{,99})?-step-12-loss", stem)
