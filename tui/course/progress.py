"""Progress: how far a student has come in each lesson; what two programs wrote at once is merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.course.lesson import Lesson

__all__ = ["Answer", "LessonProgress", "Progress", "merged", "progress_from", "progress_to"]

_LONGEST_NAME = 60
_MOST_LESSONS, _MOST_PAGES = 1000, 1000


@dataclass(frozen=True, order=True)
class Answer:
    """The first answer to a question.

    Attributes:
        at: When, as in ``LessonProgress``.
        chosen: Which answer, counted from 0.
        right: Whether it was the right one.
    """

    at: str
    chosen: int
    right: bool


@dataclass(frozen=True)
class LessonProgress:
    """How far one lesson was read. Pages are counted from 0; times are in UTC, as ``2025-01-31T09:30:00Z``.

    Attributes:
        begun: When it was opened first.
        pages: The pages that were reached.
        tasks: The pages whose task was done.
        answers: By page, the first answer to its question.
        finished: When its end was reached first; empty until then.
    """

    begun: str
    pages: frozenset[int] = frozenset()
    tasks: frozenset[int] = frozenset()
    answers: Mapping[int, Answer] = field(default_factory=dict)
    finished: str = ""

    def merged(self, other: LessonProgress) -> LessonProgress:
        """What both say: the earlier time, every page, and the earlier answer to each question."""
        both = [*self.answers.items(), *other.answers.items()]
        answers = {page: min(answer for at, answer in both if at == page) for page, _ in sorted(both)}
        finished = min(filter(None, (self.finished, other.finished)), default="")
        return LessonProgress(
            min(self.begun, other.begun), self.pages | other.pages, self.tasks | other.tasks, answers, finished
        )

    def mark(self, lesson: Lesson) -> str:
        """What a list says of it: "done", or "begun, at page 2", where it opens again."""
        if self.finished:
            return "done"
        return f"begun, at page {lesson.way_in(min(max(self.pages, default=0), len(lesson.pages) - 1)) + 1}"


Progress = Mapping[str, LessonProgress]
"""By the lesson's name; one that was never opened is not there."""


def merged(one: Progress, other: Progress) -> dict[str, LessonProgress]:
    """What both say."""
    return {
        name: one[name].merged(other[name]) if name in one and name in other else (one.get(name) or other[name])
        for name in sorted({*one, *other})
    }


def progress_to(progress: Progress) -> dict[str, Any]:
    """It as JSON takes it."""
    return {
        name: {
            "begun": one.begun,
            "finished": one.finished or None,
            "pages": sorted(page + 1 for page in one.pages),
            "tasks": sorted(page + 1 for page in one.tasks),
            "answers": {
                str(page + 1): {"chosen": answer.chosen + 1, "right": answer.right, "at": answer.at}
                for page, answer in sorted(one.answers.items())
            },
        }
        for name, one in sorted(progress.items())
    }


def progress_from(value: object) -> dict[str, LessonProgress]:
    """What JSON gave; what is not as it should be is left out: the rest is worth keeping."""
    items: Iterable[tuple[object, object]] = value.items() if isinstance(value, dict) else ()
    named = ((name, _lesson(item)) for name, item in list(items)[:_MOST_LESSONS] if _is_name(name))
    return {str(name): one for name, one in named if one is not None}


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME


def _lesson(value: object) -> LessonProgress | None:
    if not isinstance(value, dict) or not _is_name(value.get("begun")):
        return None
    answers = value.get("answers")
    read = {page: _answer(item) for page, item in answers.items()} if isinstance(answers, dict) else {}
    known = {int(page) - 1: answer for page, answer in read.items() if answer and _is_page(page)}
    finished = value.get("finished")
    return LessonProgress(
        value["begun"],
        _pages(value.get("pages")),
        _pages(value.get("tasks")),
        known,
        finished if isinstance(finished, str) and len(finished) <= _LONGEST_NAME else "",
    )


def _pages(value: object) -> frozenset[int]:
    pages = value if isinstance(value, list) else []
    return frozenset(page - 1 for page in pages if type(page) is int and 1 <= page <= _MOST_PAGES)


def _is_page(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= _MOST_PAGES


def _answer(value: object) -> Answer | None:
    if not isinstance(value, dict):
        return None
    at, chosen, right = value.get("at"), value.get("chosen"), value.get("right")
    if not _is_name(at) or type(chosen) is not int or not 1 <= chosen <= _MOST_PAGES or not isinstance(right, bool):
        return None
    return Answer(str(at), chosen - 1, right)
