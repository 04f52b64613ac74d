"""Session files: written whole, read as data, and never trusted."""

from __future__ import annotations

import itertools
import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.session import KEPT, LONGEST, SavedView, Session, SessionError, newest, prune, read, write

LINES = ("two-layer/xor/mse/sgd", "two-layer/xor @3 lr=0.5 @5e+1", "logistic-regression/and @4 linear.weight[0,1]=0.5")
GOOD = Session(LINES, 1, "21:backward", SavedView("hlt-light", "loss", True, True))
sessions = st.builds(
    lambda lines, place, here, view: Session(tuple(lines), place % len(lines), here, view),
    st.lists(st.sampled_from(LINES), min_size=1, max_size=5),
    st.integers(0, 100),
    st.sampled_from(["0", "21", "12e+3:loss", "7:zero-grad"]),
    st.builds(SavedView, st.text(), st.text(), st.none() | st.booleans(), st.booleans()),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions" / "one.json"


@given(session=sessions)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_is_written_is_read(path: Path, session: Session) -> None:
    write(path, session)
    assert read(path) == session
    assert [found.name for found in path.parent.iterdir()] == ["one.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes")
def test_nobody_else_can_read_it(path: Path) -> None:
    write(path, GOOD)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_write_that_fails_leaves_the_old_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write(path, GOOD)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(path, replace(GOOD, here="0"))
    assert read(path) == GOOD
    assert len(list(path.parent.iterdir())) == 1


def changed(**changes: object) -> bytes:
    value = {"program": "hlt-tui", "version": 1, "lines": list(LINES), "current": 1, "here": "2", "view": {}}
    return json.dumps({**value, **changes}).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (changed()[:-20], "not a whole one"),
        (b"\xff\xfe{}", "cannot be read as JSON"),
        (b"\x80\x04\x95.", "cannot be read as JSON"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (b" " * (LONGEST + 1), "more than 16 MB"),
        (b"[1]", "no saved session of hlt-tui"),
        (b'"hlt-tui"', "no saved session of hlt-tui"),
        (changed(program="other"), "no saved session of hlt-tui"),
        (changed(version=2), 'has version "2": this hlt-tui reads version 1'),
        (changed(version=None), 'has version "None"'),
        (changed(lines="two-layer/xor"), "lines of history are not texts"),
        (changed(lines=[1]), "lines of history are not texts"),
        (changed(lines=[]), "there are 0"),
        (changed(lines=["two-lair/xor"], current=0), 'Unknown model "two-lair": did you mean "two-layer"?'),
        (changed(current=3), "there are 3"),
        (changed(current=-1), 'no line of history "-1"'),
        (changed(current=True), "does not say where it stands"),
        (changed(current=1.0), "does not say where it stands"),
        (changed(here=None), "does not say where it stands"),
        (changed(here="2; import os"), "is not a point in a run"),
        (changed(here="\x1b[31m"), r"\x1b[31m"),
    ],
    ids=itertools.count(),
)
def test_what_is_no_session_gets_one_sentence(path: Path, data: bytes, said: str) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    with pytest.raises(SessionError) as raised:
        read(path)
    sentence = str(raised.value)
    assert said in sentence
    assert "one.json" in sentence
    assert sentence.isprintable()


@given(data=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_bytes_are_refused(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    with pytest.raises(SessionError):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path)
    with pytest.raises(SessionError, match="cannot be read: it is a pipe"):
        read(path)


@pytest.mark.parametrize("name", ["missing.json", ".", "nul\0byte", "x" * 5000])
def test_what_cannot_be_opened_gets_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(SessionError, match="cannot be read: "):
        read(tmp_path / name)


@pytest.mark.parametrize("view", [None, [], {"theme": 3, "panel": None, "by_epoch": 1, "more": {}}])
def test_a_view_that_is_none_is_the_usual_one(path: Path, view: object) -> None:
    path.parent.mkdir()
    path.write_bytes(changed(view=view))
    assert read(path).view == SavedView()


def test_the_newest_is_the_one_saved_last_and_old_ones_go(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="There is no saved session"):
        newest(tmp_path / "nowhere")
    for place in range(KEPT + 5):
        path = tmp_path / f"{place * 7 % 25:02}.json"
        write(path, GOOD)
        os.utime(path, (place, place))
    (tmp_path / "notes.txt").write_text("not ours")
    prune(tmp_path)
    left = sorted(path.stat().st_mtime for path in tmp_path.glob("*.json"))
    assert left == list(range(5, KEPT + 5))
    assert newest(tmp_path).stat().st_mtime == KEPT + 4
    assert (tmp_path / "notes.txt").exists()
