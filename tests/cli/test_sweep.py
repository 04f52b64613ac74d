"""``python -m hltcore sweep``."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

import pytest

import hltcore
from hltcore.__main__ import main
from hltcore.sweeps import meter
from hltcore.sweeps.training import Shards

RUN = ["sweep", "two-layer/xor", "--epochs", "5"]


def printed(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> list[str]:
    assert main([*words]) == code
    out, err = capsys.readouterr()
    assert err == ""
    return list(out.splitlines())


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, *RUN, "--seeds", "200")
    (variant,) = hltcore.sweep("two-layer/xor", seeds=200, epochs=5)
    assert lines[:2] == ["-- two-layer/xor/mse/sgd", "200 seeds from 0, 5 epochs each"]
    assert lines[2].split() == ["solved", "95", "%", "interval", "5%", "25%", "50%", "75%", "95%", "dead"]
    low, high = variant.interval
    row = lines[3].split()
    assert row[:5] == [f"{100 * variant.share:.1f}", "%", f"{100 * low:.1f}", "to", f"{100 * high:.1f}"]
    assert row[6:11] == [f"{loss:.3g}" for loss in variant.losses()]
    text = "\n".join(lines)
    for word, outcome in (("best", variant.best), ("worst", variant.worst)):
        assert outcome is not None
        (line,) = [line for line in lines if line.startswith(word)]
        assert line.endswith(f": {variant.spec_of(outcome)}")
    assert f"solved  {variant.solved} of 200" in text
    assert all(len(line) <= 80 for line in lines)


def test_a_grid_has_a_row_for_each_of_its_settings(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, *RUN, "lr=0.1,0.2", "hidden=2,3", "frozen=linear1.weight[0,1]", "--seeds", "3")
    rows = [line for line in lines if line.startswith("lr=")]
    assert [row.split("  ")[0] for row in rows] == [f"lr={lr} hidden={n}" for lr in (0.1, 0.2) for n in (2, 3)]
    assert sum("frozen=linear1.weight[0,1]" in line for line in lines if line.startswith("best")) == 4


def test_csv_has_a_line_for_each_seed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "seeds.csv"
    printed(capsys, *RUN, "lr=0.1,0.2", "--seeds", "4", "--csv", str(path))
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    sweep = hltcore.sweep("two-layer/xor", seeds=4, epochs=5, lr=[0.1, 0.2])
    told = [(v, o) for v in sweep for o in v.outcomes]
    assert [row["spec"] for row in rows] == [str(v.spec_of(o)) for v, o in told]
    assert [float(row["loss"]) for row in rows] == [o.loss for _, o in told]
    assert [row["lr"] for row in rows] == ["0.1"] * 4 + ["0.2"] * 4
    trainer = hltcore.Trainer.from_spec(rows[5]["spec"], checks=False)
    assert sum(trainer.evaluate().losses) / 4 == pytest.approx(float(rows[5]["loss"]), rel=1e-6)


def test_ctrl_c_prints_what_is_done_and_the_file_goes_on_from_there(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state"
    words = [*RUN, "lr=0.1,0.2,0.3", "--seeds", "50"]
    train = Shards.train

    def interrupted(self: Shards, seeds: Any, after: Any) -> Any:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(1)
        return train(self, seeds, after)

    done: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(Shards, "train", interrupted)
        lines = printed(capsys, *words, "--resume", str(path), code=130)
    assert sum(line.startswith("lr=") for line in lines) == 2
    assert lines[-1] == "Stopped after 100 of 150 runs; the same command goes on from there."
    assert printed(capsys, *words, "--resume", str(path)) == printed(capsys, *words)
    done.extend([1, 1])
    monkeypatch.setattr(Shards, "train", interrupted)
    assert printed(capsys, *words, "--resume", str(path))[-1].startswith("worst")  # nothing is left to train


PLUGIN = """\
from hltcore import models

def build(inputs):
    import torch
    return torch.nn.Sequential(torch.nn.Linear(inputs, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1))

models.register("swept", build, summary="a net of somebody's own")
"""


@pytest.mark.slow
def test_processes_give_the_same_and_know_the_plugins(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    Path("swept.py").write_text(PLUGIN)
    words = ["sweep", "swept/xor", "--plugin", "swept.py", "--epochs", "2", "--seeds", "20"]
    there = printed(capsys, *words, "--processes", "1")
    assert there == printed(capsys, *words)
    assert there[1] == "20 seeds from 0, 2 epochs each"


@pytest.mark.parametrize("count", ["0", "-1", "two", "62"])
def test_a_number_of_processes_that_cannot_be(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*RUN, "--processes", count])
    assert "argument --processes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["two-lair/xor"], 'did you mean "two-layer"'),
        (["two-layer/xor", "@3e"], "leave out"),
        (["two-layer/xor", "lr=0.1,x"], "lr=x is not allowed"),
        (["two-layer/xor", "lr=0.1,0.2", "lr=0.3,0.4"], "given twice"),
        (["two-layer/xor", "seed=1,2"], "seed is not a setting to lay side by side"),
        (["two-layer/xor", "--seeds", "0"], "how many seeds"),
        (["two-lair/xor", "--processes", "2"], 'did you mean "two-layer"'),
        (["two-layer/xor", "--csv", "/nowhere/at/all"], "cannot be written"),
        (["two-layer/xor", "--resume", "/nowhere/at/all"], "cannot be used"),
        (["two-layer/xor\x1b[31m"], r"xor\x1b[31m"),
    ],
)
def test_refusals(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert main(["sweep", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "\x1b" not in err


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for stream, drawn in ((io.StringIO(), False), (_Tty(), True)):
        with meter.shown(1000, stream) as tell:
            tell(250.5)
            tell(1000)
        assert ("1000/1000" in stream.getvalue()) == drawn
    with meter.shown(10, None) as tell:
        tell(5)
