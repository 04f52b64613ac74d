"""Report: a student's progress in words, for herself or for a class."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from hltcore.errors import printable
from tui.course.lesson import Lesson
from tui.course.library import Library
from tui.course.progress import LessonProgress, Progress, progress_to

__all__ = ["as_json", "as_table", "unread_told"]

_TOLD = 2  # sentences: more would hide the screen

_HEADINGS = ("name", "lesson", "", "pages", "tasks", "right at first", "begun", "finished")


def unread_told(unread: Sequence[str]) -> list[str]:
    """The first of the sentences that say which files are no lessons, and how many more there are."""
    more = len(unread) - _TOLD
    return [*unread[:_TOLD], *([f"Other files that are no lessons: {more}. L lists them."] if more > 0 else [])]


def as_json(library: Library, progress: Progress) -> str:
    """What is kept, with how much there is in each lesson; a lesson that is not among those at hand has no totals."""
    known = {lesson.name: lesson for lesson in library.lessons}
    kept = progress_to(progress)
    lessons = []
    for name in [*known, *(name for name in kept if name not in known)]:
        lesson = known.get(name)
        totals = _totals(lesson) if lesson is not None else (None, None, None)
        lessons.append(
            {
                "name": name,
                "title": lesson.title if lesson is not None else None,
                "state": _state(progress.get(name)),
                **dict(zip(("all_pages", "all_tasks", "all_questions"), totals)),
                **kept.get(name, progress_to({name: LessonProgress("")})[name] | {"begun": None}),
            }
        )
    return json.dumps({"program": "hlt-tui", "lessons": lessons}, indent=1)


def as_table(library: Library, progress: Progress) -> Iterator[str]:
    """A line for each lesson at hand."""
    rows = [_HEADINGS, *(_row(lesson, progress.get(lesson.name)) for lesson in library.lessons)]
    widths = [max(map(cell_len, column)) for column in zip(*rows)]
    for row in rows:
        yield "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths)).rstrip()


def _row(lesson: Lesson, kept: LessonProgress | None) -> tuple[str, ...]:
    pages, tasks, questions = _totals(lesson)
    one = kept or LessonProgress("")
    # What was done on pages that the lesson has no more does not count: it may have been shortened since.
    every = list(enumerate(lesson.pages))
    seen = sum(number in one.pages for number, _ in every)
    done = sum(page.task is not None and number in one.tasks for number, page in every)
    asked = [number for number, page in every if page.question is not None and number in one.answers]
    right = sum(one.answers[number].right for number in asked)
    return (
        printable(lesson.name),
        printable(lesson.title),
        _state(kept),
        f"{seen} of {pages}",
        f"{done} of {tasks}" if tasks else "-",
        f"{right} of {questions}" if questions else "-",
        printable(one.begun[:10]),
        printable(one.finished[:10]),
    )


def _totals(lesson: Lesson) -> tuple[int, int, int]:
    """Its pages, tasks and questions."""
    tasks = sum(page.task is not None for page in lesson.pages)
    return len(lesson.pages), tasks, sum(page.question is not None for page in lesson.pages)


def _state(kept: LessonProgress | None) -> str:
    if kept is None:
        return "new"
    return "done" if kept.finished else "begun"
