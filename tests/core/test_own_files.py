# ruff: noqa: E501 - sentences as they are read
"""A file of one's own: what is read, what each column is, and how everything that cannot be used is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hltcore import Dataset, datasets
from hltcore.delimited import parse
from hltcore.errors import HltError

WORDS = "word,language\ngatos,es\ncat,en\nhola,es\nat,en\n"


def saved(folder: Path, content: str | bytes, name: str = "my.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: str | bytes, name: str = "my.csv", **said: object) -> Dataset:
    chosen = datasets.from_file(saved(folder, content, name), **said)  # type: ignore[arg-type]
    entry = datasets.registry.get(str(chosen.pop("dataset")))
    data: Dataset = entry.factory(**entry.complete(chosen))
    return data


def test_words_are_guessed(tmp_path: Path) -> None:
    data = read(tmp_path, WORDS)
    assert data.features == ("share of a and o", "length")
    assert data.labels == ("gatos", "cat", "hola", "at")
    assert tuple(data.xs) == ((0.4, 5.0), (1 / 3, 3.0), (0.5, 4.0), (0.5, 2.0))
    assert (tuple(data.targets), data.classes) == ((1.0, 0.0, 1.0, 0.0), ("en", "es"))
    assert data.encode_text is not None
    assert data.encode_text("gata") == (0.5, 4.0)
    assert data.notes == (
        ("", "4 rows, 2 columns"),
        ("language", "target, the only text with two values: 0 is en, 1 is es"),
        ("word", "text, seen as share + length; names the rows"),
    )


def test_numbers_are_guessed_and_what_only_counts_is_left_out(tmp_path: Path) -> None:
    data = read(tmp_path, "id,height,flat,name,price\n1,1.5,7,Ana,10.5\n2,2.5,7,Bo,-3\n3,0,7,Cy,4e2\n")
    assert data.features == ("height", "flat")
    assert tuple(data.xs) == ((1.5, 7.0), (2.5, 7.0), (0.0, 7.0))
    assert (tuple(data.targets), data.classes, data.labels) == ((10.5, -3.0, 400.0), (), ("Ana", "Bo", "Cy"))
    assert dict(data.notes) == {
        "": "3 rows, 5 columns",
        "price": "target, the last column: a number from -3 to 400",
        "id": "number, not seen: it only numbers the rows",
        "height": "number from 0 to 2.5, seen",
        "flat": "seen, but 7 in every row: a constant tells nothing",
        "name": "text, not seen; names the rows",
    }


@pytest.mark.parametrize(
    ("said", "features", "targets"),
    [
        ({"target": "a"}, ("b", "c"), (0.0, 1.0, 0.0)),
        ({"target": "c:number", "features": ["b"]}, ("b",), (0.0, 1.0, 1.0)),
        ({"target": "c", "text": ["w:last"]}, ("a", "b", *(f"-{letter}" for letter in "abcdefghijklmnñopqrstuvwxyz")), (0.0, 1.0, 1.0)),
        ({"target": "c", "features": [], "text": ["w:one-hot"]}, ("x", "y"), (0.0, 1.0, 1.0)),
        ({"target": "c", "features": ["a"], "text": ["w:length"]}, ("a", "length"), (0.0, 1.0, 1.0)),
    ],
)  # fmt: skip
def test_what_is_what_can_be_said(
    tmp_path: Path, said: dict[str, object], features: tuple[str, ...], targets: tuple[float, ...]
) -> None:
    data = read(tmp_path, "a,b,w,c\n1,5.5,x,0\n2,6.5,y,1\n1,7.5,x,1\n", **said)
    assert (data.features, tuple(data.targets)) == (features, targets)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + WORDS,
        WORDS.replace("\n", "\r\n"),
        WORDS.replace("\n", "\r"),
        WORDS.replace(",", ";"),
        WORDS.replace("cat", '"cat"').replace("language", '"language"'),
        WORDS.rstrip("\n"),
        WORDS.replace("\n", "\n\n"),
    ],
)
def test_every_way_to_write_a_file(tmp_path: Path, content: str) -> None:
    data = read(tmp_path, content)
    assert (data.labels, data.classes) == (("gatos", "cat", "hola", "at"), ("en", "es"))


def test_tabs_quotes_and_lines_within_a_cell(tmp_path: Path) -> None:
    tabs = read(tmp_path, WORDS.replace(",", "\t"), "my.tsv")
    assert tabs.labels == ("gatos", "cat", "hola", "at")
    data = read(tmp_path, 'text,x,y\n"say ""a, b""\nand c",1.5,no\nplain,2.5,yes\n')
    assert data.labels == ('say "a, b"\nand c', "plain")
    with pytest.raises(HltError, match=r'line 4, column "x": "oops" is not a number'):
        read(tmp_path, 'text,x,y\n"two\nlines",1.5,no\nplain,oops,yes\nthird,3,yes\n')


REFUSED = [
    (b"", '"my.csv" is empty.'),
    (b" \n\n", '"my.csv" is empty.'),
    ("a,b\n", '"my.csv" has a header and no rows.'),
    ("a,a\n1,2\n", '"my.csv", line 1: columns 1 and 2 are both called "a".'),
    ("1,2\n3,4\n", '"my.csv", line 1: a header must name the columns, and "1, 2" are numbers.'),
    ("a,b\n1,2\n3\n", '"my.csv", line 3: 1 cell for 2 columns, in "3".'),
    ("a,b\n1,2\n3,5,7\n", '"my.csv", line 3: 3 cells for 2 columns, in "3,5,7". If these are decimal commas, write 3.14 for 3,14.'),
    ('a,b\n"3,5",0\n"4,5",1\n', '"my.csv", line 2, column "a": "3,5" has a decimal comma: write 3.5.'),
    ("a;b\n3,5;0\n4,5;1\n", '"my.csv", line 2, column "a": "3,5" has a decimal comma: write 3.5.'),
    ("a,b\n1,0\n,1\n", '"my.csv", line 3, column "a": the cell is empty.'),
    ("a,b\n1,0\nnan,1\n", '"my.csv", line 3, column "a": "nan" is not a finite number.'),
    ("a,b\n-inf,0\n2,1\n", '"my.csv", line 2, column "a": "-inf" is not a finite number.'),
    ("a,b\n1e39,0\n2,1\n", '"my.csv", line 2, column "a": "1e39" is too large.'),
    ("a,b\n1_0,0\n2,1\n3,1\n", '"my.csv", line 2, column "a": "1_0" is not a number.'),
    ("a,b\n1,x\n2,\n", '"my.csv", line 3, column "b": the cell is empty.'),
    ("a,b\n1,x\n2,x\n", 'The target "b" of "my.csv" is "x" in all 2 rows: there is nothing to tell apart.'),
    ("a,b\n1,3.5\n2,3.5\n", 'The target "b" of "my.csv" is "3.5" in all 2 rows: there is nothing to tell apart.'),
    ("a,b\n1,x\n2,y\n3,z\n", '"my.csv" does not show which column is to be predicted: say --target NAME (target=NAME), one of a, b.'),
    ("y\n0\n1\n", '"my.csv" has no column for a model to see: it needs one besides the target.'),
    ("w,k\ncasa,0\nhola,0\n42,1\n", '"my.csv", line 4, column "w": "42" has no letters: write a word, such as gato (the featurizer share).'),
    ('a,b\n"1,0\n', '"my.csv", line 2: a quote is opened and not closed.'),
    ('a,b\n"1"x,0\n', '"my.csv", line 2: text follows a closing quote: a quote within a quoted cell is written twice ("").'),
    ("a,b\n1,0\n".encode("utf-16"), '"my.csv" is UTF-16: save it as UTF-8.'),
    ("a,b\n1,0\n".encode("utf-16-le"), '"my.csv", line 1: a byte is 0: this is no text, or UTF-16. Save it as UTF-8.'),
    ("a,b\nniño,0\n".encode("latin-1"), '"my.csv", line 2: "niño,0" has the byte 0xf1, which is not UTF-8; is it Latin-1 (Windows-1252)? Save it as UTF-8.'),
    ("a" * 200 + ",b\n1,0\n", f'"my.csv", line 1: the name of column 1 has 200 characters, and at most 100 go: "{"a" * 59}…".'),
]  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), REFUSED)
def test_what_cannot_be_used_is_told_with_its_place(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    with pytest.raises(HltError) as refused:
        read(tmp_path, content)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"target": "colour"}, '"my.csv" has no column "colour": choose from word, language.'),
        ({"features": ["wrod"]}, '"my.csv" has no column "wrod": did you mean "word"?'),
        ({"features": ["language"]}, 'The column "language" of "my.csv" is the target: it is no feature.'),
        ({"text": ["word:leters"]}, 'Unknown featurizer "leters": did you mean "letters"?'),
        ({"target": "word"}, 'The target "word" of "my.csv" has 4 values ("at", "cat", "gatos", "hola"): it must have two, or be a number.'),
        ({"target": "word:number"}, '"my.csv", line 2, column "word": "gatos" is not a number.'),
        ({"held_out": 0.9}, "held_out=0.9 leaves none of the 4 rows of \"my.csv\"."),
        ({"held_out": 0.7}, "held_out=0.7 is not allowed with 4 rows: of what is left to train on all have one target."),
        ({"held_out": 0.01}, 'held_out=0.01 of the 4 rows of "my.csv" is no row.'),
        ({"scale": "sometimes"}, "scale=sometimes is not allowed: choose from none, standard, with-target."),
    ],
)  # fmt: skip
def test_what_is_said_wrong_is_told_with_the_nearest_right_word(
    tmp_path: Path, said: dict[str, object], sentence: str
) -> None:
    with pytest.raises(HltError) as refused:
        read(tmp_path, WORDS, **said)
    assert str(refused.value) == sentence


def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, why in (("pipe", "it is a pipe, not a file"), (".", "it is a folder, not a file"), ("none.csv", "there is no such file")):  # fmt: skip
        with pytest.raises(HltError, match=f"cannot be read: {why}"):
            datasets.from_file(tmp_path / name)
    with pytest.raises(HltError, match="it is a device, not a file"):
        datasets.from_file("/dev/zero")


def test_a_very_long_cell_is_a_label_cut_short_or_refused(tmp_path: Path) -> None:
    data = read(tmp_path, f"w,x,y\n{'a' * 100_000},1,no\nb,2,yes\n")
    assert len(data.labels[0]) == 60
    with pytest.raises(HltError, match="line 2: a cell has more than 131,072 characters: is a quote not closed"):
        read(tmp_path, f"w,x,y\n{'a' * 200_000},1,no\nb,2,yes\n")
    with pytest.raises(HltError, match="is too long for the name of a class"):
        read(tmp_path, f"x,y\n1,{'n' * 200}\n2,yes\n")


def test_columns_without_a_name_are_called_by_their_place(tmp_path: Path) -> None:
    data = read(tmp_path, ",x,y\n0,1.5,no\n1,2.5,yes\n")
    assert data.features == ("x",)
    assert ("column 1", "number, not seen: it only numbers the rows") in data.notes


def test_a_thousand_columns_are_told_in_a_line(tmp_path: Path) -> None:
    names = [f"c{place}" for place in range(1000)]
    rows = "".join(",".join(f"{row}.5{place}" for place in range(1000)) + f",{'ny'[row]}\n" for row in range(2))
    data = read(tmp_path, ",".join(names) + ",answer\n" + rows)
    assert data.features == tuple(names)
    assert data.notes[1:] == (
        ("answer", "target, the only text with two values: 0 is n, 1 is y"),
        ("c0 … c999", "1,000 numbers, seen"),
    )
    with pytest.raises(HltError, match="are 6,000 columns, and at most 5,000 go: choose some by --features"):
        read(tmp_path, "w,answer\n" + "".join(f"w{row},{'ny'[row % 2]}\n" for row in range(6000)), text=["w:one-hot"])


def test_numbers_can_be_scaled_by_what_is_trained_on(tmp_path: Path) -> None:
    rows = "".join(f"{1000 * row},5,{row * 2}\n" for row in range(40))
    data = read(tmp_path, "big,flat,y\n" + rows, target="y:number", scale="standard", held_out=0.25)
    column = [x[0] for x in data.xs]
    assert sum(column) / 30 == pytest.approx(0, abs=1e-12)
    assert sum(x * x for x in column) / 30 == pytest.approx(1)
    assert {x[1] for x in data.xs} == {0.0}, "a constant is only moved"
    assert data.held_out is not None
    assert sum(x[0] for x in data.held_out.xs) / 10 != pytest.approx(0, abs=1e-3)
    assert data.axes == ("big", "flat")
    assert data.points[0][0] % 1000 == 0, "points are told as they are in the file"
    assert data.encode_point is not None
    assert data.encode_point(*data.points[3]) == data.xs[3]
    assert max(data.targets) == 78.0
    both = read(tmp_path, "big,flat,y\n" + rows, target="y:number", scale="with-target")
    assert sum(both.targets) == pytest.approx(0, abs=1e-9)


def test_rows_are_held_out_by_the_seed_and_all_are_somewhere(tmp_path: Path) -> None:
    content = "x,y\n" + "".join(f"{row}.5,{row % 2}\n" for row in range(40))
    parts = []
    for seed in (0, 0, 1):
        chosen = datasets.from_file(saved(tmp_path, content), held_out=0.3)
        entry = datasets.registry.get("file")
        del chosen["dataset"]
        data = entry.factory(**entry.complete({**chosen, "data_seed": seed}))
        assert data.held_out is not None
        assert sorted([*data.xs, *data.held_out.xs]) == [(row + 0.5,) for row in range(40)]
        assert list(data.xs) == sorted(data.xs), "in the order of the file"
        parts.append(data.held_out.labels)
    assert parts[0] == parts[1] != parts[2]


def test_featurizers_are_open_to_additions(tmp_path: Path) -> None:
    from hltcore import featurizers

    featurizers.register(
        "vowels", lambda words: featurizers.Encoding(("vowels",), lambda w: [sum(map(w.count, "aeiou"))])
    )
    featurizers.register("broken", lambda words: featurizers.Encoding(("x",), lambda word: [1 / 0]))
    try:
        assert tuple(read(tmp_path, WORDS, text=["word:vowels"]).xs) == ((2.0,), (1.0,), (2.0,), (1.0,))
        with pytest.raises(HltError, match='column "word": the featurizer broken breaks on it: ZeroDivisionError'):
            read(tmp_path, WORDS, text=["word:broken"])
    finally:
        for name in ("vowels", "broken"):
            featurizers.registry.remove(name)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(max_examples=30)
@given(st.lists(st.tuples(cells, st.floats(-1e6, 1e6)), min_size=1, max_size=8))
def test_any_text_and_any_number_comes_back(rows: list[tuple[str, float]]) -> None:
    lines = ['"text","number"', *(f'"{text.replace(chr(34), chr(34) * 2)}",{value!r}' for text, value in rows)]
    table = parse("\n".join(lines).encode(), "my.csv")
    numbers = table.fields[1].numbers
    assert numbers is not None
    assert list(numbers) == [value for _, value in rows]
    texts = table.fields[0]
    if texts.numbers is None:
        assert texts.texts == tuple(text for text, _ in rows)
