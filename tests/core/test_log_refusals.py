"""RunLog: what cannot be read is refused in a sentence, or passed over and told of; nothing in it is believed."""

from __future__ import annotations

import base64
import io
import json
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hltcore import recording
from hltcore.errors import LogError, RecordingError
from hltcore.log import RunLog
from hltcore.log_findings import LogCheckup
from hltcore.log_lines import brief, read_line

HEAD = '{"event":"run-started","version":"1.0","model":"Net","every":1,"shapes":{"w":[2]}}\n'


def packed(*values: float) -> str:
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


def line(step: int, loss: Any = None, **fields: Any) -> str:
    loss = step / 2 if loss is None else loss
    tensors = {"updated": {"w": f"f4[2]:{packed(step, -step)}"}}
    record = {"event": "step", "step": step, "epoch": step // 4, "lr": 0.1, "loss": loss, **tensors, **fields}
    return json.dumps(record, separators=(",", ":")) + "\n"


def write(path: Path, text: str | Iterable[str]) -> Path:
    path.write_text(text if isinstance(text, str) else "".join(text), "utf-8")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def read_through(log: RunLog) -> RunLog:
    while log.scanned < 1:
        log.refresh()
    return log


# -- what cannot be read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "is no event log of a run"),
        ('{"event":"run-started","version":"2.0"}\n', "of version 2.0, and this hltcore reads version 1: upgrade"),
        ('{"event":"run-started","version":"0.9"}\n', "record it anew"),
        ('{"event":"run-started","version":2}\n', "is no version"),
        ('{"event":"run-started","version":"1.0","model":3}\n', "is no event log"),
        ("\x00" * 100 + "\n", "is no event log"),
    ],
)
def test_no_event_log(text: str, said: str, path: Path) -> None:
    with pytest.raises(LogError, match=said):
        RunLog(write(path, text))
    write(path, "")
    with RunLog(path) as log:
        write(path, text)
        with pytest.raises(LogError, match=said):
            log.refresh()


def test_no_file(tmp_path: Path) -> None:
    for name in ("none.jsonl", ".", "a\0b"):
        with pytest.raises(LogError, match="cannot be read"):
            RunLog(os.path.join(tmp_path, name))


def test_a_later_version_that_adds_fields_and_events(path: Path) -> None:
    head = HEAD.replace('"1.0"', '"1.7"').replace("{", '{"colour":"blue",', 1)
    text = [head, line(0, colour=[1]), '{"event":"weather","is":"fine"}\n', line(1)]
    with RunLog(write(path, text)) as log:
        assert log.started is not None
        assert log.started.version == (1, 7)
        assert read_through(log).problems == ()
        assert log.steps == 2
    with pytest.raises(RecordingError, match="of version 2"):
        recording.loads('{"event":"run-started","version":"2.0","spec":"","features":[],"classes":[]}')
    assert recording.loads('{"event":"run-started","version":"1.7","spec":"a","features":[],"classes":[]}').spec == "a"


def test_lines_that_are_passed_over_are_told(path: Path) -> None:
    text = [HEAD, line(0), "{nonsense\n", "\n", line(2), line(1), line(3)[:-20] + "\n", line(4), HEAD, line(0), line(5)]
    with RunLog(write(path, text)) as log:
        read_through(log)
        told = {problem.line: problem.why for problem in log.problems}
        assert list(told) == [3, 6, 7, 9, 10]
        assert told[6] == "Step 1 comes after step 2."
        assert "Another run" in told[9]
        assert [step.step for k in range(6) if (step := log.at(k))] == [0, 0, 2, 2, 4, 5]
        assert all(why.isprintable() for why in told.values())


BOMB = "[" * 200_000
SHAPES = ["f4[2]:" + packed(1), "f4[999999999,999999999]:AAAA", "f4[999999999,0]:", "f4[-1]:", "f4[2]:!!!!", "f4[1e3]:"]


@pytest.mark.parametrize(
    "value",
    [
        *SHAPES,
        "f4[" + "1," * 40 + "1]:" + packed(1),
        "f8[1]:AAAAAAAAAAA=",
        [[1], [1, 2]],
        [[[]] * 3, 1],
        {"shape": [2]},
        {"shape": [10**30], "norm": 1},
        [None],
    ],
    ids=lambda value: repr(value)[:30],
)
def test_sizes_and_texts_are_not_believed(value: Any) -> None:
    text = line(0, updated={"w": value})
    with pytest.raises(RecordingError):
        read_line(text.encode())
    with RunLog(io.BytesIO((HEAD + text + line(1)).encode())) as log:
        while not log.complete:
            log.refresh()
        assert log.at(0) is None
        found = log.at(1)
        assert found is not None


@pytest.mark.parametrize(
    "text", [BOMB, '{"event":' + BOMB, '{"event":"step","step":' + "9" * 9999 + "}", '"\ud800"', "3"], ids=range(5)
)
def test_deep_and_long_json(text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    assert brief(raw) is None
    with pytest.raises(RecordingError) as raised:
        read_line(raw)
    assert len(str(raised.value)) < 200


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=300))
def test_no_bytes_do_harm(data: bytes) -> None:
    with RunLog(io.BytesIO(HEAD.encode() + line(0).encode() + data + b"\n" + line(1).encode())) as log:
        while not log.complete:
            log.refresh()
        first, last = log.at(0), log.at(1)
        assert (first and first.step, last and last.step) == (0, 1)


def test_two_runs_in_one_file_are_the_first_one(path: Path) -> None:
    text = [HEAD, *map(line, range(40)), HEAD, *(line(k, 9.0) for k in range(5))]
    with RunLog(write(path, text)) as log:
        read_through(log)
        assert (log.last, log.losses.last, log.problem_count) == (39, 39 / 2, 6)
        checkup = LogCheckup(log)
        while not checkup.done:
            checkup.advance(0.0)
        assert checkup.steps == 40
