"""A terminal without Unicode: all on the screen is ASCII, in the same columns, and formulas can still be read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hltcore import datasets, losses
from hltcore.datasets import Dataset
from tests.tui.support import SMALL, WIDE, opened
from tui.glyphs import GLYPHS, SPELLINGS, in_ascii, spelled
from tui.keymap import KEYS
from tui.terminal import Capabilities, locale_is_utf8

ROOT = Path(__file__).parents[2]
PLAIN = Capabilities(unicode=False)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def literals(source: str) -> set[str]:
    """The texts of a module that may come to the screen: all but its docstrings."""
    nodes = list(ast.walk(ast.parse(source)))
    prose = {id(n.body[0].value) for n in nodes if isinstance(n, DOCUMENTED) and isinstance(n.body[0], ast.Expr)}
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in prose}


@pytest.mark.parametrize("package", ["tui", "hltcore"])
def test_every_character_in_the_source_has_its_entry(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        used = {c for text in literals(path.read_text(encoding="utf-8")) for c in text if c.isprintable()}
        assert not {c for c in used if not c.isascii()} - {*GLYPHS, *SPELLINGS}, path


def test_every_character_of_the_lessons_has_its_entry() -> None:
    for path in (ROOT / "tui" / "lessons").glob("*.toml"):
        used = {character for character in path.read_text(encoding="utf-8") if not character.isascii()}
        assert not {character for character in used if "?" in spelled(character)}, path


def test_entries_are_ascii_of_the_same_width() -> None:
    assert all(sign.isascii() and len(sign) == cell_len(glyph) for glyph, sign in GLYPHS.items())


@given(st.text() | st.text(alphabet=sorted(GLYPHS)))
def test_any_text_becomes_ascii_in_the_same_columns(text: str) -> None:
    assert in_ascii(text).isascii()
    assert cell_len(in_ascii(text)) == cell_len(text)
    assert spelled(text).isascii()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë, naïve", "Zoe, naive"),
        ("日本", "????"),
        ("e\u0301", "e"),
        ("relu → 0.5", "relu-> 0.5"),
        ("a · 2·b", "a | 2*b"),
        ("█▎··", "#|.."),
        ("┌─┐", "+-+"),
    ],
)
def test_texts_in_ascii(text: str, shown: str) -> None:
    assert in_ascii(text) == shown


def test_formulas_are_spelled_out() -> None:
    form = losses.registry.get("mse").form_for("real")
    assert spelled(form.formula) == "(p - y)^2"
    assert spelled("∂loss/∂ŷ = σ(ŷ) − y ≥ 0.5·z → 1") == "dloss/dp = s(p) - y >= 0.5*z -> 1"
    assert spelled("±1/√inputs, ±√(6/n)") == "+-1/sqrt(inputs), +-sqrt(6/n)"


async def test_every_screen_is_ascii(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # one of the keys saves a picture in the current directory
    async with opened("two-layer/xor @2e", terminal=PLAIN) as seen:
        for key in [key for key in KEYS if key.id not in ("quit", "suspend")]:
            await seen.press(key.keys.split(",")[0])
            await seen.pilot.pause(0.02)
            assert seen.text.isascii(), (key.id, seen.text)
            if seen.app.screen is not seen.main:
                await seen.press("escape", until=lambda: seen.app.screen is seen.main)


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_texts_from_data_are_ascii_and_aligned(size: tuple[int, int]) -> None:
    labels = ("Zoë", "日本語", "naïve", "e\u0301e\u0300")
    data = Dataset("accents", ("größe", "幅"), labels, ((0.0, 1.0),) * 4, (0.0, 1.0) * 2, ("sí", "não"))
    datasets.register("accents", lambda: data)
    try:
        async with opened("two-layer/accents/cross-entropy", size, terminal=PLAIN) as seen:
            await seen.press("space", until="1 step done")
            text = seen.text
            assert text.isascii()
            assert "Zoe" in text
            assert "0 is si, 1 is nao" in text
            shown = [line for line in text.splitlines() if any(name in line for name in ("Zoe ", "?????? ", "naive "))]
            assert len({line.rindex(".", 0, line.rindex(".")) for line in shown[1:4]}) == 1  # below the status
    finally:
        datasets.registry.remove("accents")


@pytest.mark.parametrize(
    ("environment", "utf8"),
    [
        ({"LANG": "en_US.UTF-8"}, True),
        ({"LANG": "C.utf8"}, True),
        ({"LANG": "de_DE.UTF-8@euro"}, True),
        ({"LC_CTYPE": "UTF-8", "LANG": "C"}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "POSIX"}, False),
        ({"LANG": "en_US"}, False),
        ({"LANG": "de_DE.ISO-8859-15@euro"}, False),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, False),
        ({"LC_ALL": "", "LC_CTYPE": "C", "LANG": "en_US.UTF-8"}, False),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "C"}, True),
        ({"LANG": "C", "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}, False),
        ({}, False),
    ],
)
def test_the_locale_decides(environment: dict[str, str], utf8: bool) -> None:
    assert locale_is_utf8(environment) is utf8
