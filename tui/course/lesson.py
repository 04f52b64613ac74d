"""Lesson: a few pages to read beside a live run, each with something to do, or a question, or neither."""

from __future__ import annotations

from dataclasses import dataclass

from hltcore.spec import RunSpec
from tui.course.goals import Goal

__all__ = ["Figure", "Lesson", "Page", "Question", "Task"]


@dataclass(frozen=True)
class Task:
    """Something to do.

    Attributes:
        say: What, in a sentence.
        done: What all holds when it is done.
        keys: Keys that reach it; what is no key is typed.
    """

    say: str
    done: tuple[Goal, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question to answer before the answer is told.

    Attributes:
        ask: The question.
        answers: What one can choose from.
        right: Which of them is right, counted from 0.
        told: What is said after the choice: why.
    """

    ask: str
    answers: tuple[str, ...]
    right: int
    told: str


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        text: Paragraphs, with an empty line between two; `backticks` mark keys and what is typed or shown.
        title: Its heading; empty for none.
        panel: The panel that is to be in view; empty for any.
        spec: The run that it opens when one comes to it; None to go on with that of the page before.
        task: What there is to do.
        question: What is asked.
    """

    text: str
    title: str = ""
    panel: str = ""
    spec: RunSpec | None = None
    task: Task | None = None
    question: Question | None = None


@dataclass(frozen=True)
class Figure:
    """A number in the prose, and where it comes from; only the tests compute it.

    Attributes:
        shown: The number as it is written.
        at: A spec.
        expression: What gives the number there.
    """

    shown: str
    at: str
    expression: str


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes:
        name: Its name, which is its file's.
        title: Its title.
        about: One line for the list.
        order: Its place in the list.
        spec: The run that it begins with.
        pages: Its pages.
        next: The name of the lesson that follows; empty for the last one.
        figures: The numbers in its prose.
    """

    name: str
    title: str
    about: str
    order: float
    spec: RunSpec
    pages: tuple[Page, ...]
    next: str = ""
    figures: tuple[Figure, ...] = ()

    def run_of(self, page: int) -> RunSpec:
        """The run that a page stands beside: its own, or that of the last page before it that has one."""
        specs = (self.pages[number].spec for number in range(page, -1, -1))
        return next((spec for spec in specs if spec is not None), self.spec)

    def way_in(self, page: int) -> int:
        """The last page up to this one that opens a run: there one can begin, with the run that its text tells of."""
        return next((number for number in range(page, 0, -1) if self.pages[number].spec is not None), 0)
