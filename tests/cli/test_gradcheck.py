"""``python -m hltcore gradcheck``: a table, what is wrong, and the exit code."""

from __future__ import annotations

import pytest

from hltcore import losses
from hltcore.__main__ import main


def test_right_gradients_are_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gradcheck", "two-layer/xor", "@2e"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:4] for line in lines[1:5]] == [
        ["linear1.weight", "4", "of", "4"],
        ["linear1.bias", "2", "of", "2"],
        ["linear2.weight", "2", "of", "2"],
        ["linear2.bias", "1", "of", "1"],
    ]
    assert lines[5:] == ["None of 4 gradients is wrong after step 8 of two-layer/xor/mse/sgd @2e"]


def test_a_wrong_gradient_and_a_kink_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    # The loss of a constant copy of ŷ: autograd sees none of it.
    losses.register("blind", lambda output: lambda p, y: ((p.detach() - y) ** 2).sum() + 0 * p.sum())
    try:
        assert main(["gradcheck", "logistic/or/blind"]) == 1
    finally:
        losses.registry.remove("blind")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith("WRONG")
    assert lines[3].startswith("W.weight: wrong at 2 of 2, most at [0,")
    assert ": 0 by autograd, " in lines[3]
    assert lines[-1] == "2 of 2 gradients are wrong after step 0 of logistic-regression/or/blind/sgd: W.weight, W.bias"
    assert main(["gradcheck", "two-layer/xor/cross-entropy init=xavier"]) == 0
    assert "linear1.bias: not compared at [" in capsys.readouterr().out


@pytest.mark.parametrize("spec", ["two-layre/xor", "two-layer/language-id batch=all lr=90 @60"])
def test_bad_input_exits_with_2(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gradcheck", spec]) == 2
    assert capsys.readouterr().err.startswith("hltcore: ")
