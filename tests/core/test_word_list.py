"""The word list: its files, its fixed order, what a model sees of a word, and that there is something to learn."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import unicodedata
import zipfile
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore import Dataset, Trainer, datasets
from hltcore.errors import HltError
from hltcore.features import ALPHABET
from hltcore.word_list import SIZE

COUNTS = ("last", "letters", "pairs", "word")


def made(**options: Any) -> Dataset:
    entry = datasets.registry.get("spanish-english")
    data: Dataset = entry.factory(**entry.complete(options))
    return data


def rows(data: Dataset | None) -> list[tuple[str, float]]:
    return list(zip(data.labels, data.targets)) if data else []


def words(language: str) -> list[str]:
    text = resources.files("hltcore").joinpath("words", f"{language}.txt").read_text(encoding="utf-8")
    return text.split("\n")[:-1]


def without_accents(word: str) -> str:
    return "".join(c if c == "ñ" else unicodedata.normalize("NFD", c)[0] for c in word)


@pytest.mark.parametrize("language", ["spanish", "english"])
def test_the_files_are_clean(language: str) -> None:
    listed = words(language)
    assert len(listed) == len(set(map(without_accents, listed))) == SIZE // 2
    assert listed == sorted(listed, key=without_accents)
    for word in listed:
        assert word.isalpha(), word
        assert word == unicodedata.normalize("NFC", word).lower(), word
        assert set(without_accents(word)) <= set(ALPHABET), word
        assert language == "spanish" or word.isascii(), word


def test_no_word_is_in_both_languages() -> None:
    assert not set(map(without_accents, words("spanish"))) & set(map(without_accents, words("english")))
    known = "no actor animal hotel once sin pan red son come sea van me he has real local idea radio"
    assert not set(known.split()) & {*words("spanish"), *words("english")}


def test_the_order_is_the_same_on_every_machine_and_the_languages_take_turns() -> None:
    data = made()
    told = repr([*rows(data.held_out), *rows(data)])
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == "dbe435d9ac73879b"
    assert (len(data), len(rows(data.held_out))) == (450, 150)
    assert all(a != b for a, b in zip(data.targets, data.targets[1:]))


@given(
    size=st.integers(4, SIZE),
    more=st.integers(0, SIZE),
    share=st.floats(0, 0.9, exclude_max=True),
    further=st.floats(0, 0.9),
)
def test_what_is_held_out_stays_held_out(size: int, more: int, share: float, further: float) -> None:
    def held(size: int, share: float) -> list[tuple[str, float]]:
        try:
            data = made(size=size, held_out=share)
        except HltError:
            return []
        assert len(data) + len(rows(data.held_out)) == size
        for part in (rows(data), rows(data.held_out)):
            spanish = sum(target == 0 for _, target in part)
            assert abs(2 * spanish - len(part)) <= 1
        assert not set(rows(data)) & set(rows(data.held_out))
        return rows(data.held_out)

    few, many = held(size, share), held(min(size + more, SIZE), min(share + further, 0.9))
    assert many[: len(few)] == few or not many


def test_each_feature() -> None:
    def seen(word: str, features: str) -> dict[str, float]:
        data = made(features=features)
        assert data.encode_text is not None
        return {name: value for name, value in zip(data.features, data.encode_text(word)) if value}

    assert seen("gata", "share+length") == {"share of a and o": 0.5, "length / 10": 0.4}
    assert seen("Ángela", "letters") == {"a": 2, "n": 1, "g": 1, "e": 1, "l": 1}
    assert seen("niño", "last+letters") == {"-o": 1, "n": 1, "i": 1, "ñ": 1, "o": 1}
    assert seen("él", "pairs") == {"el": 1}
    assert seen("mamá", "pairs") == {"ma": 2, "am": 1}
    trained, held = made(features="word"), made(features="word").held_out
    assert held is not None
    assert trained.features == trained.labels
    assert [sum(x) for x in trained.xs] == [1] * len(trained)
    assert seen(trained.labels[3].upper(), "word") == {trained.labels[3]: 1}
    assert not any(map(any, held.xs)), "a new word has no column"
    assert seen(unicodedata.normalize("NFD", "ratón"), "pairs") == seen("raton", "pairs")


@pytest.mark.parametrize("features", ["share+length", "word+last", "pairs+share", "+".join(("share", *COUNTS))])
def test_rows_are_encoded_as_any_word_is(features: str) -> None:
    data = made(features=features, size=80)
    assert data.encode_text is not None
    assert data.held_out is not None
    assert tuple(map(data.encode_text, data.labels)) == data.xs
    assert tuple(map(data.encode_text, data.held_out.labels)) == data.held_out.xs
    assert data.counts == all(name in COUNTS for name in features.split("+"))
    assert data.has_plane == (features == "share+length")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"held_out": 0.9, "size": 10}, "held_out=0.9 is not allowed with 10 words: both languages must be left"),
        ({"size": 601}, "size=601 is not allowed: it must be at least 4 and at most 600."),
        ({"features": "lenght"}, 'features=lenght is not allowed: did you mean "length"?'),
    ],
)
def test_refusals(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(HltError, match=sentence.replace("?", r"\?")):
        made(**options)


@pytest.mark.parametrize(
    ("features", "trained", "held_out"),
    [("share+length", 0.6, 0.6), ("last", 0.75, 0.75), ("pairs", 0.88, 0.72)],
)
@pytest.mark.parametrize("loss", ["mse", "cross-entropy"])
def test_the_usual_learning_rate_learns(features: str, trained: float, held_out: float, loss: str) -> None:
    trainer = Trainer("logistic-regression", "word-list", loss=loss, features=features, checks=False)
    list(trainer.run(epochs=5))
    for part, least in ((False, trained), (True, held_out)):
        data = trainer.dataset.held_out if part else trainer.dataset
        assert data is not None
        evaluation = trainer.evaluate(held_out=part)
        right = sum(evaluation.right(row, y) for row, y in enumerate(data.targets))
        assert right >= least * len(data)


def test_what_is_learned_by_heart_says_nothing_of_a_new_word() -> None:
    trainer = Trainer("logistic-regression", "word-list", features="word", size=100, lr=1, checks=False)
    list(trainer.run(epochs=10))
    evaluation, held = trainer.evaluate(), trainer.evaluate(held_out=True)
    assert all(evaluation.right(row, y) for row, y in enumerate(trainer.dataset.targets))
    assert len(set(held.predictions)) == 1


def test_the_files_come_with_a_wheel(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"hltcore/words/spanish.txt", "hltcore/words/english.txt"} <= set(names)


@pytest.mark.parametrize("features", ["letters", "pairs", "word", "last+letters+pairs"])
def test_a_wide_table_is_not_a_number_object_for_each_cell(features: str) -> None:
    data = made(features=features)
    cells = [value for row in data.xs for value in row]
    assert len(set(map(id, cells))) < len(cells) / 5
