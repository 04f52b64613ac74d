"""A file of one's own on the screen: what its columns are, numbers to predict, very many rows, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from hltcore import RunSpec, datasets
from tests.tui.recorded import log_of
from tests.tui.support import SMALL, WIDE, Seen, opened
from tui.app import HltApp
from tui.keeper import Keeper
from tui.logs import open_logs
from tui.session import read

WORDS = "word,language\ngatos,es\ncat,en\nhola,es\nat,en\n"


def line(path: Path, model: str = "logistic-regression", **said: object) -> str:
    return str(RunSpec(model=model).changed(**datasets.from_file(path, **said)))  # type: ignore[arg-type]


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.csv"
    path.write_text(WORDS)
    return path


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("numbers") / "houses.csv"
    path.write_text("area,rooms,price\n" + "".join(f"{a},{a % 7},{2.5 * a + 3}\n" for a in range(30, 42)))
    return path


async def test_it_says_at_the_start_what_is_what_and_goes_away(
    words: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # pictures are saved there
    kept = tmp_path / "sessions" / "one.json"
    async with opened(line(words), keeper=Keeper(kept)) as seen:
        await seen.until(lambda: "words.csv: 4 rows, 2 columns" in seen.text)
        assert "language  target, the only text with two values: 0 is en, 1 is es" in seen.text
        assert "word      text, seen as share + length; names the rows" in seen.text
        await seen.press("space", until=lambda: seen.app.screen is seen.main)
        assert "logistic-regression / words.csv / mse / sgd   lr=0.1  seed=0" in seen.status
        await seen.press("space", until="1 step done")
        await seen.press("ctrl+s", until="Saved as logistic-regression-words.csv-mse-sgd-step-1.svg in ")
        await seen.press("d", until="logistic-regression / language-id /")
        await seen.press("D", "end", "enter", until="logistic-regression / words.csv /")
        await seen.press("w", until=lambda: "gatos" in seen.text)
        await seen.pilot.press(*"gata")
        await seen.until(lambda: "nearest" in seen.text)
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)
        await seen.press("i", until=lambda: "4 rows, 2 columns" in seen.text)
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)
    session = read(kept)
    assert str(words) in session.lines[0]
    async with opened(str(session.opening), keeper=Keeper(None, session)) as seen:
        await seen.until(lambda: "logistic-regression / words.csv /" in seen.status)
        assert seen.app.screen is seen.main, "what is what was told the first time"


async def test_a_recorded_run_was_told_what_is_what_when_it_was_made(words: Path, tmp_path: Path) -> None:
    log = log_of(f"{line(words)} @3", tmp_path / "run.jsonl")
    app = HltApp(RunSpec(), opens=open_logs([str(log)], follows=False))
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        seen = Seen(app, pilot)
        await seen.until(lambda: "0 steps done" in seen.status)
        assert app.screen is seen.main
        await seen.press("space", until="1 step done")
        await seen.press("i", until=lambda: "4 rows, 2 columns" in seen.text)


async def test_a_changed_file_ends_it_with_a_sentence(words: Path) -> None:
    from hltcore.errors import DataError

    there = line(words)
    words.write_text(WORDS + "new,en\n")
    datasets.from_file(words)
    words.write_text(WORDS + "newer,en\n")
    datasets.from_file(words)  # the first one is remembered no longer
    with pytest.raises(DataError, match="has changed since this run was made"):
        async with opened(there):
            pass


async def test_text_from_a_file_is_only_text(tmp_path: Path) -> None:
    path = tmp_path / "[red]\u202e.csv"
    rows = ("\x1b[31mred,1,[$error]", "[bold]b[/],2,\x9b2J", "\u202eevil\u202c,3,[$error]")
    path.write_text("[$primary],\x1b]0;owned\x07,kind\n" + "\n".join(rows) + "\n")
    async with opened(line(path), WIDE) as seen:
        await seen.until(lambda: "text, not seen; names the rows" in seen.text)
        assert "--text say otherwise. " in seen.text  # without an example: no shell takes such a name as it is
        assert "[$primary] " in seen.text
        assert "[$error], 1 is \\x9b2J" in " ".join(seen.text.replace("│", " ").split())
        assert "\\x1b]0;owned\\x07" in seen.text
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)
        await seen.press("space", until="1 step done")
        assert "[bold]b[/]" in seen.text
        assert "\\x1b[31mred" in seen.text
        assert seen.text.replace("\n", "").isprintable()


async def test_the_data_of_the_program_are_from_no_file() -> None:
    async with opened() as seen:
        await seen.press("i", until=lambda: "is not from a file" in seen.text)


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_numbers_are_shown_by_how_far_off_they_are(numbers: Path, size: tuple[int, int]) -> None:
    spec = line(numbers, "linear-regression", scale="with-target", held_out=0.25)
    async with opened(spec, size) as seen:
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)
        await seen.press("2", "e", until="9 steps done")
        await seen.until(lambda: "ŷ − y" in seen.text and "numbers, y from " in seen.text)
        assert "✓" not in seen.text
        await seen.press("6", until=lambda: "y below" in seen.text)
        assert "✗" not in seen.text
        await seen.press("3", "V", "V", until=lambda: not seen.plot.right)
        await seen.press("w", until=lambda: "a point (area, rooms), as 30 2" in seen.text)
        await seen.pilot.press("3", "5", "space", "2")
        await seen.until(lambda: "(y " in seen.text)
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)
        await seen.press("F", "end", "enter", until="cross-entropy compares with one of two classes")


async def test_very_many_rows_are_shown_in_part_and_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text(
        "x,y,side\n" + "".join(f"{r % 97},{r % 89},{'up' if r % 97 > r % 89 else 'down'}\n" for r in range(6000))
    )
    async with opened(line(path, held_out=0.5), WIDE) as seen:
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)
        await seen.press("space", until="1 step done")
        title = "shown: 1,000 of 3,000; held out 1,000 of 3,000, evenly spread"
        await seen.press("2", until=lambda: title in str(seen.main.query_one("#examples").border_title))
        assert len(seen.examples) == 1000
        assert len(seen.snapshot.evaluation.predictions) == 1000  # type: ignore[union-attr]
        assert seen.examples[0].startswith("▸"), "the first row is shown, and was this step's"
        await seen.press("space", until="2 steps done")
        assert not any(row.startswith("▸") for row in seen.examples)
