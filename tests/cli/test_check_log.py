"""``python -m hltcore check run.jsonl``: findings in a log, with what was passed over."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from hltcore import Trainer, recording
from hltcore.__main__ import main


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "run.jsonl"
    trainer = Trainer("two-layer", "xor", lr=2)
    with path.open("w") as file:
        recording.write([trainer.started, *trainer.run(epochs=12)], file)
    return path


def test_findings_in_a_log(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(log)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "step 16: diverging"
    assert lines[-1] == f"5 findings in 48 steps of {log}"
    assert any(line.startswith("not checked: contradicting-examples, ") for line in lines)


def test_a_log_on_standard_input_with_a_bad_line(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = log.read_bytes().replace(b"\n", b"\n{\x1b[31m\n", 1)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["check", "-"]) == 1
    out = capsys.readouterr().out
    assert "line 2 is passed over: It is no line of an event log (it is not JSON)." in out
    assert out.endswith("5 findings in 48 steps of -\n")


def test_what_cannot_be_checked(tmp_path: Path, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "data.csv"
    other.write_text("a,b\n")
    for words in (
        [str(other)],
        [str(tmp_path / "none.jsonl")],
        [str(log), "--epochs", "3"],
        ["--split", "0.5", str(log)],
    ):
        assert main(["check", *words]) == 2
    err = capsys.readouterr().err.splitlines()
    assert [line.partition(" is no event")[1] for line in err[:1]] == [" is no event"]
    assert "cannot be read: No such file" in err[1]
    assert len(err) == 4
