"""``python -m hltcore train`` in this process: what it prints."""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Callable

import pytest

import hltcore
from hltcore import datasets, printing, recording
from hltcore.__main__ import main
from hltcore.events import Edited, PhaseEvent, RunStarted, StepEvent

Train = Callable[..., list[str]]


@pytest.fixture
def train(capsys: pytest.CaptureFixture[str]) -> Train:
    def call(*words: str, code: int = 0) -> list[str]:
        assert main(["train", *words]) == code
        return capsys.readouterr().out.splitlines()

    return call


def rows(lines: list[str]) -> list[list[str]]:
    return [line.split() for line in lines if line[:8].strip().isdigit()]


def test_a_run_has_the_lectures_49_passes(train: Train) -> None:
    assert len(rows(train("logistic-regression/and"))) == 49 * 4


def test_rows_say_what_the_events_say(train: Train) -> None:
    printed = rows(train("two-layer/language-id", "seed=3", "--epochs", "2"))
    events = list(hltcore.Trainer("two-layer", "language-id", seed=3).run(epochs=2))
    assert [row[:2] for row in printed] == [[str(event.step), str(event.epoch)] for event in events]
    assert [row[2] for row in printed] == [event.batch.labels[0] for event in events]
    assert [tuple(map(float, row[3:6])) for row in printed] == [(*event.x, event.target) for event in events]
    assert [row[6:] for row in printed] == [[f"{event.prediction:.6f}", f"{event.loss:.6f}"] for event in events]


def test_columns_never_move(train: Train) -> None:
    lines = train("eight-layer/language-id/difference", "--steps", "400")
    assert any("inf" in line or "nan" in line for line in lines), "the signed difference runs away"
    assert any("e+" in line for line in lines)
    assert len({len(line) for line in lines[1:]}) == 1


@pytest.mark.parametrize("value", [0.0, -0.0, 1e-30, -999.9, 999.95, -3.4e38, math.inf, -math.inf, math.nan, 0.5])
def test_numbers_have_one_width(value: float) -> None:
    assert len(printing.number(value)) == 11
    assert float(printing.number(value)) == pytest.approx(value, rel=1e-3, nan_ok=True)


def test_an_edit_has_a_line_of_its_own(train: Train) -> None:
    lines = train("two-layer/xor @1e loss=l1 @6 dataset=language-id @2e+1 linear2.bias[0]=0.5", "--steps", "1")
    assert [line for line in lines if line.startswith("--")] == [
        "-- two-layer/xor/mse/sgd",
        "-- before step 4: loss=l1",
        "-- before step 6: dataset=language-id",
        "-- before step 7: linear2.bias[0]=0.5",
    ]
    assert sum("example" in line for line in lines) == 2, "the header comes again where the columns change"


def test_steps_and_epochs_go_on_from_the_point(train: Train) -> None:
    assert [row[0] for row in rows(train("two-layer/xor", "@1e", "--steps", "2"))] == list("012345")
    assert [row[0] for row in rows(train("two-layer/xor", "@1e+2", "--epochs", "1"))] == list("01234567")
    assert rows(train("two-layer/xor", "@0")) == []


def test_words_of_the_spec_may_stand_behind_options(train: Train) -> None:
    assert train("two-layer/xor", "--steps", "3", "seed=4") == train("two-layer/xor", "seed=4", "--steps", "3")


def test_a_point_inside_a_step_shows_its_phases(train: Train) -> None:
    assert train("two-layer/xor", "@1e:loss")[-2:] == ["-- in step 4: forward done", "-- in step 4: loss done"]


def test_a_batch_has_a_row_for_each_example(train: Train) -> None:
    lines = train("two-layer/xor", "batch=all", "--steps", "2")
    assert len(lines) == 2 + 2 * 4
    assert len(rows(lines)) == 2
    assert rows(lines)[1][-1] == f"{list(hltcore.Trainer('two-layer', 'xor', batch='all').run(steps=2))[1].loss:.6f}"


def test_jsonl_reads_back_as_the_events(train: Train) -> None:
    spec = "two-layer/xor @3 loss=l1 @2e:backward"
    events = list(recording.read(train(spec, "--format", "jsonl")))
    kinds = [RunStarted, *[StepEvent] * 3, Edited, *[StepEvent] * 5, *[PhaseEvent] * 4]
    assert [type(event) for event in events] == kinds
    assert events[0].spec == "two-layer/xor/mse/sgd"
    assert events[4] == Edited(3, "loss=l1", "two-layer/xor/mse/sgd @0e+3 loss=l1")
    trainer = hltcore.Trainer.from_spec(events[4].spec)
    assert events[5:10] == list(trainer.run(steps=5))
    assert events[-1].gradients == trainer_at("two-layer/xor @3 loss=l1 @2e:zero-grad").phase().gradients


def trainer_at(spec: str) -> hltcore.Trainer:
    return hltcore.Trainer.from_spec(spec)


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> str:
    labels = ("a\x1b[31mred", "b\x9b31m\x7f", "c\u202eñ語\r\n", "d" * 90)
    xor = datasets.registry.get("xor").factory()
    data = datasets.Dataset("hostile", xor.features, labels, xor.xs, xor.targets)
    entry = datasets.DatasetEntry("hostile", lambda: data, summary="bad\x1b]0;title\x07")
    monkeypatch.setitem(datasets.registry._entries, "hostile", entry)
    return "two-layer/hostile"


@pytest.mark.parametrize("format", ["table", "jsonl", "notebook"])
def test_data_cannot_steer_the_terminal(
    hostile: str, format: str, train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = train(hostile, "--steps", "4", "--format", format)
    main(["list", "datasets"])
    for line in [*lines, *capsys.readouterr().out.splitlines()]:
        assert not [c for c in line if ord(c) < 32 or 127 <= ord(c) < 160], repr(line)
    if format == "table":
        assert len(set(map(printing._width, lines[1:]))) == 1, "wide characters count twice"
    if format == "jsonl":
        assert next(recording.read(lines[1:])).batch.labels[0] == "a\x1b[31mred"


@pytest.mark.parametrize("format", ["table", "jsonl", "notebook"])
def test_an_ascii_terminal_is_enough(hostile: str, format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="ascii"))
    assert main(["train", hostile, "--steps", "4", "--format", format]) == 0
    text = out.getvalue()
    if format == "jsonl":
        assert text.isascii()
        assert any("語" in label for line in text.splitlines()[1:] for label in json.loads(line)["labels"])
    else:
        assert text.isascii()


def test_a_step_that_cannot_be_computed_ends_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["train", "logistic-regression/xor/cross-entropy", "@3", "W.bias[0]=3e38", "W.weight[]=3e38,3e38"])
    assert code == 2
    assert capsys.readouterr().err.startswith("hltcore: ")
