"""hlt-tui as a program on a real terminal: it starts, answers, and leaves the terminal as it found it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tui.terminal import ROOT, Terminal

WORDS = ("gatos", "cat", "hola", "gata", "hello", "at")


def assert_left_as_found(terminal: Terminal) -> None:
    assert terminal.unrestored == []
    assert terminal.printed == ""


def test_a_first_session() -> None:
    with Terminal() as terminal:
        terminal.wait_for(*WORDS, "PyTorch is loading")  # painted before PyTorch is there
        before, _, _ = terminal.raw.partition("logistic-regression")
        assert "\n" not in before  # and nothing was, not even an empty screen, before the first line of the status
        assert "\x1b[2;1H" not in before
        terminal.wait_for("‖ paused", "0 steps done", "0.7879")
        terminal.press("space")
        terminal.wait_for("1 step done", "loss 0.6208", "▸ gatos")
        terminal.press("e", "m", "d")
        terminal.wait_for("two-layer / and", "6 steps done", "1 and 0")
        terminal.press("?")
        terminal.wait_for("Forward and back")
        terminal.press("q")
        terminal.wait_for("two-layer / and", "q quit")
        terminal.resize(140, 40)
        terminal.wait_for("r reset")
        terminal.press("+" * 9, "p")
        terminal.wait_for("▶ full speed")
        terminal.press("p")
        terminal.wait_for("‖ paused")
        terminal.press("q")
        assert terminal.ended() == 0
        assert_left_as_found(terminal)


def test_keys_typed_ahead_are_kept() -> None:
    with Terminal("two-layer/xor") as terminal:
        terminal.wait_for("PyTorch is loading")
        terminal.press("space", "space", "d")
        terminal.wait_for("two-layer / language-id-one-hot", "2 steps done")


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("PyTorch is loading", signal.SIGTERM),
        ("‖ paused", signal.SIGHUP),
        ("‖ paused", "\x03"),
    ],
)
def test_it_ends_within_two_seconds(words: str, way: signal.Signals | str) -> None:
    with Terminal() as terminal:
        terminal.wait_for("gatos", words)
        begin = time.monotonic()
        if isinstance(way, signal.Signals):
            terminal.signal(way)
        else:
            terminal.press(way)
        assert terminal.ended() == 0
        assert time.monotonic() - begin < 2.5
        assert_left_as_found(terminal)


def test_it_ends_while_it_plays() -> None:
    with Terminal("eight-layer/xor") as terminal:
        terminal.wait_for("‖ paused")
        terminal.press("+" * 9, "p")
        terminal.wait_for("▶ full speed")
        terminal.signal(signal.SIGTERM)
        assert terminal.ended() == 0
        assert_left_as_found(terminal)


def test_keys_typed_after_the_last_one_do_no_harm() -> None:
    with Terminal() as terminal:
        terminal.wait_for("gatos", "PyTorch is loading")
        terminal.press("q", "space", "?", "M", "q", "e")
        assert terminal.ended() == 0
        assert_left_as_found(terminal)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (["two-lair/xor"], 'Unknown model "two-lair": did you mean "two-layer"?'),
        (["logistic-regression/xor", "batch=9"], "batch=9 is not allowed: xor has 4 examples."),
        (["@12e+9"], "The point @12e+9 does not exist: an epoch has 6 steps."),
    ],
)
def test_what_cannot_be_opened_gets_one_sentence(spec: list[str], said: str) -> None:
    with Terminal(*spec) as terminal:
        assert terminal.ended() == 2
        assert terminal.unrestored == []
        assert terminal.printed.startswith(f"hlt-tui: {said}")
        assert len(terminal.printed.splitlines()) == 1


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_terminal_that_cannot_be_drawn_on(kind: str) -> None:
    with Terminal("two-layer/xor", TERM=kind) as terminal:
        assert terminal.ended() == 2
        assert "hlt-tui cannot draw" in terminal.printed
        assert "python -m hltcore train" in terminal.printed
        assert "\x1b" not in terminal.raw


@pytest.mark.parametrize("words", [["two-layer/xor"], []])
def test_no_terminal_at_all(words: list[str]) -> None:
    command = [sys.executable, "-m", "tui", *words]
    result = subprocess.run(command, cwd=ROOT, input="q", capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("hlt-tui")
    assert "needs a terminal" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_help_and_version_need_no_terminal(words: list[str]) -> None:
    command = [sys.executable, "-m", "tui", *words]
    result = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    assert "hlt-tui" in result.stdout


def test_poor_surroundings_and_a_dropped_connection(tmp_path: Path) -> None:
    poor = {"LANG": "C", "LC_ALL": "C", "XDG_STATE_HOME": str(tmp_path)}
    with Terminal("two-layer/xor", TERM="vt100", **poor) as terminal:
        terminal.wait_for("two-layer", "| paused", "0 steps done", "1 xor 0", "(p - y)^2")
        terminal.press("e", "b", ".", ".")
        terminal.wait_for("phase 2 of 5: loss", "3 of 4 steps")
        told = terminal.text.splitlines()[:3]
        assert terminal.text.isascii()
        assert terminal.hidden == []
        terminal.signal(signal.SIGHUP)
        assert terminal.ended() == 0
        assert_left_as_found(terminal)
    with Terminal("--resume", TERM="linux", NO_COLOR="1", **poor) as terminal:
        terminal.wait_for(*told)
        terminal.press("?")
        terminal.wait_for("Forward and back")
        assert terminal.text.isascii()
        assert terminal.hidden == []


def test_killed_it_goes_on_where_it_was_last_saved(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path)}
    with Terminal("two-layer/xor", **state) as terminal:
        terminal.wait_for("‖ paused")
        terminal.press("space")
        terminal.wait_for("1 step done")
        terminal.wait_until(lambda: list(tmp_path.glob("hlt-tui/sessions/*.json")))
    with Terminal("--resume", size=(20, 5), **state) as terminal:  # leaving the context killed the first one
        terminal.wait_for("hlt-tui needs 60×16", "and has 20×5.")
        terminal.resize(80, 24)
        terminal.wait_for("1 step done", "‖ paused", "0 xor 0")
        terminal.press("q")
        assert terminal.ended() == 0
        assert_left_as_found(terminal)


def test_a_terminal_that_shrank_for_a_moment_is_painted_anew() -> None:
    with Terminal("two-layer/xor") as terminal:
        terminal.wait_for("‖ paused", "0 xor 0", "q quit")
        for _ in range(3):
            terminal.resize(30, 8)
            terminal.resize(80, 24)
            terminal.wait_for("‖ paused", "0 xor 0", "q quit")


def test_it_ends_at_once_though_a_sweep_has_much_to_do() -> None:
    with Terminal("logistic-regression/word-list", "batch=all") as terminal:  # 40 seconds for its first seeds
        terminal.wait_for("‖ paused")
        terminal.press("S")
        terminal.wait_for("arrows choose")
        terminal.press("q")
        terminal.wait_for("q quit")
        terminal.press("q")
        assert terminal.ended(10) == 0
        assert_left_as_found(terminal)


JOB = """exec <"$0" >"$0" 2>&1; set -m; "$@"; echo stopped $?; read answer; fg >/dev/null; echo done $?"""


def test_it_stops_and_comes_back() -> None:
    with Terminal("two-layer/xor", shell=JOB) as terminal:
        terminal.wait_for("‖ paused")
        terminal.press("space")
        terminal.wait_for("1 step done")
        terminal.press("\x1a")
        terminal.wait_until(lambda: "stopped" in terminal.printed)
        assert terminal.unrestored == []
        terminal.press("enter")
        terminal.screen.reset()
        terminal.wait_for("1 step done", "q quit")
        terminal.press("space")
        terminal.wait_for("2 steps done")
        terminal.press("q")
        terminal.wait_until(lambda: "done 0" in terminal.printed)
        assert terminal.unrestored == []


CRASH = """
import sys
from tui.screens.main import MainScreen

show = MainScreen.show

def breaks(self, stage, palette):
    if stage.moment.steps == 2:
        raise ZeroDivisionError("a mistake of ours")
    show(self, stage, palette)

MainScreen.show = breaks
from tui.__main__ import main

sys.exit(main(["two-layer/xor"]))
"""


def test_a_crash_saves_and_says_where(tmp_path: Path) -> None:
    shell = 'exec "$1" -c "$CRASH" <"$0" >"$0" 2>&1'
    with Terminal(shell=shell, CRASH=CRASH, XDG_STATE_HOME=str(tmp_path)) as terminal:
        terminal.wait_for("‖ paused")
        terminal.press("space", "space")
        assert terminal.ended() == 1
        assert "a mistake of ours" in terminal.printed
        (saved,) = tmp_path.glob("hlt-tui/sessions/*.json")
        assert f"hlt-tui: The session is saved in {saved}; hlt-tui --resume goes on." in terminal.printed
        assert '"here": "2"' in saved.read_text()
        assert terminal.unrestored == []


def test_the_command_is_installed() -> None:
    command = os.path.join(os.path.dirname(sys.executable), "hlt-tui")
    result = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=60)
    assert result.stdout.startswith("hlt-tui ")
