"""Reading: turns a file of TOML into a lesson; it reads data, and never runs any of it."""

from __future__ import annotations

import sys
from typing import Any

from hltcore.errors import nearest, printable, quoted
from hltcore.spec import RunSpec
from tui.course.fields import Fields, LessonError
from tui.course.goals import parse_goal
from tui.course.lesson import Figure, Lesson, Page, Question, Task
from tui.course.panels import PANELS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["LONGEST", "LessonError", "read_lesson"]

LONGEST = 256 * 1024
"""Bytes, above which a file is not read."""

_PAGES, _FIGURES, _GOALS, _KEYS, _ANSWERS = 40, 400, 8, 60, 6
_TITLE, _LINE, _SENTENCE, _TEXT = 60, 120, 300, 1200  # characters

_LESSON = ("title", "about", "order", "spec", "next", "pages", "figures")
_PAGE = ("title", "text", "panel", "spec", "task", "question")
_TASK = ("say", "done", "keys")
_QUESTION = ("ask", "answers", "right", "told")
_FIGURE = ("shown", "at", "is")


def read_lesson(name: str, data: bytes) -> Lesson:
    """Read a lesson.

    Args:
        name: Its name: that of its file, without ``.toml``.
        data: What is in the file.

    Raises:
        LessonError: It is no lesson; the sentence names the file, the page, the key and the value.
    """
    file = printable(f"{name}.toml")
    if len(data) > LONGEST:
        raise LessonError(f"{file} is no lesson: it has more than {LONGEST // 1024} KB.")
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except RecursionError:
        raise LessonError(f"{file} cannot be read as TOML: it is nested too deep.") from None
    except UnicodeDecodeError:
        raise LessonError(f"{file} cannot be read as TOML: it is not in UTF-8.") from None
    except ValueError as error:
        raise LessonError(f"{file} cannot be read as TOML: {printable(error)}.") from None
    fields = Fields(file, table, _LESSON)
    return Lesson(
        name,
        fields.text("title", _TITLE),
        fields.text("about", _LINE),
        fields.number("order", 1000),
        fields.read("spec", fields.text("spec", _TEXT), RunSpec.parse),
        tuple(_page(f"{file}, page {n}", page) for n, page in enumerate(fields.items("pages", 1, _PAGES), 1)),
        fields.text("next", _TITLE, ""),
        tuple(_figure(f"{file}, figure {n}", item) for n, item in enumerate(fields.items("figures", 0, _FIGURES), 1)),
    )


def _page(place: str, table: Any) -> Page:
    fields = Fields(place, table, _PAGE)
    if fields.has("task") and fields.has("question"):
        raise fields.refuse("question", "A page has a task or a question, not both: make two pages of it.")
    panel = fields.text("panel", _TITLE, "")
    if panel and panel not in PANELS:
        raise fields.refuse("panel", f"There is no panel {quoted(panel)}: {nearest(panel, PANELS)}")
    spec = fields.text("spec", _TEXT, "")
    return Page(
        fields.text("text", _TEXT),
        fields.text("title", _TITLE, ""),
        panel,
        fields.read("spec", spec, RunSpec.parse) if spec else None,
        _task(fields.table("task", _TASK)),
        _question(fields.table("question", _QUESTION)),
    )


def _task(fields: Fields | None) -> Task | None:
    if fields is None:
        return None
    goals = fields.texts("done", 1, _GOALS, _LINE)
    return Task(
        fields.text("say", _SENTENCE),
        tuple(fields.read("done", words, parse_goal) for words in goals),
        fields.texts("keys", 0, _KEYS, _LINE),
    )


def _question(fields: Fields | None) -> Question | None:
    if fields is None:
        return None
    answers = fields.texts("answers", 2, _ANSWERS, _LINE)
    bare = [answer.replace("`", "") for answer in answers]
    twice = next((answer for answer in bare if bare.count(answer) > 1), None)
    if twice is not None:
        raise fields.refuse("answers", f"{quoted(twice)} stands there twice.")
    right = fields.index("right", len(answers))
    return Question(fields.text("ask", _SENTENCE), answers, right, fields.text("told", _TEXT))


def _figure(place: str, table: Any) -> Figure:
    fields = Fields(place, table, _FIGURE)
    return Figure(fields.text("shown", _TITLE), fields.text("at", _TEXT), fields.text("is", _TEXT))
