"""Lesson actions: what the keys of a lesson do: choose one, turn its pages, answer, open its run again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.app import App

from tui.course.fields import LessonError
from tui.course.guide import Guide, Reading
from tui.course.scene import Scene, folded
from tui.face import Face
from tui.formatting import clip, plain
from tui.screens.main import MainScreen

if TYPE_CHECKING:
    from tui.course.lesson import Lesson

__all__ = ["LessonActions"]

_LEAVE = "Leave the lesson"
_LIST = 72  # columns of the list, with its mark, where the screen has room for them
_SHARE_WIDE, _SHARE_HIGH = 0.96, 0.9  # of the screen, that a sheet may take
_FRAME, _MARK, _SCROLLBAR = 4, 2, 2
_LEAST = 6  # columns of what is said of a lesson


class LessonActions(App[str]):
    """The part of the app that keys of lessons call.

    Attributes:
        bridge: The run.
        main_screen: The screen that shows it.
        guide: The lessons, and the one that is open.
    """

    bridge: Face
    main_screen: MainScreen
    guide: Guide
    _tried: frozenset[str] = frozenset()

    def keep_view(self) -> None:
        """How the screen is arranged has changed."""

    def was_tried(self, text: str) -> None:
        """Something was tried in the sheet for that."""
        self._tried |= {folded(text)}
        self.main_screen.read(self.guide.reading)

    def meet(self, scene: Scene) -> Reading | None:
        """Look whether the open page's task is done now.

        Returns:
            The open lesson as it is then.
        """
        is_there = self.bridge.is_there(scene.snapshot)
        if is_there:  # what was on the screen before the page's run does not count
            self.guide.look(replace(scene, tried=self._tried))
        reading = self.guide.reading
        return reading if is_there or reading is None else replace(reading, opening=True)

    def action_lessons(self) -> None:
        """Choose a lesson, or leave the one that is open."""
        from tui.screens.choose import ChooseScreen  # late, as all sheets

        _ = self.bridge.settings  # a lesson opens runs of its own, which a recorded run refuses
        shelf = self.guide.library.lessons
        digits = len(str(len(shelf)))
        lessons = {f"{place:{digits}} {plain(lesson.title)}": lesson for place, lesson in enumerate(shelf, 1)}
        width = max(map(cell_len, lessons), default=0)
        reading = self.guide.reading
        room = self._room_beside(width, len(lessons) + len(self.guide.library.broken) + (reading is not None))
        items = [(title, self._said_of(lesson, room)) for title, lesson in lessons.items()]
        items += [(f"✗ {broken.name}.toml", broken.told) for broken in self.guide.library.broken]
        items += [(_LEAVE, "and go on with its run")] if reading is not None else []
        if not items:
            self._say("There are no lessons.")
            return
        current = next((title for title, lesson in lessons.items() if reading and lesson == reading.lesson), "")
        known = self.guide.journal.progress
        unread = (
            name for name, lesson in lessons.items() if lesson.name not in known or not known[lesson.name].finished
        )

        def chosen(title: str | None) -> None:
            if title == _LEAVE:
                self.guide.leave()
                self._turned()
            elif title in lessons:
                again = reading is not None and lessons[title] == reading.lesson
                self._open(lessons[title], again=again)

        hint = "enter opens it, escape leaves it as it is"
        self.push_screen(ChooseScreen("Lessons", items, current, hint, next(unread, "")), chosen)

    def _room_beside(self, title: int, rows: int) -> int:
        """The columns that the list has beside titles, so that each lesson takes one row."""
        scrolls = rows > int(self.size.height * _SHARE_HIGH) - _FRAME
        room = min(_LIST, int(self.size.width * _SHARE_WIDE) - _FRAME) - _SCROLLBAR * scrolls
        return room - _MARK - title - 2

    def _said_of(self, lesson: Lesson, width: int) -> str:
        known = self.guide.journal.progress.get(lesson.name)
        said = lesson.about if known is None else ("✓ " * bool(known.finished)) + known.mark(lesson)
        return clip(said, max(width, _LEAST)).rstrip()

    def _open(self, lesson: Lesson, *, again: bool = False) -> None:
        self.guide.open(lesson, again=again)
        self._turned(opens=True)

    def action_turn(self, places: int) -> None:
        """Go to the next page, or to the one before; a question is asked first, and after the last page all is told."""
        reading = self.guide.reading
        if reading is None:
            self._say("No lesson is open: L lists them.")
        elif places > 0 and reading.asks:
            self._ask_the_question(reading)
        elif places > 0 and reading.is_last:
            self._after_the_last(reading)
        else:
            self._turned(opens=self.guide.turn(places))

    def action_reopen(self) -> None:
        """Open the page's run, as a new line of history."""
        reading = self.guide.reading
        if reading is None:
            self._say("No lesson is open: L lists them.")
        else:
            self.main_screen.let_go()  # keys of its page begin with nothing focused
            self.bridge.open(reading.lesson.run_of(reading.number))
            self.main_screen.read(reading)  # which is on its way now

    def action_scroll_lesson(self, pages: int) -> None:
        """Scroll the lesson's text."""
        self.main_screen.scroll_lesson(pages)

    def _turned(self, *, opens: bool = False) -> None:
        """Show the page that lies open now; its run first, as what the one before has reached is not done here."""
        self._tried = frozenset()
        if opens:
            self.action_reopen()
        self.main_screen.read(self.guide.reading)
        self.keep_view()

    def _ask_the_question(self, reading: Reading) -> None:
        from tui.screens.choose import ChooseScreen  # late, as all sheets

        question = reading.page.question
        if question is None:
            return
        answers = [answer.replace("`", "") for answer in question.answers]

        def chosen(answer: str | None) -> None:
            if answer in answers and self.guide.reading == reading:
                self.guide.answer(answers.index(answer))
                self.main_screen.read(self.guide.reading)

        hint = "enter answers, and the page tells; escape: not yet"
        title = plain(question.ask.replace("`", ""))
        self.push_screen(ChooseScreen(title, [(answer, "") for answer in answers], "", hint), chosen)

    def _after_the_last(self, reading: Reading) -> None:
        self.guide.finish()
        if not reading.lesson.next:
            self._say("That was the last lesson. L lists them all.")
            return
        try:
            self._open(self.guide.library.get(reading.lesson.next))
        except LessonError as error:
            self._say(str(error))

    def _say(self, sentence: str) -> None:
        self.notify(plain(sentence), markup=False)
