# ruff: noqa: E501 - sentences as they are read
"""Runs on a file of one's own: the line that opens it again, targets that are numbers, and very many rows."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from hltcore import Dataset, RunSpec, Trainer, compare, datasets, recording
from hltcore.conditions import parse_condition
from hltcore.contenders import best
from hltcore.errors import ConditionError, DataError, HltError, OptionError, TargetError
from hltcore.sequences import Rows
from tests.core.test_export_script import check

WORDS = "word,language\n" + "".join(
    f"{w},{k}\n" for w, k in (("gatos", "es"), ("cat", "en"), ("hola", "es"), ("at", "en"))
)
NUMBERS = "area,rooms,price\n" + "".join(f"{a},{a % 7},{2.5 * a + 3}\n" for a in range(30, 70))


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "my words.csv"
    path.write_text(WORDS)
    return path


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("numbers") / "houses.csv"
    path.write_text(NUMBERS)
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many") / "many.csv"
    draw = random.Random(0).random
    points = ((round(draw() - 0.5, 3), round(draw() - 0.5, 3)) for _ in range(12_000))
    path.write_text("x,y,side\n" + "".join(f"{x},{y},{'up' if x + y > 0 else 'down'}\n" for x, y in points))
    return path


def test_it_trains_as_any_data_do(words: Path) -> None:
    mine = Trainer("two-layer", **datasets.from_file(words))
    xs, ys = ((0.4, 5.0), (1 / 3, 3.0), (0.5, 4.0), (0.5, 2.0)), (1.0, 0.0, 1.0, 0.0)
    same = Dataset("same", ("a", "b"), ("1", "2", "3", "4"), xs, ys)
    datasets.register("same-words", lambda: same)
    try:
        its = Trainer("two-layer", "same-words")
        events = [[event.updated for event in trainer.run(epochs=3)] for trainer in (mine, its)]
    finally:
        datasets.registry.remove("same-words")
    assert events[0] == events[1]


def test_its_line_leads_back_from_any_folder(words: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    trainer = Trainer(dataset="file", path="my%20words.csv", features="word:letters", l2=0.1)
    for _ in trainer.run(steps=5):
        pass
    trainer.switch(scale="standard", lr=0.5)
    trainer.step()
    line = str(trainer.spec)
    assert f"path={tmp_path}/my%20words.csv" in line
    assert "digest=" in line, "found out where nobody said"
    monkeypatch.chdir("/")
    again = Trainer.from_spec(line)
    assert str(again.spec) == line
    assert again.parameters == trainer.parameters
    assert again.dataset == trainer.dataset


@pytest.mark.parametrize(
    "name", ["100% a+b:c.csv", "niño @2e.csv", "tab\tline\nend.csv", "x=1 'y' \"z\".csv", "\u202ebidi.csv"]
)
def test_any_name_of_a_file_and_of_a_column_goes_into_a_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    column = name.removesuffix(".csv")
    path.write_text(
        '"{}","{} ",y\na,1.5,no\nb,2.5,yes\n'.format(column.replace('"', '""'), column.replace('"', '""') + "2")
    )
    chosen = datasets.from_file(path, features=[column + "2"], text=[f"{column}:letters"], target="y")
    line = str(RunSpec().changed(**chosen))
    assert line.isprintable()
    assert RunSpec.parse(line) == RunSpec().changed(**chosen)
    assert Trainer.from_spec(line).dataset.features[0] == column + "2"


def test_a_file_that_changed_or_is_gone_is_refused_and_a_run_that_has_it_goes_on(words: Path) -> None:
    trainer = Trainer(**datasets.from_file(words))
    line = str(trainer.spec)
    trainer.switch(lr=0.3)
    trainer.step()
    words.write_text(WORDS.replace("cat", "dog"))
    trainer.seek(0)
    trainer.switch(loss="l1")
    trainer.step()
    datasets.from_file(words)
    words.unlink()
    forget()
    with pytest.raises(DataError, match="cannot be read: there is no such file"):
        Trainer.from_spec(line)
    words.write_text(WORDS.replace("cat", "cow"))
    with pytest.raises(
        DataError, match=r"has changed since this run was made: its digest is [0-9a-f]{16}, and the run was made with"
    ):
        Trainer.from_spec(line)
    words.write_text(WORDS)
    Trainer.from_spec(line)


def test_a_switch_to_another_file_is_written_with_its_digest(words: Path, numbers: Path) -> None:
    trainer = Trainer("two-layer", **datasets.from_file(words))
    trainer.step()
    trainer.switch(path=str(numbers))
    trainer.step()
    trainer.switch(dataset="xor")
    trainer.switch(dataset="file", path=str(words).replace(" ", "%20"))
    trainer.step()
    line = str(trainer.spec)
    assert line.count("digest=") == 3
    again = Trainer.from_spec(line)
    assert again.parameters == trainer.parameters
    assert str(again.spec) == line


def forget() -> None:
    """Have what was read forgotten, as in another process."""
    from hltcore import table_file

    table_file._table.cache_clear()
    table_file._dataset.cache_clear()


def test_without_a_file_there_is_none() -> None:
    with pytest.raises(OptionError, match="The data set file needs a file: --data"):
        Trainer(dataset="file")
    with pytest.raises(OptionError, match="digest=hello is not allowed"):
        Trainer(dataset="file", path="x.csv", digest="hello")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"model": "logistic-regression"}, 'The model logistic-regression gives probabilities from 0 to 1, and the targets of "houses.csv" are numbers from 78 to 175.5: use model=linear-regression or model=two-layer.'),
        ({"model": "two-layer", "loss": "cross-entropy"}, 'The loss cross-entropy compares with one of two classes, and the targets of "houses.csv" are numbers: use loss=mse or loss=l1.'),
        ({"model": "embedding"}, 'The model embedding gives probabilities from 0 to 1'),
    ],
)  # fmt: skip
def test_what_is_for_classes_is_refused_for_numbers(numbers: Path, settings: dict[str, str], sentence: str) -> None:
    with pytest.raises(TargetError) as refused:
        Trainer(**settings, **datasets.from_file(numbers))
    assert str(refused.value).startswith(sentence)


def test_numbers_are_never_right_or_wrong(numbers: Path) -> None:
    trainer = Trainer("linear-regression", **datasets.from_file(numbers, held_out=0.25, scale="with-target"))
    for _ in trainer.run(epochs=12):
        pass
    assert trainer.started.classes == ()
    seen = trainer.evaluate()
    assert seen.threshold is None
    assert {seen.says(row) for row in range(30)} == {None}
    score = trainer.epochs[-1].held_out
    assert (score.right, score.count) == (None, 10)
    assert score.loss < 1e-3
    assert score.accuracy != score.accuracy
    assert recording.loads(recording.dumps(trainer.epochs[-1])) == trainer.epochs[-1]
    assert trainer.surface(4, 3).threshold is None
    for words in ("all-right", "crosses"):
        with pytest.raises(ConditionError, match="are numbers, and no prediction is right"):
            parse_condition(words).watch(trainer)
    skipped = {item.check for item in trainer.unchecked if item.why == "The targets are numbers, not classes."}
    assert skipped == {"contradicting-examples", "not-separable", "plateau", "step-too-large", "step-too-small"}
    assert trainer.findings == (), "a run that has learned is healthy"


def test_its_script_prints_the_same_numbers(numbers: Path, tmp_path: Path) -> None:
    chosen = datasets.from_file(numbers, held_out=0.25, scale="with-target")
    check(str(RunSpec(model="linear-regression").changed(**chosen)), tmp_path, steps=9)


def test_large_numbers_diverge_and_the_finding_says_so(numbers: Path) -> None:
    trainer = Trainer("linear-regression", **datasets.from_file(numbers))
    with suppress(HltError):
        for _ in trainer.run(epochs=3):
            pass
    assert "not-finite" in {finding.check for finding in trainer.findings}


def test_features_are_compared(words: Path, numbers: Path) -> None:
    *_, rows = compare(RunSpec().changed(**datasets.from_file(words, held_out=0.25), lr=0.01), epochs=1)
    assert [row.features for row in rows][:3] == ["word:share+word:length", "word:share", "word:length"]
    assert {"word:letters", "word:one-hot"} <= {row.features for row in rows}
    assert not any(row.refusal for row in rows)
    spec = RunSpec(model="linear-regression").changed(**datasets.from_file(numbers, held_out=0.25, scale="with-target"))
    *_, rows = compare(spec, epochs=3)
    assert [row.features for row in rows] == ["area+rooms", "area", "rooms"]
    first = best(rows)
    assert first is not None
    assert first.held_out is not None
    assert first.held_out.loss == min(row.held_out.loss for row in rows if row.held_out)


def test_very_many_rows_are_packed_shown_in_part_and_trained_whole(many: Path) -> None:
    trainer = Trainer("two-layer", **datasets.from_file(many), batch=1000, lr=0.001)
    data = trainer.dataset
    assert isinstance(data.xs, Rows)
    assert (len(data), trainer.steps_per_epoch) == (12_000, 12)
    excerpt = data.excerpt
    assert (len(excerpt), excerpt.whole, excerpt.rows[:3]) == (1000, 12_000, (0, 12, 24))
    assert excerpt.xs[1] == data.xs[12]
    assert excerpt.places_of((0, 1, 24)) == (0, 2)
    seen = [row for event in trainer.run(epochs=1) for row in event.batch.rows]
    assert seen == list(range(12_000))
    some, all_of_them = trainer.evaluate(rows=excerpt.rows), trainer.evaluate()
    assert some.predictions == pytest.approx([all_of_them.predictions[row] for row in excerpt.rows], abs=1e-6)


@pytest.mark.parametrize(
    "settings", [{}, {"batch": "7"}, {"batch": "all"}, {"shuffle": True}, {"batch": "5000", "shuffle": True}]
)
def test_rows_that_are_made_as_they_come_are_those_that_are_kept(
    many: Path, settings: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def steps() -> list[object]:
        trainer = Trainer("two-layer", **datasets.from_file(many), **settings)  # type: ignore[arg-type]
        events = [next(trainer.run(steps=1)) for _ in range(4)]
        return [(tuple(e.batch.rows), tuple(e.batch.xs), tuple(e.batch.targets), e.updated) for e in events]

    made = steps()
    monkeypatch.setattr("hltcore.feed._KEPT", 100_000)
    assert steps() == made


def test_checks_look_at_an_excerpt_and_say_so(many: Path) -> None:
    trainer = Trainer("two-layer", **datasets.from_file(many), batch=6000, init="zeros", lr=1e-6)
    for _ in trainer.run(epochs=8):
        pass
    told = [finding.told for finding in trainer.findings if finding.check == "constant-output"]
    assert told
    assert told[0].startswith("All 1000 predictions lie between")
    assert told[0].endswith(" Looked at: 1,000 of 12,000 examples.")
