"""``python -m hltcore check``: findings as lines, and as the exit code."""

from __future__ import annotations

import pytest

from hltcore.__main__ import main


def test_findings_are_printed_with_what_to_try(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "eight-layer/language-id/difference", "--epochs", "2"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "step 0: linear-stack linear2 to linear8"
    assert lines[3] == "step 2: loss-below-zero cat"
    assert all(line.startswith("    ") for line in (*lines[1:3], *lines[4:6]))
    assert lines[-1] == "3 findings in 12 steps of eight-layer/language-id/difference/sgd @2e"


def test_a_healthy_run_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "logistic/and", "@3e"]) == 0
    assert capsys.readouterr().out == "0 findings in 12 steps of logistic-regression/and/mse/sgd @3e\n"


def test_bad_input_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "two-layre/xor"]) == 2
    assert "two-layer" in capsys.readouterr().err
