"""A lesson's page as lines of text."""

from __future__ import annotations

import pytest

from hltcore.spec import RunSpec
from tests.tui.panels import texts
from tui.course.guide import Reading
from tui.course.lesson import Lesson, Page
from tui.panels.lesson import lesson_lines
from tui.terminal import ANY, Capabilities
from tui.theme import DARK, palette_of


def shown(page: Page, height: int, terminal: Capabilities = ANY) -> list[str]:
    lesson = Lesson("one", "One", "", 1, RunSpec(), (page,))
    return texts(lesson_lines(Reading(lesson), palette_of(DARK, terminal), 60, height))


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("One step", "One step: Press space."),
        ("Which way?", "Which way? Press space."),
        ("Done!", "Done! Press space."),
    ],
)
def test_a_title_runs_into_the_text_where_room_is_short(title: str, first: str) -> None:
    page = Page("Press `space`.\n\nLook.", title)
    assert shown(page, 10) == [title, "Press space.", "", "Look."]
    assert shown(page, 2) == [first, "Look."]


@pytest.mark.parametrize(
    ("terminal", "told"),
    [
        (ANY, "Press . or , and then u, type loss < 1, go."),
        (Capabilities(many_colors=False), "Press . or , and then u, type loss < 1, go."),
        (Capabilities(colors=False), 'Press "." or "," and then "u", type "loss < 1", go.'),
        (Capabilities(many_colors=False, colors=False), 'Press "." or "," and then "u", type "loss < 1", go.'),
        (Capabilities(unicode=False), 'Press "." or "," and then "u", type "loss < 1", go.'),
    ],
)
def test_keys_are_quoted_where_no_colour_tells_them_apart(terminal: Capabilities, told: str) -> None:
    assert shown(Page("Press `.` or `,` and then `u`, type `loss < 1`, go."), 9, terminal) == [told]
