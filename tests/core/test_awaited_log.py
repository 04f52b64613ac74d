"""RunLog of a file that is not there yet, and what is said of a path that leads nowhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hltcore.errors import LogError
from hltcore.log import RunLog
from tests.core.event_logs import HEAD, line, write


def refusal(path: str, *, awaits: bool = True) -> str:
    with pytest.raises(LogError) as told:
        RunLog(path, awaits=awaits)
    return str(told.value)


def test_a_file_is_waited_for_and_then_read_as_any(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with RunLog(path, awaits=True) as log:
        assert log.awaited == "Waiting for run.jsonl …"
        assert (log.started, log.last, log.steps, log.size, log.complete) == (None, None, 0, 0, True)
        assert log.following
        assert log.at(3) is log.with_tensors(3) is None
        assert log.losses.count == 0
        assert not log.refresh()
        path.touch()
        assert log.refresh(), "it is there"
        assert log.awaited == ""
        assert log.started is None
        assert not log.refresh()
        write(path, [HEAD, line(0), line(1)])
        assert log.refresh()
        assert (log.steps, log.generation) == (2, 0), "the first bytes do not count as written anew"
        write(path, [HEAD])
        assert log.refresh()
        assert (log.steps, log.generation) == (0, 1)


def test_a_whole_log_may_come_at_once(tmp_path: Path) -> None:
    path, other = tmp_path / "run.jsonl", tmp_path / "elsewhere"
    with RunLog(path, awaits=True) as log:
        write(other, [HEAD, line(0), '{"event":"run-ended","steps":1,"error":""}\n'])
        os.replace(other, path)
        assert log.refresh()
        assert (log.steps, log.generation, log.following) == (1, 0, False)


def test_what_comes_and_is_no_log_is_refused(tmp_path: Path) -> None:
    for make, said in ((Path.mkdir, "Is a directory"), (lambda path: path.write_text("a,b\n"), "is no event log")):
        path = tmp_path / said.replace(" ", "-")
        with RunLog(path, awaits=True) as log:
            make(path)
            with pytest.raises(LogError, match=said):
                log.refresh()


@pytest.mark.parametrize(
    ("asked", "there", "told"),
    [
        ("run.jsonl", "runs.jsonl", True),
        ("rnu.jsonl", "run.jsonl", True),
        ("run", "run.jsonl", True),
        ("Run.jsonl", "run.jsonl", True),
        ("run.jsonl", "train.jsonl", False),
        ("run2.jsonl", "run1.jsonl", False),
        ("run.jsonl", "losses.jsonl", False),
    ],
)
def test_a_near_miss_is_told_while_it_is_waited_for(asked: str, there: str, told: bool, tmp_path: Path) -> None:
    (tmp_path / there).touch()
    with RunLog(tmp_path / asked, awaits=True) as log:
        assert log.awaited.endswith(f"   {there} is there: did you mean that?") == told


def test_a_near_miss_that_comes_later_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hltcore.log_await._EVERY", 0.0)
    with RunLog(tmp_path / "rnu-of-monday.jsonl", awaits=True) as log:
        assert log.awaited == "Waiting for rnu-of-monday.jsonl …"
        (tmp_path / "run-of-monday\x1b.jsonl").touch()
        os.utime(tmp_path, ns=(1, 1))  # a clock may tick too slowly for the folder to have another time
        assert log.refresh()
        assert r"run-of-monday\x1b.jsonl is there" in log.awaited


def test_a_folder_that_is_missing_is_refused_with_the_nearest_there_is(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "file").touch()
    deep = refusal(str(tmp_path / "other" / "a" / "run.jsonl"))
    assert f'there is no folder "{tmp_path}/other". The nearest one there is: "{tmp_path}".' in deep
    slip = refusal(str(tmp_path / "run" / "run.jsonl"))
    assert slip.endswith(f'there is no folder "{tmp_path}/run". Did you mean "{tmp_path}/runs"?')
    assert refusal(str(tmp_path / "file" / "run.jsonl")).endswith(f'"{tmp_path}/file" is a file, and no folder.')
    assert refusal(str(tmp_path / "file" / "a" / "run.jsonl")).endswith(f'"{tmp_path}/file" is a file, and no folder.')
    assert "there is no folder" in refusal(str(tmp_path / "new") + "/")
    assert "cannot be read" in refusal("")


def test_a_relative_path_that_leads_nowhere_says_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal("logs/run.jsonl").endswith(f'no folder "logs". The nearest one there is: "{tmp_path}".')
    Path("log").mkdir()
    assert refusal("logs/run.jsonl").endswith('Did you mean "log"?')


def test_whoever_does_not_wait_is_told_what_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("run.jsonl").touch()
    said = refusal("runs.jsonl", awaits=False)
    assert said == 'The event log "runs.jsonl" cannot be read: No such file or directory. Did you mean "run.jsonl"?'
