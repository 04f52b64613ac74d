"""Lessons are read as data: a mistake in a file is told in one sentence, and nothing in it is ever run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.course.library import Library
from tui.course.reading import LONGEST, LessonError, read_lesson

SAMPLE = (Path(__file__).parent / "lessons" / "sample.toml").read_text(encoding="utf-8")


def test_a_lesson_is_read() -> None:
    lesson = read_lesson("sample", SAMPLE.encode())
    assert (lesson.title, lesson.order, len(lesson.pages), len(lesson.figures)) == ("A sample", 1, 4, 1)
    first, second, third, last = lesson.pages
    assert first.text.split("\n\n")[1] == "Nothing here is [bold]markup[/bold]; `loss<0.1` is typed."
    assert first.task is not None
    assert (first.panel, [str(goal) for goal in first.task.done]) == ("examples", ["behind", "steps=0"])
    assert first.task.keys == ("space", "b")
    assert second.question is not None
    assert (second.question.right, second.question.answers[1]) == (1, "it falls")
    assert (last.task, last.question, last.panel) == (None, None, "")
    assert [str(lesson.run_of(page)) for page in (1, 2, 3)] == [str(lesson.spec), *2 * [str(third.spec)]]
    assert [lesson.way_in(page) for page in range(4)] == [0, 0, 2, 2]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "A sample"', "title = 3", 'sample.toml, title: "3" is no text'),
        ('title = "A sample"', 'titel = "A"', 'sample.toml: There is no key "titel": did you mean "title"?'),
        ('title = "A sample"', "", "sample.toml, title: It is missing."),
        ('title = "A sample"', 'title = " "', "sample.toml, title: It is empty"),
        ('"A sample"', f'"{"a" * 61}"', "has 61 characters: 60 are the most"),
        ("order = 1", "order = true", 'order: "True" is no number'),
        ("order = 1", "order = inf", 'order: "inf" is no number'),
        ("order = 1", "order =", "sample.toml cannot be read as TOML: "),
        ("regression/language-id", "regresion/and", 'sample.toml, spec: Unknown model "logistic-regresion": did you'),
        ("xor seed=1", "xor sed=1", 'sample.toml, page 3, spec: Unknown setting "sed": did you mean "seed"?'),
        ('panel = "loss"', 'panel = "los"', 'sample.toml, page 2, panel: There is no panel "los": did you mean "loss"'),
        ('"behind"', '"behing"', 'sample.toml, page 1, task, done: "behing" is no goal: did you mean "behind"?'),
        ('["behind", "steps=0"]', "[]", "page 1, task, done: It has 0 entries: write 1 to 8."),
        ('["behind", "steps=0"]', '"behind"', 'page 1, task, done: "behind" is no list'),
        ('["space", "b"]', "[1]", 'page 1, task, keys: "1" is no text'),
        ('say = "Do', 'sya = "Do', 'page 1, task: There is no key "sya": did you mean "say"?'),
        ("right = 1", "right = 3", 'page 2, question, right: "3" is no number from 0 to 2.'),
        ("right = 1", "right = true", 'page 2, question, right: "True" is no number'),
        ('"it stays"', '"it `stays"', 'page 2, question, answers: "it `stays" has a backtick without a second one.'),
        ('"it stays"', '"it falls"', 'page 2, question, answers: "it falls" stands there twice.'),
        ('["it rises", "it falls", "it stays"]', '["a"]', "page 2, question, answers: It has 1 entries: write 2 to 6"),
        ("`loss<0.1` is", "`loss<0.1 is", "page 1, text: "),
        ("XOR now.", "XOR " * 400, "page 3, text: "),
        ("[pages.question]", "[pages.task]", "page 2, task: There is no key"),
        (
            "[pages.question]",
            '[pages.task]\nsay="a"\ndone=["twin"]\n[pages.question]',
            "a task or a question, not both",
        ),
        ('at = "logistic', 'from = "logistic', 'sample.toml, figure 1: There is no key "from"'),
    ],
)
def test_each_mistake_gets_one_sentence(old: str, new: str, said: str) -> None:
    assert old in SAMPLE
    with pytest.raises(LessonError) as raised:
        read_lesson("sample", SAMPLE.replace(old, new, 1).encode())
    assert said in str(raised.value)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "title: It is missing"),
        (b"pages = 3", "title: It is missing"),
        (b"\xff", "not in UTF-8"),
        (b"a = " + b"[" * 100_000, "cannot be read as TOML"),
        (b" " * (LONGEST + 1), "more than 256 KB"),
        (b"a\x00 = 1", "cannot be read as TOML"),
        (b'"\\u001b[31m" = 1', r"\x1b[31m"),
    ],
)
def test_what_is_no_lesson_gets_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(LessonError) as raised:
        read_lesson("one\x1b", data)
    assert said in str(raised.value)
    assert str(raised.value).isprintable()


@given(st.binary(max_size=120))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(LessonError):
        read_lesson("any", data)


def test_a_folder_adds_and_replaces_and_what_is_broken_hides_nothing(tmp_path: Path) -> None:
    own = Library().lessons
    (tmp_path / "mine.toml").write_text(SAMPLE, encoding="utf-8")
    (tmp_path / "other.toml").write_text(SAMPLE.replace("order", "oder"), encoding="utf-8")
    (tmp_path / "bad name.toml").write_text(SAMPLE, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not ours")
    (tmp_path / "folder.toml").mkdir()
    if own:
        (tmp_path / f"{own[0].name}.toml").write_text(SAMPLE, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.toml")
    library = Library(tmp_path)
    assert {lesson.name for lesson in library.lessons} == {"mine", *(lesson.name for lesson in own)}
    assert [broken.name for broken in library.broken] == ["bad name", "other"]
    assert 'did you mean "order"?' in library.broken[1].told
    assert {lesson.title for lesson in library.lessons if lesson.name in ("mine", *(one.name for one in own[:1]))} == {
        "A sample"
    }
    with pytest.raises(LessonError, match='Unknown lesson "mien": did you mean "mine"'):
        library.get("mien")
    with pytest.raises(LessonError, match="There is no key"):
        library.get("other")


def test_a_broken_file_leaves_the_lesson_of_its_name(tmp_path: Path) -> None:
    own = Library().lessons
    if not own:
        pytest.skip("there are none")
    (tmp_path / f"{own[0].name}.toml").write_text("title = 3", encoding="utf-8")
    library = Library(tmp_path)
    assert library.get(own[0].name) == own[0]
    assert [broken.name for broken in library.broken] == [own[0].name]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="cannot be read: No such file"):
        Library(tmp_path / "nowhere")


def test_a_next_lesson_that_is_not_there_is_told_and_the_lesson_stays(tmp_path: Path) -> None:
    for name, following in (("one", "two"), ("two", "tow"), ("three", ""), ("four", "five")):
        text = SAMPLE.replace("order = 1", f'order = 1\nnext = "{following}"' if following else "order = 1")
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "five.toml").write_text("title = 3", encoding="utf-8")
    library = Library(tmp_path)
    assert [broken.name for broken in library.broken] == ["five", "four", "two"]
    assert library.broken[2].told == 'two.toml, next: There is no lesson "tow": did you mean "two"?'
    assert library.broken[1].told.startswith('four.toml, next: There is no lesson "five"')
    assert {"one", "two", "three", "four"} <= {lesson.name for lesson in library.lessons}


def test_files_that_are_too_many_are_told(tmp_path: Path) -> None:
    for number in range(202):
        (tmp_path / f"lesson-{number:03}.toml").write_text(SAMPLE if number % 100 == 0 else "x", encoding="utf-8")
    library = Library(tmp_path)
    assert library.broken[-1].told == "lesson-200.toml and what comes after it is not read: 200 files are the most."
    assert len(library.broken) == 198 + 1
    with pytest.raises(LessonError, match="Unknown lesson"):
        library.get("lesson-200")
