"""A session that is saved and opened again: the same run to the last bit, whatever ended it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from hltcore import Trainer
from tests.tui.support import Seen, opened
from tui import __main__, keeper
from tui.keeper import Keeper, session_file
from tui.session import Session, SessionError, read

SPEC = "two-layer/xor/mse/adam seed=3 shuffle=true"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions" / "one.json"


async def facts(seen: Seen) -> tuple[object, ...]:
    """All that is to be the same, down to the last bit: where it stands, the way there, and where it goes from here."""

    def tell(trainer: Trainer) -> tuple[object, ...]:
        here = trainer.spec, trainer.position, trainer.parameters, trainer.line, [line.line for line in trainer.lines]
        events = [trainer.step() for _ in range(9)]
        return *here, [(event.batch, event.loss, event.gradients, event.updated) for event in events]

    return await seen.ask(tell)


async def test_it_goes_on_at_the_very_same_point(path: Path) -> None:
    async with opened(SPEC, keeper=Keeper(path)) as seen:
        await seen.press("e", "e", "b", "l", until="7 steps done")  # forks: the eighth step stays behind
        await seen.press("e", "e", "b", "b", "b", "full_stop", "full_stop", "full_stop", "full_stop", until="phase 4")
        await seen.press("3", "V", "a", "T", until=lambda: seen.app.theme == "hlt-light")
        shown = seen.status
    session = read(path)
    assert session.here.endswith(":backward")
    assert len(session.lines) == 2
    again = Keeper(path.with_name("two.json"), session)
    async with opened(str(session.opening), keeper=again, ready=False) as seen:
        await seen.until(lambda: seen.status == shown)
        assert seen.app.theme == "hlt-light"
        assert (seen.plot.by_epoch, seen.plot.logarithmic) == (True, True)
        assert not seen.main.query_one("#parameters").display
        resumed = await facts(seen)
    async with opened(SPEC) as seen:  # the same keys, never interrupted
        await seen.press("e", "e", "b", "l", "e", "e", "b", "b", "b", *["full_stop"] * 4, until="phase 4")
        assert await facts(seen) == resumed
    assert read(path) == session


async def test_a_line_that_was_left_and_taken_up_again_is_the_present_one(path: Path) -> None:
    async with opened("two-layer/xor @6", keeper=Keeper(path)) as seen:
        await seen.press("b", "l", "space", until="line 2 of 2")
        await seen.ask(lambda trainer: trainer.checkout(trainer.lines[0]))
    session = read(path)
    assert session.current == 0
    async with opened(str(session.opening), keeper=Keeper(None, session)) as seen:
        lines = await seen.ask(lambda trainer: [str(line.line) for line in trainer.lines])
        assert (tuple(lines), "mse" in seen.status) == (session.lines, True)


async def test_it_is_saved_while_it_goes_on_and_when_it_pauses(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "EVERY", 0.3)
    async with opened("two-layer/xor", keeper=Keeper(path)) as seen:
        await seen.press("space", until=path.exists)
        await seen.press("space", "space", until=lambda: read(path).here == "3")
        written = path.stat().st_mtime_ns
        await seen.press("question_mark", "escape", until=lambda: seen.app.screen is seen.main)
        time.sleep(0.4)
        assert path.stat().st_mtime_ns == written, "nothing has changed"
        await seen.press(*["plus"] * 9, "p", until=lambda: int(read(path).here) > 50)


async def test_a_run_in_which_nothing_was_done_leaves_nothing(path: Path) -> None:
    async with opened("two-layer/xor @4", keeper=Keeper(path)) as seen:
        await seen.press("3", "T")
    assert not path.parent.exists()


async def test_where_nothing_can_be_written_it_says_so_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "EVERY", 0.0)
    (tmp_path / "file").write_text("in the way")
    async with opened("two-layer/xor", keeper=Keeper(tmp_path / "file" / "one.json")) as seen:
        await seen.press("space", until=lambda: "not being saved" in seen.text)
        await seen.press("space", "space", until="3 steps done")
        assert " ".join(seen.text.split()).count("not being") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--resume"], "There is no saved session in "),
        (["--resume", "nowhere.json"], "cannot be read: No such file or directory"),
        (["two-layer/xor", "--resume"], "give it no spec"),
    ],
)
def test_what_cannot_be_resumed_gets_one_sentence(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert __main__.main(words) == 2
    told = capsys.readouterr().err
    assert told.startswith("hlt-tui: ")
    assert said in told
    assert len(told.splitlines()) == 1


def test_every_process_has_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert session_file().parent == tmp_path / "hlt-tui" / "sessions"
    assert session_file() != session_file()


async def test_a_line_that_no_longer_fits_ends_it_with_a_sentence() -> None:
    session = Session(("two-layer/xor @3", "two-layer/xor @3 nowhere.weight[0]=1 @4"), 1, "4")
    async with opened(str(session.opening), ready=False, keeper=Keeper(None, session)) as seen:
        await seen.until(lambda: not seen.app.is_running)
    assert "nowhere.weight" in (seen.app.return_value or "")
    with pytest.raises(SessionError):
        Session(("two-layer/xor",), 1)
