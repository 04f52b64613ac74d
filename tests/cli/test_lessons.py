"""hlt-tui's lessons on the command line: opened by name, added from a folder, and progress printed for a class."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.test_hygiene import loaded, packages
from tui import __main__
from tui.course.journal import add_progress, progress_file
from tui.course.progress import Answer, LessonProgress

FOLDER = Path(__file__).parents[1] / "tui" / "lessons"
KEPT = {
    "sample": LessonProgress(
        "2025-03-01T08:00:00Z", frozenset({0, 1}), frozenset({0}), {1: Answer("2025-03-01T08:10:00Z", 1, True)}
    ),
    "another-course": LessonProgress("2025-03-02T08:00:00Z", frozenset({0}), finished="2025-03-02T08:30:00Z"),
}


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--lesson", "smaple", "--lessons", str(FOLDER)], 'Unknown lesson "smaple": did you mean "sample"?'),
        (["two-layer/xor", "--lesson", "sample", "--lessons", str(FOLDER)], "give it no spec, no --split"),
        (["--lesson", "sample", "--resume", "--lessons", str(FOLDER)], "give it no spec, no --split"),
        (["--lesson", "", "--lessons", str(FOLDER)], 'Unknown lesson ""'),
        (["--lessons", "nowhere"], 'The lessons in "nowhere" cannot be read: No such file or directory.'),
    ],
)
def test_what_cannot_be_opened_gets_one_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert __main__.main(words) == 2
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1


def test_progress_is_printed_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    add_progress(progress_file(), KEPT)
    assert __main__.main(["--progress", "--lessons", str(FOLDER)]) == 0
    row = next(row for row in capsys.readouterr().out.splitlines() if row.startswith("sample "))
    assert " ".join(row.split()) == "sample A sample begun 2 of 4 1 of 2 1 of 1 2025-03-01"


def test_progress_is_printed_as_json_with_what_is_not_at_hand(capsys: pytest.CaptureFixture[str]) -> None:
    add_progress(progress_file(), KEPT)
    assert __main__.main(["--progress", "json", "--lessons", str(FOLDER)]) == 0
    lessons = {lesson["name"]: lesson for lesson in json.loads(capsys.readouterr().out)["lessons"]}
    sample, other = lessons["sample"], lessons["another-course"]
    assert (sample["state"], sample["all_pages"], sample["pages"], sample["tasks"]) == ("begun", 4, [1, 2], [1])
    assert sample["answers"] == {"2": {"chosen": 2, "right": True, "at": "2025-03-01T08:10:00Z"}}
    assert (other["title"], other["state"], other["all_pages"]) == (None, "done", None)
    assert __main__.main(["--progress", "json"]) == 0


def test_damaged_progress_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    progress_file().parent.mkdir(parents=True)
    progress_file().write_text("{")
    assert __main__.main(["--progress"]) == 2
    assert "is damaged" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such pipes here")
def test_a_pipe_in_the_place_of_the_progress_is_not_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    progress_file().parent.mkdir(parents=True)
    os.mkfifo(progress_file())
    assert __main__.main(["--progress"]) == 2
    assert "it is a pipe" in capsys.readouterr().err


def test_no_escape_code_of_the_file_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    add_progress(progress_file(), {"sample": LessonProgress("\x1b[31mred", finished="\x1b]0;x\x07")})
    assert __main__.main(["--progress", "--lessons", str(FOLDER)]) == 0
    assert not {"\x1b", "\x07"} & set(capsys.readouterr().out)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a shell, and a device that is full")
@pytest.mark.parametrize(
    ("redirection", "status", "said"),
    [("| true", 141, ""), (">&-", 0, ""), ("> /dev/full", 1, "hlt-tui: The output cannot be written: No space left")],
)
def test_progress_that_nobody_reads(redirection: str, status: int, said: str) -> None:

    script = f'"{sys.executable}" -m tui --progress json {redirection}; exit ${{PIPESTATUS[0]}}'
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert result.returncode == status
    assert result.stderr.startswith(said)
    assert len(result.stderr.splitlines()) == bool(said)


@pytest.mark.skipif(sys.platform == "win32", reason="a process of its own")
def test_progress_needs_no_terminal_and_imports_neither_torch_nor_textual() -> None:
    code = f"""
import contextlib, io
from tui.__main__ import main
with contextlib.redirect_stdout(io.StringIO()) as out:
    assert main(["--progress", "--lessons", {str(FOLDER)!r}]) == 0
assert "A sample" in out.getvalue()
"""
    assert not packages(loaded(code)) & {"torch", "textual"}
