# ruff: noqa: E501 (one case a line)
"""--data: a file of one's own on the command lines, and what is said of its columns."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from hltcore.__main__ import main
from tui.__main__ import main as open_app

WORDS = "word,language\ngatos,es\ncat,en\nhola,es\nat,en\n"
BLINK = "\x1b[5m"
NUMBERS = "area,rooms,price\n" + "".join(f"{a},{a % 7},{2.5 * a + 3}\n" for a in range(30, 50))


@pytest.fixture
def words(tmp_path: Path) -> str:
    path = tmp_path / "words.csv"
    path.write_text(WORDS)
    return str(path)


@pytest.fixture
def numbers(tmp_path: Path) -> str:
    path = tmp_path / "houses.csv"
    path.write_text(NUMBERS)
    return str(path)


def test_what_is_what_is_told_and_the_line_opens_the_same_again(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["train", "--data", words, "--text", "word:letters", "--target", "language", "--steps", "3"]
    assert main(asked) == 0
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        "hltcore: words.csv: 4 rows, 2 columns",
        "hltcore:   language  target, as said: 0 is en, 1 is es",
        "hltcore:   word      text, seen as letters; names the rows",
    ]
    line = out.splitlines()[0].removeprefix("-- ")
    assert line.startswith("logistic-regression/file/mse/sgd digest=")
    assert f"features=word:letters path={words} target=language" in line
    assert main(["train", line, "--steps", "3"]) == 0
    assert capsys.readouterr() == (out, err)


def test_a_number_to_predict_begins_with_a_model_for_it(numbers: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--data", numbers, "scale=with-target", "--split", "0.25", "--epochs", "1"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("-- linear-regression/file/mse/sgd digest=")
    assert "1 epoch done: trained on 15 examples, loss " in out[-1]
    assert "held out 5 examples, loss " in out[-1]
    assert "right" not in out[-1]


def test_every_command_takes_it(numbers: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "two-layer", "--data", numbers, "--features", "area", "lr=1e-9", "--epochs", "1"]) == 0
    out = capsys.readouterr().out
    assert "not checked: contradicting-examples" in out
    assert "The targets are numbers, not classes." in out
    assert main(["gradcheck", "two-layer/file/l1", "--data", words]) == 0
    assert main(["compare", "--data", words, "--split", "0.25", "lr=0.01", "--epochs", "1"]) == 0
    assert "word:letters" in capsys.readouterr().out
    assert main(["train", "--data", words, "@2", "lr=0.5", "@3", "--format", "jsonl"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == ["run-started", "step", "step", "edited", "step"]
    assert main(["list", "featurizers"]) == 0
    assert "one-hot" in capsys.readouterr().out


def test_a_sweep_takes_it_where_something_can_be_right(
    words: str, numbers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", "--data", words, "--seeds", "3", "--epochs", "1"]) == 0
    assert "3 seeds from 0" in capsys.readouterr().out
    assert main(["sweep", "--data", numbers, "--seeds", "3"]) == 2
    assert 'the targets of "houses.csv" are numbers, of which none is right or wrong.' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["two-layer/xor", "--data", "FILE"], '"two-layer/xor" names the data set "xor", and --data another: write file in its place, or name the model alone.'),
        (["two-layer", "dataset=xor", "--data", "FILE"], '"dataset=xor" is said by --data and its options already.'),
        (["two-layer/xor", "--target", "x"], "--target says what a column of a file is: name the file by --data."),
        (["--data", "FILE", "--target", "langage"], '"words.csv" has no column "langage": did you mean "language"?'),
        (["--data", "FILE", "--features", 'word, "a,b"'], '"words.csv" has no column "a,b": choose from word, language.'),
    ],
)  # fmt: skip
def test_what_does_not_go_together_gets_one_sentence(
    asked: list[str], sentence: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [words if word == "FILE" else word for word in asked]
    assert main(["train", *asked]) == 2
    assert capsys.readouterr().err == f"hltcore: {sentence}\n"
    assert open_app(asked) == 2
    assert capsys.readouterr().err == f"hlt-tui: {sentence}\n"


@pytest.mark.parametrize(("scale", "told"), [("none", True), ("standard", False), ("with-target", False)])
def test_large_numbers_are_told_of_unless_they_are_scaled(
    scale: str, told: bool, numbers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", f"scale={scale}", "--data", numbers, "--steps", "1"]) == 0
    err = capsys.readouterr().err
    assert ("; numbers up to 49, not scaled: with scale=standard most nets learn better\n" in err) == told
    assert ("not scaled" in err) == told


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("my/words.csv", "--data my/words.csv trains on it."),
        ("runs/a.jsonl", "if it is an event log, hlt-tui replay runs/a.jsonl shows it."),
        ("mine.py", "if it registers parts of a run, --plugin mine.py adds them."),
        ("a\x1b.tsv", "--data a\\x1b.tsv trains on it."),
    ],
)
def test_a_file_in_place_of_a_run_is_answered_with_what_opens_it(
    word: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for command, name in ((lambda: open_app([word]), "hlt-tui"), (lambda: main(["train", word]), "hltcore")):
        assert command() == 2
        err = capsys.readouterr().err
        assert err.startswith(f"{name}: ")
        assert err.endswith(f"is a file, not a run: {hint}\n")


def test_without_a_run_or_a_file_there_is_nothing_to_train(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["train"])
    assert "required: SPEC, or --data FILE" in capsys.readouterr().err


@pytest.mark.parametrize("beside", [["--resume"], ["--lesson", "prediction"]])
@pytest.mark.parametrize("said", [["--data", "FILE"], ["--target", "x"], ["--text", "x:letters"]])
def test_a_session_and_a_lesson_open_their_own_run(
    said: list[str], beside: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert open_app([words if word == "FILE" else word for word in [*said, *beside]]) == 2
    assert "no --data" in capsys.readouterr().err


def test_an_export_never_replaces_the_data_of_its_run(
    tmp_path: Path, numbers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["export", "--data", numbers, "--steps", "1", "--force", "--out"]
    (tmp_path / "link.csv").symlink_to(numbers)
    for out in (numbers, str(tmp_path / "link.csv")):
        for form in ("script", "csv", "jsonl"):
            assert main([*asked, out, "--format", form]) == 2
            assert "is the data of this run: choose another name." in capsys.readouterr().err
    assert Path(numbers).read_text() == NUMBERS
    many = tmp_path / "run-data.csv"  # the name of the table beside run.py
    many.write_text("x,y\n" + "".join(f"{row},{row}\n" for row in range(300)))
    before = many.read_bytes()
    assert main(["export", "--data", str(many), "--steps", "1", "--force", "--out", str(tmp_path / "run.py")]) == 2
    assert many.read_bytes() == before


def test_a_script_whose_name_is_no_text_finds_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = tmp_path / "many.csv"
    many.write_text("x,y\n" + "".join(f"{row / 300},{row / 300}\n" for row in range(300)))
    out = tmp_path / 'a"\udcff\u202e.py'
    assert main(["export", "--data", str(many), "--steps", "2", "--out", str(out)]) == 0
    source = out.read_text(encoding="utf-8")
    assert source.replace("\n", "").isprintable()
    place = next(line for line in source.splitlines() if line.startswith("table = "))
    name = ast.literal_eval(place.removeprefix("table = Path(__file__).with_name(").removesuffix(")"))
    assert out.with_name(name).is_file()


def test_text_from_a_file_is_only_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hostile.csv"
    hostile = ("\x1b[31mred", "[bold]b[/]", "[$primary]", "\u202eevil\u202c", "\x9b2J", "\x7f")
    rows = (f"{text}{row},{row}.5,{BLINK * (row % 2)}k\n" for row, text in enumerate(hostile))
    path.write_text("\x1b]0;owned\x07w,x,[red]y\n" + "".join(rows))
    for form in ("table", "jsonl"):
        assert main(["train", "--data", str(path), "--target", "[red]y", "--epochs", "1", "--format", form]) == 0
        out, err = capsys.readouterr()
        assert (out + err).replace("\n", "").isprintable()
        assert "[bold]b[/]" in out
    path.write_text("x,y\n1,a\n\x1b[31mz,b\n3,a\n")
    assert main(["train", "--data", str(path)]) == 2
    assert capsys.readouterr().err == 'hltcore: "hostile.csv", line 3, column "x": "\\x1b[31mz" is not a number.\n'
