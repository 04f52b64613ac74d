"""``--format notebook`` against the lecture's printed output, line by line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hltcore.__main__ import main

PRINTED = Path(__file__).parent / "printed"
END = "\n\n\n"
NUMBER = re.compile(r" ?-?\d+\.\d*")

RUNS = {
    "logistic-regression-and": "logistic-regression/and @0 W.weight[]=0.0005,-0.3515 W.bias[]=0.0929 @49e",
    "two-layer-and": (
        "two-layer/and @0 linear1.weight[]=0.2914,-0.8,-0.5314,-0.2553 linear1.bias[]=2.2821,-0.4541 "
        "linear2.weight[]=0.6646,-0.2972 linear2.bias[]=0.4498 @49e"
    ),
    "two-layer-xor": (
        "two-layer/xor updates=logistic-regression @0 linear1.weight[]=-0.7107,-0.9748,-0.5314,-0.2553 "
        "linear1.bias[]=1.681,-0.4541 linear2.weight[]=-0.6227,-0.2972 linear2.bias[]=0.7145 @49e"
    ),
}


def same(ours: str, printed: str, within: float = 2e-4) -> bool:
    """Whether two records have the same text, and the same numbers but for their last digits."""
    if NUMBER.sub("#", ours) != NUMBER.sub("#", printed):
        return False
    pairs = zip(NUMBER.findall(ours), NUMBER.findall(printed))
    return all(abs(float(mine) - float(theirs)) <= within + 1e-7 for mine, theirs in pairs)


@pytest.mark.parametrize("name", RUNS)
def test_the_lecture_printed_the_same(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *RUNS[name].split(), "--format", "notebook"]) == 0
    output = capsys.readouterr().out
    assert output.endswith(END)
    ours = output.removesuffix(END).split(END)
    printed = (PRINTED / f"{name}.txt").read_text(encoding="utf-8").removesuffix(END).split(END)
    assert len(ours) == 49 * 4
    assert same(ours[0], printed[0], within=6e-4)  # the first loss of two-layer magnifies the start's rounding 4-fold
    rest = iter(ours[1:])
    for record in printed[1:]:
        assert any(same(mine, record) for mine in rest), f"this record was not printed, or too early:\n{record}"


@pytest.mark.parametrize(
    ("spec", "prediction", "loss"),
    [
        ("logistic-regression/xor/difference", "SigmoidBackward", "[#], grad_fn=<SubBackward0>"),
        ("logistic-regression/xor/difference batch=2", "SigmoidBackward", "#, grad_fn=<SumBackward0>"),
        ("logistic-regression/xor/cross-entropy", "SigmoidBackward", "#, grad_fn=<BinaryCrossEntropyBackward>"),
        ("two-layer/xor/l1", "AddBackward0", "#, grad_fn=<L1LossBackward>"),
        ("two-layer/xor/cross-entropy", "AddBackward0", "#, grad_fn=<BinaryCrossEntropyWithLogitsBackward>"),
        ("two-layer/xor/l1 l2=0.1", "AddBackward0", "#, grad_fn=<AddBackward0>"),
        ("eight-layer/xor/mse batch=all", "AddmmBackward", "#, grad_fn=<MseLossBackward>"),
    ],
)
def test_names_of_gradient_functions(spec: str, prediction: str, loss: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", spec, "--format", "notebook", "--steps", "1"]) == 0
    output = NUMBER.sub("#", capsys.readouterr().out)
    assert f"grad_fn=<{prediction}>)\noutput: tensor(" in output
    assert output.endswith(f"\nloss: tensor({loss}) \n\n\n")
