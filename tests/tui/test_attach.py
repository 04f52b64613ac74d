"""hlt-tui replay and attach, with keys: through recorded runs, along with growing ones, and by a pipe."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hltcore.spec import RunSpec
from tests.tui.recorded import BEGINNING, ENDING, log_of, step_lines, watched
from tests.tui.support import SMALL, WIDE, Seen
from tests.tui.terminal import Terminal
from tui.__main__ import main
from tui.app import HltApp
from tui.keymap import KEYS
from tui.logs import open_logs


@asynccontextmanager
async def showing(command: str, *paths: Path, size: tuple[int, int] = SMALL) -> AsyncIterator[Seen]:
    app = HltApp(RunSpec(), opens=open_logs([str(path) for path in paths], follows=command == "attach"))
    async with app.run_test(size=size, notifications=True) as pilot:
        yield Seen(app, pilot)


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


async def test_keys_go_through_recorded_runs_and_change_none(tmp_path: Path) -> None:
    ours = log_of("two-layer/xor seed=3 @12e", tmp_path / "ours.jsonl")
    theirs = watched(tmp_path / "theirs.jsonl")
    async with showing("replay", ours, theirs) as seen:
        await seen.until(lambda: "‖ paused" in seen.status)
        assert "ours.jsonl (1 of 2)" in seen.status
        await seen.press("space", "space", until="2 steps done")
        await seen.press("b", until="1 step done")
        await seen.press("full_stop", until="phase 1 of 5: forward")
        await seen.press("e", until="epoch 1, 0 of 4")
        await seen.press("end", until="48 steps done")
        await seen.press("B", until="44 steps done")
        await seen.press("home", until="0 steps done")
        await seen.press("u", until=lambda: "Run until" in seen.text)
        await seen.press(*"loss<0.2", "enter", until="loss<0.2: holds here")
        assert seen.moment.event.loss < 0.2  # type: ignore[attr-defined]
        await seen.press("g", until=lambda: "Go to" in seen.text)
        await seen.press(*"2e+1", "enter", until="9 steps done")
        await seen.press("8", until=lambda: "dead-unit" in seen.text)
        await seen.press("enter", until="dead-unit: ")
        assert "4 steps done" in seen.status
        await seen.press("g", until=lambda: "Go to" in seen.text)
        await seen.press(*"2e+1", "enter", until="9 steps done")
        for key in ("m", "s", "enter", "L", "r", "t"):
            await seen.press(key, until=lambda: "This run is recorded: it" in seen.text)
            seen.app.clear_notifications()
            await seen.until(lambda: "This run is recorded" not in seen.text)
        assert "epoch 2, 1 of 4" in seen.status
        footer = seen.text.splitlines()[-1]
        assert "space step" in footer
        assert "model" not in footer
        assert "⠒ ours.jsonl, • theirs.jsonl" in seen.text
        await seen.press("i", until=lambda: "ours.jsonl: an event log" in seen.text)
        assert "two-layer/xor/mse/sgd seed=3" in seen.text
        assert "at 48 of 48 steps" in seen.text
        await seen.press("i", until=lambda: "an event log" not in seen.text)
        await seen.press("N", until="theirs.jsonl (2 of 2)")
        await seen.press("i", until=lambda: "theirs.jsonl: an event log" in seen.text)
        for told in ("4 tensors, 9,320 numbers", "at 10 of 40 steps, every 4, whole up to 1,000", "of 2 layers"):
            assert told in seen.text
        await seen.press("escape", until=lambda: "an event log" not in seen.text)
        assert "p to play, N for the next log, ? for help" in seen.status
        assert "0 steps done" in seen.status  # each log has a place of its own
        await seen.press("end", "down", "down", "K", until=lambda: "head.weight (64×144)" in seen.text)
        await seen.press("z", until=lambda: "columns" in seen.text)
        before = seen.text
        await seen.press("right", until=lambda: seen.text != before)
        await seen.press("question_mark", until=lambda: "Forward and back" in seen.text)
        assert "the next of several logs" in seen.text
        assert "line of history" not in seen.text


async def test_a_log_is_followed_until_one_steps_back(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    async with showing("attach", path) as seen:
        await seen.until(lambda: "Waiting for run.jsonl …" in seen.status)
        assert "◌ waiting" in seen.status
        assert "gone" not in seen.status
        await seen.press("space", until="This is the last step of the log so far")
        path.write_text("")
        await seen.press("end", until="waiting for its first line")
        append(path, BEGINNING)
        await seen.until(lambda: "no step is complete yet" in seen.status)
        append(path, step_lines(0, 10))
        await seen.until(lambda: "● following" in seen.status and "10 steps done" in seen.status)
        append(path, step_lines(10, 1)[:30])  # torn, for now
        await seen.press("b", until="‖ paused")
        append(path, step_lines(10, 1)[30:])
        await seen.until(lambda: "2 more in the log" in seen.status)
        assert "9 steps done" in seen.status
        append(path, "no line of a log\n")
        await seen.press("end", until="● following")
        await seen.until(lambda: "11 steps done" in seen.status and "1 line passed over" in seen.status)
        path.write_text(BEGINNING.replace("Net", "Other") + step_lines(0, 3))
        await seen.until(lambda: "written anew" in seen.status and "3 steps done" in seen.status)
        assert "Other" in seen.status
        path.unlink()
        await seen.until(lambda: "the file is gone" in seen.status)
        path.write_text(BEGINNING + step_lines(0, 4) + ENDING % 4)
        await seen.until(lambda: "complete" in seen.status and "4 steps done" in seen.status)


async def test_one_of_several_logs_may_come_later(tmp_path: Path) -> None:
    late, there = tmp_path / "late.jsonl", tmp_path / "there.jsonl"
    there.write_text(BEGINNING + step_lines(0, 5))
    async with showing("attach", late, there) as seen:
        await seen.until(lambda: "Waiting for late.jsonl …   N shows the next log" in seen.status)
        await seen.press("N", until="5 steps done")
        late.write_text(BEGINNING + step_lines(0, 7))
        await seen.press("N", until="7 steps done")
        assert "● following" in seen.status


def test_keys_come_from_the_terminal_while_a_writer_pipes_the_log_in(tmp_path: Path) -> None:
    first, more = tmp_path / "first", tmp_path / "more"
    first.write_text(BEGINNING + step_lines(0, 20))
    more.write_text(step_lines(20, 400))
    writer = f"(cat {first}; read go <{tmp_path}/on; cat {more}; read go <{tmp_path}/over)"
    for pipe in ("on", "over"):
        os.mkfifo(tmp_path / pipe)
    shell = f'exec 3<>"$0"; {writer} | "$@" >&3 2>&3 3>&-'
    with Terminal("attach", "-", shell=shell) as terminal:
        terminal.wait_for("● following", "20 steps done", "standard input")
        terminal.press("b")
        terminal.wait_for("‖ paused", "19 steps done")
        (tmp_path / "on").write_text("\n")
        terminal.wait_for("401 more in the log")
        terminal.press("\x1b[F")  # end
        terminal.wait_for("● following", "420 steps done")
        (tmp_path / "over").write_text("\n")
        terminal.wait_for("‖ paused", "the stream has ended")
        terminal.press("q")
        assert terminal.ended() == 0
        assert terminal.unrestored == []


async def test_no_keys_break_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # some of them save pictures
    ours, theirs = log_of("mlp/circles size=20 @8", tmp_path / "ours.jsonl"), watched(tmp_path / "theirs.jsonl")
    left_out = ("quit", "suspend", "palette", "theme")
    keys = [name for key in KEYS for name in key.keys.split(",") if key.id not in left_out]
    keys += ["up", "down", "left", "right", "enter", "escape", "space", "N", "K", "z"] * 5
    chance = random.Random(7)
    async with showing("attach", ours, theirs, size=WIDE) as seen:
        for key in chance.choices(keys, k=150):
            seen.app.simulate_key(key)
            await asyncio.sleep(0.002)
        await seen.press(
            *["escape"] * 4, "end", until=lambda: "● following" in seen.status or "complete" in seen.status
        )
        assert seen.app.bridge.failure is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["replay"], "needs an event log"),
        (["replay", "none.jsonl"], "none.jsonl"),
        (["attach", "nowhere/none.jsonl"], 'there is no folder "nowhere"'),
        (["replay", "README.md"], "is no event log"),
        (["replay", *["pyproject.toml"] * 7], "at most 6"),
        (["attach", "-", "-"], "give it once"),
        (["attach", "pyproject.toml", "--resume"], "give it no --resume"),
        (["replay", "run.jsonl", "--data", "words.csv"], "give it no --data"),
        (["replay", "run.jsonl", "--text", "word:letters"], "give it no --text"),
        (["attach", "run.jsonl", "--web"], "give it no --web."),
        (["attach", "run.jsonl", "--web-port", "0"], "give it no --web-port"),
    ],
)
def test_what_cannot_be_shown_is_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_standard_input_that_is_closed_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # as Python has it after <&-
    assert main(["attach", "-"]) == 2
    assert capsys.readouterr().err == "hlt-tui: Standard input (-) is closed.\n"


@pytest.mark.parametrize("words", [["attach", "--help"], ["-h", "attach", "run.jsonl"], ["attach", "--nope", "--help"]])
def test_attach_has_a_help_of_its_own(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("usage: hlt-tui attach [-h] [--ascii | --no-ascii] [--plugin MODULE] FILE [FILE ...]")
    assert "tail -n +1 -f run.jsonl | hlt-tui attach -" in said
    assert "--split" not in said
    assert "--lesson" not in said


def test_replay_has_one_too_and_the_program_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: hlt-tui replay ")
    assert "--split" not in said
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: hlt-tui [")
    assert "--split" in said


def test_what_is_no_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--nope", "two-layer/xor"])
    assert "unrecognized arguments: --nope" in capsys.readouterr().err
