"""Data of many columns: what is 0 is left out, on screen and in tables, and nothing is pushed away by it."""

from __future__ import annotations

import pytest

from hltcore import Dataset, Trainer
from hltcore.__main__ import main
from tests.tui.support import SMALL, WIDE, opened


def test_a_row_is_told_by_what_is_not_0() -> None:
    columns = tuple("abcdefgh")
    rows = ((2.0, 1.0, *[0.0] * 6), (0.0,) * 8)
    counts = Dataset("d", columns, ("x", "y"), rows, (0.0, 1.0), counts=True)
    assert counts.sparse
    assert counts.rows_told == ("a2 b", "all 0")
    others = Dataset("d", columns, ("x", "y"), ((0.5, *[0.0] * 7), rows[1]), (0.0, 1.0))
    assert others.rows_told == ("a=0.5", "all 0")
    assert not Trainer("mlp", "circles", features="x+y+x2+y2+xy+sinx+siny").dataset.sparse
    assert not Trainer("mlp", "language-id-one-hot").dataset.sparse, "six columns can be shown as they are"


def test_the_table_says_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "logistic/language-id-letters", "--steps", "6"]) == 0
    _, header, *lines = capsys.readouterr().out.splitlines()
    for told, line in zip(("a g o s t", "a c t", "a h l o", "a2 g t", "e h l2 o", "a t"), lines):
        assert f"  {told}  " in line
    assert len({len(line) for line in (header, *lines)}) == 1


@pytest.mark.parametrize("size", [SMALL, WIDE])
@pytest.mark.parametrize("spec", ["two-layer/language-id-letters", "two-layer/word-list features=word size=40"])
async def test_the_screen_stays_readable(spec: str, size: tuple[int, int]) -> None:
    async with opened(spec, size) as seen:
        await seen.press("full_stop", until="phase 1 of 5: forward")
        told = seen.snapshot.dataset.rows_told[0]
        assert f"({told}) gives" in seen.status
        if size == WIDE:
            await seen.until(lambda: told in seen.examples[0])
            row = next(i for i, value in enumerate(seen.snapshot.dataset.xs[0]) if value)
            name = seen.snapshot.dataset.features[row]
            await seen.until(lambda: any(line.lstrip().startswith(name) for line in seen.rows("network-lines")))
