"""Guide: which page of which lesson lies open, and what was done on it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tui.course.fields import LessonError
from tui.course.journal import Journal
from tui.course.library import Library
from tui.course.progress import Answer, LessonProgress
from tui.course.scene import Scene

if TYPE_CHECKING:
    from tui.course.lesson import Lesson, Page

__all__ = ["Guide", "Reading"]


@dataclass(frozen=True)
class Reading:
    """An open lesson.

    Attributes:
        lesson: The lesson.
        number: The page, counted from 0.
        done: The pages whose task was done.
        chosen: By page, which answer was given.
        opening: Whether the page's run is still on its way, and what stands beside the page is another one.
    """

    lesson: Lesson
    number: int = 0
    done: frozenset[int] = frozenset()
    chosen: Mapping[int, int] = field(default_factory=dict)
    opening: bool = False

    @property
    def page(self) -> Page:
        """The page that lies open."""
        return self.lesson.pages[self.number]

    @property
    def is_done(self) -> bool:
        """Whether this page's task was done, or its question answered; a page without either is."""
        return (self.page.task is None or self.number in self.done) and not self.asks

    @property
    def asks(self) -> bool:
        """Whether this page's question waits for an answer."""
        return self.page.question is not None and self.number not in self.chosen

    @property
    def is_last(self) -> bool:
        """Whether no page follows."""
        return self.number == len(self.lesson.pages) - 1


class Guide:
    """Turns the pages, and keeps account of what was done.

    Args:
        library: The lessons.
        journal: What keeps the progress.
    """

    def __init__(self, library: Library | None = None, journal: Journal | None = None) -> None:
        self.library = library or Library()
        self.journal = journal or Journal()
        self.reading: Reading | None = None
        self._gone: list[str] = []

    def open(self, lesson: Lesson, *, again: bool = False) -> Reading:
        """Open a lesson: one that was begun at the last page it can be taken up at, any other one at its start.

        Args:
            lesson: The lesson.
            again: Whether to begin at its start in any case.
        """
        if again:
            return self._begin(lesson, 0)
        known = self.journal.progress.get(lesson.name)
        reached = max(known.pages, default=0) if known is not None and not known.finished else 0
        number = lesson.way_in(min(reached, len(lesson.pages) - 1))
        return self._begin(lesson, number)

    def resume(self, name: str, number: int) -> None:
        """Open a lesson where a session was left; its run is there already. One that is gone is among the ``unread``.

        Args:
            name: The lesson's name.
            number: The page that lay open.
        """
        try:
            lesson = self.library.get(name)
        except LessonError as error:
            self._gone.append(str(error))
        else:
            self._begin(lesson, min(number, len(lesson.pages) - 1))

    @property
    def unread(self) -> list[str]:
        """What cannot be read as a lesson, a sentence each."""
        return [*self._gone, *(broken.told for broken in self.library.broken)]

    def _begin(self, lesson: Lesson, number: int) -> Reading:
        known = self.journal.progress.get(lesson.name)
        again = known is None or bool(known.finished)  # read once more, it is all to do again
        done = frozenset() if again or known is None else known.tasks
        chosen = {} if again or known is None else {page: one.chosen for page, one in known.answers.items()}
        fitting = {
            page: choice
            for page, choice in chosen.items()
            if page < len(lesson.pages)
            and (question := lesson.pages[page].question) is not None
            and choice < len(question.answers)
        }
        self.reading = Reading(lesson, number, done, fitting)
        return self._account(self.reading)

    def leave(self) -> None:
        """Close the lesson."""
        self.reading = None

    def turn(self, places: int) -> bool:
        """Go to another page of the open lesson.

        Returns:
            Whether its text tells of another run than that of the page before.
        """
        if self.reading is None:
            return False
        lesson, before = self.reading.lesson, self.reading.number
        number = min(max(before + places, 0), len(lesson.pages) - 1)
        self._account(replace(self.reading, number=number))
        return lesson.way_in(number) != lesson.way_in(before)

    def answer(self, choice: int) -> None:
        """Answer the page's question."""
        if self.reading is not None and self.reading.asks:
            self._account(replace(self.reading, chosen={**self.reading.chosen, self.reading.number: choice}))

    def look(self, scene: Scene) -> bool:
        """Look whether the page's task is done.

        Returns:
            Whether it just was.
        """
        reading = self.reading
        if reading is None or reading.page.task is None or reading.number in reading.done:
            return False
        if not all(goal.holds(scene) for goal in reading.page.task.done):
            return False
        self._account(replace(reading, done=reading.done | {reading.number}))
        return True

    def finish(self) -> None:
        """Note that the lesson was read to its end."""
        if self.reading is not None:
            self._account(self.reading, finished=True)

    def _account(self, reading: Reading, *, finished: bool = False) -> Reading:
        """Take a reading as the present one, and note what is new in it."""
        self.reading = reading
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        name = reading.lesson.name
        known = self.journal.progress.get(name, LessonProgress(now))
        answers: dict[int, Answer] = {}
        for page, choice in reading.chosen.items():
            question = reading.lesson.pages[page].question
            if question is not None and page not in known.answers:
                answers[page] = Answer(now, choice, choice == question.right)
        ended = finished or (reading.is_last and reading.is_done)
        self.journal.note(
            name,
            LessonProgress(
                known.begun,
                known.pages | {reading.number},
                known.tasks | reading.done,
                {**known.answers, **answers},
                known.finished or (now if ended else ""),
            ),
        )
        return reading
