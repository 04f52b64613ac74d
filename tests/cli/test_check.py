"""``python -m hltcore check``: findings as lines, and as the exit code."""

from __future__ import annotations

import pytest

from hltcore import diagnostics
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
    count = len(diagnostics.CHECKS)
    assert capsys.readouterr().out.splitlines() == [
        f"{count} of {count} checks looked",
        "0 findings in 12 steps of logistic-regression/and/mse/sgd @3e",
    ]


def test_checks_that_did_not_look_are_named_with_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "logistic/and", "--epochs", "0"]) == 0
    not_yet, no_epoch, looked, _ = capsys.readouterr().out.splitlines()
    at = {when: [c.name for c in diagnostics.CHECKS if c.when == when] for when in ("start", "odd-step", "epoch")}
    assert not_yet == f"not checked: {', '.join(at['odd-step'])}: No step is complete yet."
    assert no_epoch == f"not checked: {', '.join(at['epoch'])}: No epoch is complete yet."
    assert looked == f"{len(at['start'])} of {len(diagnostics.CHECKS)} checks looked"


def test_bad_input_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "two-layre/xor"]) == 2
    assert "two-layer" in capsys.readouterr().err
