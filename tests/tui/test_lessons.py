"""Every lesson of the course: its runs open, its numbers are right, and what it asks for can be done by its keys."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from textual import events

import hltcore
from hltcore import Trainer
from tests.tui.support import Seen, opened
from tui.course.guide import Guide
from tui.course.lesson import Figure, Lesson, Page
from tui.course.library import Library
from tui.course.panels import PANELS
from tui.course.scene import Scene
from tui.keymap import KEYS
from tui.screens.drawn import DRAWN
from tui.widgets.choices import Choices

LIBRARY = Library()
LESSONS = LIBRARY.lessons
MOST = 560  # characters of a page's text: what fits beside live panels at 80×24
SPELLED = dict(
    zip(
        "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "  # noqa: SIM905
        "eighteen nineteen".split(),
        range(20),
    )
)
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10)))  # noqa: SIM905
MOVES = re.compile(
    r"trainer\.(step|phase|run|back|seek|switch|re|set|load|freeze|thaw|apply|follow|checkout|open)\w*\("
)
NUMERAL = re.compile(r"(?<![\w.])-?\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[+-]?\d+)?")
_SHEETS = ("until", "go_to", "edit", "twin", "try", "choose", "compare", "settings")
OPENERS = {key.keys for key in KEYS if key.action.startswith(_SHEETS)}
NAMED = {name for key in KEYS for name in key.keys.split(",")} | {"enter", "tab", "backspace", "delete"}

every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


def test_they_are_all_read() -> None:
    for file in (Path(__file__).parents[2] / "tui" / "lessons").glob("*.toml"):
        assert LIBRARY.get(file.stem).pages
    orders = [lesson.order for lesson in LESSONS]
    assert len(set(orders)) == len(orders)
    assert [lesson.next for lesson in LESSONS] == [*(lesson.name for lesson in LESSONS[1:]), ""][: len(LESSONS)]


def test_every_panel_is_there() -> None:
    assert {page.panel for lesson in LESSONS for page in lesson.pages} <= {"", *PANELS}
    assert set(PANELS) <= {"parameters", "loss", *DRAWN}


@every_lesson
def test_its_pages_are_short_and_its_runs_open(lesson: Lesson) -> None:
    for number, page in enumerate(lesson.pages, 1):
        assert len(" ".join(page.text.split())) <= MOST, f"page {number}"
        assert page.task is None or page.task.keys, f"page {number} does not say how its task is done"
    for spec in {lesson.spec, *(page.spec for page in lesson.pages if page.spec is not None)}:
        trainer_at(spec)


def prose(page: Page) -> Iterator[str]:
    """The texts of a page as they are read, without what stands between backticks."""
    texts = [page.title, page.text]
    if page.task is not None:
        texts.append(page.task.say)
    if page.question is not None:
        texts += [page.question.ask, *page.question.answers, page.question.told]
    for text in texts:
        yield "".join(" ".join(text.split()).split("`")[::2])


def value_of(shown: str) -> tuple[float, str]:
    """The first number of a figure, and how it is written: ".4f" for four decimals."""
    match = NUMERAL.search(shown.replace("−", "-"))
    if match is None:
        numbers = (number_of(word) for word in re.findall(r"[a-z-]+", shown.casefold()))
        return next(number for number in numbers if number is not None), ".0f"
    digits = match[0].replace(",", "")
    mantissa = digits.partition("e")[0]
    return float(digits), f".{len(mantissa.partition('.')[2])}{'e' if 'e' in digits else 'f'}"


def number_of(word: str) -> float | None:
    """A number word; None for any other one."""
    if word in ("none", "zero"):
        return 0
    ten, _, unit = word.partition("-")
    if ten in TENS and (not unit or unit in SPELLED):
        return TENS[ten] + SPELLED.get(unit, 0)
    return SPELLED.get(word)


@cache
def trainer_at(spec: str) -> Trainer:
    """A run that stands there, for whoever only looks at it."""
    return Trainer.from_spec(spec)


def check(figure: Figure) -> str:
    """What is wrong with a figure; nothing, if it is right."""
    trainer = trainer_at(figure.at)
    if MOVES.search(figure.expression):
        trainer = trainer.copy()
    value = float(eval(figure.expression, {"trainer": trainer, "hltcore": hltcore, "math": math}))
    shown, form = value_of(figure.shown)
    return "" if float(f"{value:{form}}") == shown else f"{figure.shown}: {figure.expression} at {figure.at} is {value}"


LONG = re.compile(r"sweep\(|\.run\(")  # what counts over many runs, or looks at each step of a long one


@every_lesson
def test_every_number_has_a_figure_and_is_right(lesson: Lesson) -> None:
    texts = [" ".join(lesson.title.split()), lesson.about, *(text for page in lesson.pages for text in prose(page))]
    figured = {number for figure in lesson.figures for number in NUMERAL.findall(figure.shown)}
    numerals = {number for text in texts for number in NUMERAL.findall(text.replace("−", "-"))}
    assert sorted(numerals - figured) == [], "these have no figure"
    whole = " ".join(texts).replace("−", "-")
    assert [figure.shown for figure in lesson.figures if figure.shown.replace("−", "-") not in whole] == []
    figures = [figure for figure in dict.fromkeys(lesson.figures) if not LONG.search(figure.expression)]
    figures.sort(key=lambda figure: figure.at)
    assert [wrong for wrong in map(check, figures) if wrong] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "figure", [figure for lesson in LESSONS for figure in lesson.figures if LONG.search(figure.expression)], ids=str
)
def test_what_was_counted_step_by_step_is_right(figure: Figure) -> None:
    assert check(figure) == ""


def post(seen: Seen, *keys: str) -> None:
    """Press keys one after the other; texts that are no key are typed."""
    for word in keys:
        for key in [word] if len(word) == 1 or word in NAMED else word:
            name = unicodedata.name(key).lower().replace(" ", "_").replace("-", "_") if len(key) == 1 else key
            seen.app.post_message(events.Key(key if key.isalnum() else name, key if len(key) == 1 else None))


async def press(seen: Seen, word: str) -> None:
    """Press a key, or type a text; where that has to do with a sheet, once all before has come to rest."""
    in_a_sheet = seen.app.screen is not seen.main
    if word in OPENERS and not in_a_sheet:
        await seen.pilot.pause()
        await seen.ask(lambda trainer: None)
    # The runs that are compared are listed once they are set up.
    await seen.until(lambda: all(rows.option_count for rows in seen.app.screen.query("#compare-rows").results(Choices)))
    post(seen, word)
    if in_a_sheet or word in OPENERS:
        await seen.pilot.pause()
    if in_a_sheet and word == "enter":
        await seen.ask(lambda trainer: None)
        await seen.pilot.pause()


async def turn(seen: Seen) -> None:
    """Answer the page's question rightly, if it has one, and go to the next page."""
    guide = seen.app.guide
    assert guide.reading is not None
    reading = guide.reading
    if reading.page.question is not None:
        post(seen, ">")
        await seen.until(lambda: seen.app.screen is not seen.main and seen.app.screen.focused is not None)
        post(seen, *["down"] * reading.page.question.right, "enter")
        await seen.until(lambda: "answered" in str(seen.main.query_one("#lesson").border_title))
        assert guide.reading.chosen[reading.number] == reading.page.question.right
    if not reading.is_last:
        post(seen, ">")
        await seen.until(lambda: guide.reading is not None and guide.reading.number == reading.number + 1)
        await seen.until(lambda: seen.app.bridge.is_there(seen.snapshot))


def scene(seen: Seen) -> Scene:
    """What is before the student, with nothing tried on this page."""
    panels = frozenset(str(panel.id) for panel in seen.main.query(".panel") if panel.display)
    return Scene(seen.snapshot, seen.app.main_screen.focus_cell, panels)


@every_lesson
async def test_what_it_asks_for_can_be_done(lesson: Lesson) -> None:
    guide = Guide(LIBRARY)
    guide.open(lesson)
    async with opened(str(lesson.run_of(0)), guide=guide) as seen:
        await seen.until(lambda: seen.app.bridge.is_there(seen.snapshot))
        for number, page in enumerate(lesson.pages):
            assert guide.reading is not None
            assert guide.reading.number == number
            if page.panel:
                await seen.until(lambda: seen.main.query_one(f"#{page.panel}").display)  # noqa: B023
            assert not seen.snapshot.error, seen.snapshot.note
            if page.task is not None:
                goals = page.task.done
                assert not all(goal.holds(scene(seen)) for goal in goals), f"page {number + 1} is done at its start"
                for key in page.task.keys:
                    await press(seen, key)
                try:
                    await seen.until(lambda: guide.reading is not None and number in guide.reading.done, timeout=30)  # noqa: B023
                except AssertionError:
                    missing = [str(goal) for goal in goals if not goal.holds(scene(seen))]
                    pytest.fail(f"page {number + 1}: the keys {page.task.keys} leave {missing}\n{seen.text}")
                if seen.app.screen is not seen.main:
                    await press(seen, "escape")
            await turn(seen)
        known = guide.journal.progress[lesson.name]
        assert known.finished
        assert known.pages == set(range(len(lesson.pages)))
