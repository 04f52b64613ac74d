"""A student's progress in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tui.course.library import Library
from tui.course.progress import Answer, LessonProgress
from tui.course.report import as_table

SAMPLE = (Path(__file__).parent / "lessons" / "sample.toml").read_text(encoding="utf-8")
EVERY = frozenset(range(30))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    for name, title in (("one", "A sample"), ("two", "全部の言葉")):
        (tmp_path / f"{name}.toml").write_text(SAMPLE.replace("A sample", title), encoding="utf-8")
    return Library(tmp_path)


def test_pages_that_a_lesson_has_no_more_do_not_count(library: Library) -> None:
    answers = {page: Answer("2025", 1, True) for page in EVERY}
    row = next(row for row in as_table(library, {"one": LessonProgress("2025", EVERY, EVERY, answers)}) if "one" in row)
    assert "4 of 4" in row
    assert "2 of 2" in row
    assert "1 of 1" in row


def test_columns_stand_below_each_other_in_any_script(library: Library) -> None:
    rows = [row for row in as_table(library, {}) if row.startswith(("one ", "two "))]
    places = {cell_len(row.partition(" of ")[0]) for row in rows}
    assert len(rows) == 2
    assert len(places) == 1
