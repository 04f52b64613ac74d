"""--split: a share of the examples held out, wherever a spec is given."""

from __future__ import annotations

import pytest

from hltcore import RunSpec
from hltcore.__main__ import main
from hltcore.errors import OptionError
from hltcore.file_arguments import held_out
from tui.__main__ import main as open_app

REFUSAL = (
    '"xor" holds out no examples: these data sets can: '
    "word-list, gaussians, circles, moons, xor-clouds, spiral, file."
)  # fmt: skip


def test_it_is_the_data_sets_option() -> None:
    spec = RunSpec.parse("logistic/moons size=40 held_out=0.1 @2e lr=0.5 @3e")
    assert str(spec.split("0.5")) == "logistic-regression/moons/mse/sgd held_out=0.5 size=40 @2e lr=0.5 @3e"
    assert spec.split(0.3).options_of("dataset")["held_out"] == 0.3
    for wrong in ("half", "1", "-0.1"):
        with pytest.raises(OptionError, match=f"^held_out={wrong} is not allowed"):
            spec.split(wrong)


@pytest.mark.parametrize(
    ("said", "share"), [("25%", 0.25), ("33.3%", 0.333), (" 7 % ", 0.07), ("0%", 0.0), (".5", 0.5), ("1e-1", 0.1)]
)
def test_a_share_may_be_said_in_percent(said: str, share: float) -> None:
    assert held_out(RunSpec.parse("logistic/moons"), said).options_of("dataset")["held_out"] == share


@pytest.mark.parametrize(
    "said", ["half", "", "%", "100%", "-5%", "1", "nan", "inf", "1e999%", "5%%", "20x", "snan", "1e9999999%"]
)
def test_what_is_no_share_is_refused_in_the_options_own_words(said: str) -> None:
    with pytest.raises(
        OptionError, match=r"^--split .* is not allowed: it is a share of the examples, from 0 to less"
    ) as told:
        held_out(RunSpec.parse("logistic/moons"), said)
    assert "held_out" not in str(told.value)


def test_a_whole_number_was_probably_meant_in_percent() -> None:
    with pytest.raises(OptionError, match=r"such as 0\.25 or 25%\. Did you mean 20%\?$"):
        held_out(RunSpec.parse("logistic/moons"), "20")


def test_it_holds_examples_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "logistic/word-list", "--split", "0.5", "size=20", "--epochs", "2"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "-- logistic-regression/word-list/mse/sgd held_out=0.5 size=20"
    assert sum(line[:8].strip().isdigit() for line in out) == 2 * 10
    assert main(["check", "logistic/word-list", "features=word", "size=20", "--split", "0", "--epochs", "1"]) == 0
    assert "in 20 steps of" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["train", "check"])
def test_a_data_set_that_holds_none_out_refuses(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "two-layer/xor", "--split", "0.2"]) == 2
    assert capsys.readouterr().err == f"hltcore: {REFUSAL}\n"


def test_the_app_takes_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert open_app(["two-layer/xor", "--split", "0.2"]) == 2
    assert capsys.readouterr().err == f"hlt-tui: {REFUSAL}\n"
    assert open_app(["two-layer/moons", "--split", "0.2"]) == 2, "there is no terminal here"
    assert "'two-layer/moons/mse/sgd held_out=0.2'" in capsys.readouterr().err
    assert open_app(["--resume", "--split", "0.2"]) == 2
    assert "--resume takes a session" in capsys.readouterr().err
