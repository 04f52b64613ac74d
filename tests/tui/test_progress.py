"""Progress: kept in one file that several programs write, and no disk or damage keeps a student from a lesson."""

from __future__ import annotations

import itertools
import json
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tui.panels import look
from tui.course.guide import Guide
from tui.course.journal import LONGEST, Journal, ProgressError, add_progress, read_progress
from tui.course.library import Library
from tui.course.progress import Answer, LessonProgress, merged, progress_from, progress_to
from tui.course.scene import Scene

times = st.sampled_from(["2025-01-01T08:00:00Z", "2025-01-02T08:00:00Z", "2026-01-01T08:00:00Z"])
pages = st.frozensets(st.integers(0, 9))
answers = st.dictionaries(st.integers(0, 9), st.builds(Answer, times, st.integers(0, 3), st.booleans()))
kept = st.dictionaries(
    st.sampled_from(["xor", "words", "one-hot"]),
    st.builds(LessonProgress, times, pages, pages, answers, times | st.just("")),
)
ONE = {"xor": LessonProgress("2025-01-01T08:00:00Z", frozenset({0, 1}), frozenset({1}))}
OTHER = {"xor": LessonProgress("2025-01-02T08:00:00Z", frozenset({0, 2}), finished="2025-01-02T09:00:00Z")}
SAMPLE = Library(Path(__file__).parent / "lessons").get("sample")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "progress.json"


@given(kept, kept, kept)
def test_merging_is_the_same_in_any_order_and_loses_nothing(one: dict, other: dict, third: dict) -> None:  # type: ignore[type-arg]
    assert merged(one, other) == merged(other, one)
    assert merged(merged(one, other), third) == merged(one, merged(other, third))
    assert merged(one, one) == one == merged(one, {})
    for name, lesson in one.items():
        both = merged(one, other)[name]
        assert lesson.pages <= both.pages
        assert lesson.tasks <= both.tasks
        assert set(lesson.answers) <= set(both.answers)
        assert all(both.answers[page] <= answer for page, answer in lesson.answers.items()), "the first answer counts"


@given(progress=kept)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_what_is_written_is_read(path: Path, progress: dict) -> None:  # type: ignore[type-arg]
    assert progress_from(json.loads(json.dumps(progress_to(progress)))) == progress
    path.unlink(missing_ok=True)
    add_progress(path, progress)
    assert read_progress(path) == progress


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["begun", "pages", "tasks", "answers", "1", "at", "chosen", "right"]), inner
            )
        ),
    )
)
def test_what_is_not_as_it_should_be_is_left_out(value: object) -> None:
    read = progress_from(value)
    assert progress_from(progress_to(read)) == read


def test_two_programs_at_once(path: Path) -> None:
    def write(number: int) -> None:
        for page in range(10):
            add_progress(path, {f"lesson-{number}": LessonProgress("2025", frozenset({page}))})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: len(one.pages) for name, one in read_progress(path).items()} == {f"lesson-{n}": 10 for n in range(4)}


def test_what_another_program_wrote_meanwhile_stays(path: Path) -> None:
    journal = Journal(path)
    add_progress(path, OTHER)
    journal.note("xor", ONE["xor"])
    journal.close()
    assert read_progress(path) == merged(ONE, OTHER)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[1]", b"\xff", b"[" * 100_000, b'{"program": "x"}', b" " * (LONGEST + 1)],
    ids=itertools.count(),
)
def test_a_damaged_file_is_told_once_and_put_aside(path: Path, data: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    with pytest.raises(ProgressError, match="is damaged"):
        read_progress(path)
    told: list[str] = []
    journal = Journal(path)
    journal.listen(told.append)
    for page in range(3):
        journal.note("xor", LessonProgress("2025", frozenset({page})))
    journal.close()
    assert len(told) == 1
    assert "progress-damaged.json" in told[0]
    assert path.with_name("progress-damaged.json").read_bytes() == data
    assert read_progress(path)["xor"].pages == {0, 1, 2}


def test_a_later_version_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"program": "hlt-tui", "version": 2, "lessons": {}}')
    before = path.read_bytes()
    told: list[str] = []
    journal = Journal(path)
    journal.listen(told.append)
    journal.note("xor", ONE["xor"])
    journal.close()
    assert path.read_bytes() == before
    assert 'version "2": this hlt-tui reads version 1' in told[0]
    assert journal.progress == ONE, "the lesson goes on"


def test_a_disk_that_takes_nothing_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told: list[str] = []
    journal = Journal(tmp_path / "file" / "progress.json")
    journal.listen(told.append)
    journal.note("xor", ONE["xor"])
    journal.note("xor", OTHER["xor"])
    journal.close()
    journal.listen(told.append)
    assert len(set(told)) == 1
    assert len(told) == 2, "whoever begins to listen later hears it, too"
    assert "Your progress is not being kept: " in told[0]
    assert journal.progress == merged(ONE, OTHER)


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes")
def test_nobody_else_can_read_it(path: Path) -> None:
    add_progress(path, ONE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert {found.name for found in path.parent.iterdir()} == {"progress.json", ".progress.lock"}


def test_the_guide_keeps_account(path: Path) -> None:
    journal = Journal(path)
    guide = Guide(journal=journal)
    guide.open(SAMPLE)
    assert not guide.look(Scene(look("logistic-regression/language-id @1")))
    assert guide.turn(1)
    guide.answer(0)
    guide.answer(1)
    assert not guide.turn(-1)
    assert guide.reading is not None
    assert guide.reading.chosen == {1: 0}, "the first answer counts"
    assert [guide.turn(1), guide.turn(1)] == [False, True]
    assert guide.look(Scene(look("two-layer/xor seed=1 @1")))
    assert not guide.look(Scene(look("two-layer/xor seed=1 @1"))), "it is done already"
    journal.close()
    one = read_progress(path)["sample"]
    assert (one.pages, one.tasks, one.finished) == ({0, 1, 2}, {2}, "")
    assert (one.answers[1].chosen, one.answers[1].right) == (0, False)
    assert one.mark(SAMPLE) == "begun, at page 3"

    again = Guide(journal=Journal(path))
    reading = again.open(SAMPLE)
    assert (reading.number, reading.done, reading.chosen) == (2, {2}, {1: 0})
    again.turn(1)
    assert again.journal.progress["sample"].mark(SAMPLE) == "done", "its last page asks for nothing"
    assert again.open(SAMPLE).number == 0
    assert again.reading is not None
    assert again.reading.done == frozenset(), "read once more, it is all to do again"
    again.journal.close()


def test_a_session_knows_how_far_its_own_reading_came(path: Path) -> None:
    first = Guide(journal=Journal(path))
    first.open(SAMPLE)
    first.turn(3)  # to its end: it was finished
    first.journal.close()
    resumed = Guide(journal=Journal(path))
    resumed.resume(SAMPLE, 1, 1)
    assert resumed.turn(1), "read once more, the next page is reached for the first time, and opens its run"
    resumed.resume(SAMPLE, 0, 2)
    assert [resumed.turn(1), resumed.turn(1), resumed.turn(1)] == [False, False, True]
