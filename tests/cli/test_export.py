"""``python -m hltcore export``: what it writes, where, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import nbformat
import pytest

from hltcore import Trainer, datasets, recording
from hltcore.__main__ import main
from hltcore.packing import float32
from tests.core.scripts import ran


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(words) == code
    captured = capsys.readouterr()
    return captured.err if code else captured.out


@pytest.mark.parametrize(
    "words", [["two-layer/xor", "@2e", "loss=l1", "@3e+1"], ["logistic/word-list", "--steps", "3"]]
)
def test_a_notebook_is_one_and_does_what_the_script_does(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said(capsys, "export", *words, "--format", "notebook", "--out", "run.ipynb")
    read = nbformat.read("run.ipynb", as_version=4)
    nbformat.validate(read)
    assert read.cells[0].cell_type == "markdown"
    assert len([cell for cell in read.cells if cell.cell_type == "code"]) >= 7
    assert any("(ŷ − y)²" in cell.source for cell in read.cells if cell.cell_type == "markdown")
    said(capsys, "export", *words, "--out", "run.py", "--force")
    script = Path("run.py").read_text(encoding="utf-8")
    cells = "\n".join(cell.source for cell in read.cells if cell.cell_type == "code")
    assert ran(cells, tmp_path / "none") == ran(script, tmp_path / "run.py")


def test_prose_of_a_notebook_is_never_markup(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(said(capsys, "export", "logistic/language-id-one-hot", "--format", "notebook"))
    text = "".join("".join(cell["source"]) for cell in told["cells"] if cell["cell_type"] == "markdown")
    assert r"language\-id\-one\-hot" in text


def test_the_table_has_every_step_to_the_bit(capsys: pytest.CaptureFixture[str]) -> None:
    line = "two-layer/language-id lr=0.01 batch=4 @3 dataset=and @5"
    rows = list(csv.DictReader(io.StringIO(said(capsys, "export", *line.split(), "--format", "csv"))))
    trainer = Trainer.from_spec(line)
    trainer.seek(0)
    events = []
    while trainer.steps < 5:
        events.append(trainer.step())
    expected = [(e, *told) for e in events for told in zip(e.batch.rows, e.batch.labels, e.batch.xs, e.predictions)]
    assert len(rows) == len(expected) == 4 + 2 + 4 + 4 + 4
    for row, (event, place, label, xs, prediction) in zip(rows, expected):
        assert (row["step"], row["epoch"], row["example"]) == (str(event.step), str(event.epoch), str(place))
        assert row["label"] == label
        assert float32(float(row["prediction"])) == prediction
        assert float32(float(row["loss"])) == event.loss
        names = ("length", "first") if event.step < 3 else ("first", "length")
        assert float(row[names[0]]) == xs[1 if event.step < 3 else 0]
        assert row[names[1]] == ""
    assert [row["edit"] for row in rows if row["step"] == "3"] == ["dataset=and"] * 4


def test_events_are_those_of_train_and_can_be_read_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ("two-layer/circles", "size=10", "@1e", "lr=0.2", "@2e")
    told = said(capsys, "export", *words, "--format", "jsonl")
    assert told == said(capsys, "train", *words, "--format", "jsonl")
    out = tmp_path / "run.jsonl"
    assert said(capsys, "export", *words, "--format", "jsonl", "--out", str(out)) == f"Wrote {out}\n"
    assert out.read_text(encoding="utf-8") == told
    assert len(list(recording.read(told.splitlines()))) == 1 + 14 + 1 + 2


def test_labels_that_steer_a_terminal_do_not(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b[31mred\n\x9b"
    data = datasets.Dataset("steering", (hostile,), (hostile, "b"), ((0.0,), (1.0,)), (0.0, 1.0), (hostile, "b"))
    datasets.register("steering", lambda: data)
    try:
        for form in ("script", "notebook", "csv", "jsonl"):
            told = said(capsys, "export", "logistic/steering", "--steps", "1", "--format", form)
            assert all(character.isprintable() or character == "\n" for character in told)
    finally:
        datasets.registry.remove("steering")


def test_a_file_is_not_replaced_unless_asked_to(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "run.py"
    out.write_text("mine")
    words = ("export", "two-layer/xor", "--out", str(out))
    assert f'There is a file "{out}" already' in said(capsys, *words, code=2)
    assert out.read_text() == "mine"
    said(capsys, *words, "--force")
    assert out.read_text(encoding="utf-8").startswith("# Train two-layer on xor")
    beside = tmp_path / "words-data.csv"
    beside.write_text("mine")
    said(capsys, "export", "logistic/word-list", "--out", str(tmp_path / "words.py"), code=2)
    assert beside.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.py", "words-data.csv"]


def test_a_run_that_breaks_leaves_no_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ("logistic/and/cross-entropy", "lr=3e38", "weight_decay=10", "@9e")
    for form in ("jsonl", "csv", "svg", "state_dict"):
        said(capsys, "export", *words, "--format", form, "--out", str(tmp_path / "run"), code=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["logistic/word-list"], "has 450 examples of 2 numbers, too many for the script itself: say --out FILE"),
        (["two-layer/xor", "--format", "png"], "A png file is no text for a terminal: say --out FILE."),
        (["two-layer/xor", "--format", "state_dict"], "is no text for a terminal"),
        (["two-layer/xor", "--out", "/no/such/directory/run.py"], "there is no directory"),
        (["two-layer/xor", "--out", "/"], "it is a directory"),
        (["two-layer/xor", "frozen=W.weight"], "The model has no parameter"),
        (["two-layer/xor", "@3", "linear1.weight[5,5]=1", "@4"], "no number at [5, 5]"),
        (["two-layer/xor", "batch=9"], "has 4 examples"),
        (["two-layer/xor", "@3", "loss=l1", "@2"], "lies before"),
        (["two-layer/xor", "@1e+9"], "an epoch has 4 steps"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    told = said(capsys, "export", *words, code=2)
    assert why in told
    assert told.count("\n") == 1


def test_a_plot_is_the_same_each_time_and_shows_what_is_held_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("export", "two-layer/circles", "size=20", "@2e", "loss=l1", "@4e", "--format")
    first = said(capsys, *words, "svg")
    assert first == said(capsys, *words, "svg")
    for text in ("loss of each step", "held out, at the end of the epoch", "trained on, at the end of the epoch"):
        assert text in first
    out = tmp_path / "loss.png"
    said(capsys, *words, "png", "--out", str(out))
    assert out.read_bytes().startswith(b"\x89PNG\r\n")
    assert "mean over the epoch" in said(capsys, "export", "eight-layer/xor/difference", "lr=1", "--format", "svg")


@pytest.mark.parametrize(
    ("module", "form", "extra"),
    [("matplotlib.figure", "svg", "plots"), ("safetensors.torch", "safetensors", "weights")],
)
def test_what_is_missing_is_named_before_the_run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    module: str,
    form: str,
    extra: str,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    words = ("export", "two-layer/xor", "@999999999", "--format", form, "--out", str(tmp_path / "out"))
    assert f"pip install 'hlt-tui[{extra}]'" in said(capsys, *words, code=2)
