"""The lesson beside the panels: readable whole at every size, and the panel that the page is about in view."""

from __future__ import annotations

import threading
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.containers import VerticalScroll

from tests.tui.support import SMALL, WIDE, Seen, opened
from tests.tui.test_arrangement import FRAME, needs, overlap
from tui.arrangement import Needs
from tui.beside import arrange_with, lesson_box, room_beside
from tui.course.guide import Guide
from tui.course.journal import Journal
from tui.course.library import Library
from tui.course.panels import PANELS
from tui.keeper import Keeper
from tui.session import read
from tui.terminal import Capabilities

FOLDER = Path(__file__).parent / "lessons"
SMALLEST = (60, 16)


def guide(path: Path | None = None, folder: Path = FOLDER) -> Guide:
    """A guide with the sample open."""
    made = Guide(Library(folder), Journal(path))
    made.open(made.library.get("sample"))
    return made


@settings(max_examples=200, deadline=None)
@given(
    st.integers(60, 250), st.integers(16, 80), needs, st.integers(1, 60), st.sampled_from(["", *PANELS]), st.booleans()
)
def test_the_room_is_filled_and_the_panel_in_view(
    width: int, height: int, wanted: Needs, lines: int, panel: str, alone: bool
) -> None:
    height -= FRAME
    lesson = lesson_box(width, height, lambda columns, rows: lines)
    columns, rows = room_beside(width, height, lesson)
    boxes = arrange_with(columns, rows, wanted, "story" if alone else "", panel)
    assert not any(overlap(one, other) for one, other in combinations(boxes.values(), 2)), boxes
    assert sum(box.width * box.height for box in (*boxes.values(), lesson)) == width * height, boxes
    for box in (*boxes.values(), lesson):
        assert box.width >= 10, boxes
        assert box.height >= 2, boxes
        assert box.x + box.width <= width
        assert box.y + box.height <= height
    if not alone:
        assert {"parameters", panel or "parameters"} <= set(boxes)
        assert ("twin-parameters" in boxes) == wanted.twin


async def read_whole(seen: Seen) -> str:
    """What a student reads who scrolls to the end."""
    panel = seen.main.query_one("#lesson", VerticalScroll)
    read: list[str] = []
    while True:
        region = panel.content_region
        rows = [row[region.x : region.right].strip() for row in seen.text.splitlines()[region.y : region.bottom]]
        read += [row for row in rows if row not in read]
        y = panel.scroll_offset.y
        if y >= panel.max_scroll_y:
            return " ".join(" ".join(read).split())
        await seen.press("pagedown", until=lambda: panel.scroll_offset.y > y)  # noqa: B023


@pytest.mark.parametrize("size", [SMALL, WIDE, SMALLEST, (60, 50), (250, 16)])
async def test_every_word_can_be_read(size: tuple[int, int]) -> None:
    async with opened(size=size, guide=guide()) as seen:
        assert "Page 1 of 4 · ○ to do · A sample" in seen.text
        first = await read_whole(seen)
        assert "Nothing here is [bold]markup[/bold]; loss<0.1 is typed. ○ Do one step, and go back." in first
        await seen.press("greater_than_sign", until=lambda: "Page 2 of 4 · ? > asks" in seen.text)
        assert seen.main.query_one("#loss").display
        second = await read_whole(seen)
        assert (
            second
            == "The loss of the first step was 0.6208. Predict what becomes of it. ? What does the loss do in an epoch?"
        )


async def test_a_resize_keeps_the_page() -> None:
    async with opened(guide=guide()) as seen:
        before = seen.text
        for size in (WIDE, (20, 5), SMALLEST, SMALL):
            await seen.pilot.resize_terminal(*size)
            await seen.until(lambda: seen.app.size == size)  # noqa: B023
        await seen.until(lambda: seen.text == before)


async def test_what_is_done_is_seen_at_once_and_nothing_moves() -> None:
    async with opened(guide=guide()) as seen:
        boxes = {panel.id: panel.region for panel in seen.main.query(".panel")}
        rows = len(seen.rows("lesson-lines"))
        await seen.press("space", until="1 step done")
        assert "○ to do" in seen.text
        await seen.press("b", until=lambda: "Page 1 of 4 · ✓ done — > goes on" in seen.text)
        assert "✓ Do one step, and go back." in seen.text
        assert {panel.id: panel.region for panel in seen.main.query(".panel")} == boxes
        assert len(seen.rows("lesson-lines")) == rows
        await seen.press("space", "space", until="2 steps done")
        assert "✓ done" in seen.text, "it was done"


async def test_it_is_seen_while_it_plays() -> None:
    made = guide()
    made.turn(1)
    made.turn(1)
    async with opened("two-layer/xor seed=0 lr=0.5", guide=made) as seen:
        await seen.press(*["plus"] * 9, "p", until=lambda: "✓ done — > goes on" in seen.text)


async def test_a_question_is_asked_before_it_is_told(tmp_path: Path) -> None:
    made = guide(tmp_path / "progress.json")
    async with opened(guide=made) as seen:
        await seen.press("greater_than_sign", "greater_than_sign", until=lambda: "enter answers" in seen.text)
        assert "goes against" not in seen.text
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)
        assert "? > asks" in seen.text
        await seen.press("greater_than_sign", until=lambda: "enter answers" in seen.text)
        await seen.press("enter", until=lambda: "✗ You chose: it rises" in seen.text)
        assert "✓ Right: it falls" in seen.text
        assert "Each update goes against the gradient." in seen.text
        await seen.press("less_than_sign", "greater_than_sign", until=lambda: "You chose" in seen.text)
        await seen.press("greater_than_sign", until=lambda: "Page 3 of 4" in seen.text)
    kept = Journal(tmp_path / "progress.json").progress["sample"]
    assert (kept.answers[1].chosen, kept.answers[1].right) == (0, False)


async def test_a_page_opens_its_run_once_and_r_opens_it_again() -> None:
    async with opened(guide=guide()) as seen:
        await seen.press("space", "greater_than_sign", "greater_than_sign", until=lambda: "enter answers" in seen.text)
        await seen.press("down", "enter", until=lambda: "Right: it falls" in seen.text)
        assert "line 2" not in seen.status
        await seen.press("greater_than_sign", until="as line 2 of history; [ returns to line 1")
        assert "two-layer / xor" in seen.status
        assert seen.main.query_one("#network").display
        await seen.press("e", until="4 steps done")
        await seen.press("less_than_sign", until="as line 3 of history; [ returns to line 2")
        assert "logistic-regression / language-id" in seen.status
        assert seen.snapshot.steps == 0, "the text of a page is of its own run, whichever way one comes"
        await seen.press("greater_than_sign", until="as line 4")
        await seen.press("e", "R", until="as line 5 of history; [ returns to line 4")
        await seen.press(*["left_square_bracket"] * 4, until="logistic-regression / language-id")
        await seen.press("end", until="1 step done")


async def test_what_was_on_the_screen_before_does_not_count() -> None:
    made = guide()
    made.turn(1)
    made.answer(1)
    async with opened("two-layer/xor seed=1 @1", guide=made) as seen:  # where the next page's task is done
        await seen.press("greater_than_sign", until="as line 2")
        assert "○ to do" in seen.text


async def test_the_list_opens_and_leaves_a_lesson(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("title = 3", encoding="utf-8")
    (tmp_path / "one.toml").write_bytes((FOLDER / "sample.toml").read_bytes())
    async with opened("two-layer/xor", guide=Guide(Library(tmp_path))) as seen:
        assert "L for lessons" in seen.status
        assert "> next" not in seen.text
        await seen.press("greater_than_sign", until=lambda: "No lesson is open" in seen.text)
        await seen.press("L", until=lambda: "enter opens it" in seen.text)
        row = next(row for row in seen.text.splitlines() if "A sample" in row)
        assert "Only for the tests" in row
        await seen.press("end", until=lambda: "✗ broken.toml" in seen.text)
        assert "broken.toml, title:" in seen.text
        place = [lesson.name for lesson in seen.app.guide.library.lessons].index("one")
        await seen.press("home", *["down"] * place, "enter", until=lambda: "Page 1 of 4" in seen.text)
        await seen.until(lambda: "logistic-regression / language-id" in seen.status)
        assert "> next" in seen.text.splitlines()[-1]
        await seen.press("L", until=lambda: "begun, at page 1" in seen.text)
        await seen.press("end", "enter", until=lambda: seen.app.screen is seen.main)
        await seen.until(lambda: "Page 1 of 4" not in seen.text)
        assert not seen.main.query_one("#lesson").display


async def test_many_broken_files_do_not_hide_the_screen(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"broken{number:02}.toml").write_text("title = 3", encoding="utf-8")
    async with opened("two-layer/xor", guide=Guide(Library(tmp_path))) as seen:
        await seen.until(lambda: "no lessons: 28." in seen.text)
        assert seen.text.count("broken") == 2


async def test_the_end_of_the_last_lesson_is_told(tmp_path: Path) -> None:
    made = guide(tmp_path / "progress.json")
    made.turn(1)
    made.answer(1)
    made.turn(2)
    async with opened(guide=made) as seen:
        await seen.press("greater_than_sign", until=lambda: "That was the last lesson" in seen.text)
    assert made.journal.progress["sample"].finished


async def test_a_session_opens_its_lesson_again(tmp_path: Path) -> None:
    path, state = tmp_path / "one.json", tmp_path / "progress.json"
    async with opened(keeper=Keeper(path), guide=guide(state)) as seen:
        await seen.press("space", "b", until=lambda: "✓ done" in seen.text)
        await seen.press("greater_than_sign", until=lambda: "Page 2 of 4" in seen.text)
    session = read(path)
    assert (session.view.lesson, session.view.page) == ("sample", 1)
    again = Guide(Library(FOLDER), Journal(state))
    async with opened(str(session.opening), keeper=Keeper(None, session), guide=again) as seen:
        assert "Page 2 of 4" in seen.text
        await seen.press("less_than_sign", until=lambda: "Page 1 of 4 · ✓ done" in seen.text)
    async with opened(str(session.opening), keeper=Keeper(None, session)) as seen:
        await seen.until(lambda: 'Unknown lesson "sample"' in " ".join(seen.text.split()))


async def test_a_disk_that_takes_nothing_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    async with opened(guide=guide(tmp_path / "file" / "progress.json")) as seen:
        await seen.until(lambda: "Your progress is not" in seen.text)
        await seen.press("greater_than_sign", until=lambda: "Page 2 of 4" in seen.text)


async def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    hostile = (FOLDER / "sample.toml").read_text(encoding="utf-8")
    evil = r"\u001b[31m [red]x[/red] [$primary] [@click=app.quit]q[/] \u202e"
    hostile = hostile.replace("it rises", f"it rises {evil}").replace("What does", f"{evil} What does")
    hostile = hostile.replace('"A sample"', f'"{evil[:40]}"').replace("That is all", "全部" * 30 + "²")
    (tmp_path / "sample.toml").write_text(hostile, encoding="utf-8")
    async with opened(guide=guide(folder=tmp_path), terminal=Capabilities(unicode=False)) as seen:
        await seen.press("greater_than_sign", until=lambda: r"\x1b[31m [red]x[/red] [$primary]" in seen.text)
        await seen.press("greater_than_sign", until=lambda: "enter answers" in seen.text)
        assert "[@click=app.quit]q[/]" in seen.text
        assert seen.text.isascii()
        await seen.press("enter", until=lambda: "You chose: it rises" in seen.text)
        await seen.press("greater_than_sign", "greater_than_sign", until=lambda: "Page 4 of 4" in seen.text)
        assert seen.text.isascii()
        await seen.press("L", "escape", until=lambda: seen.app.screen is seen.main)


async def test_a_page_says_that_its_run_is_on_its_way() -> None:
    async with opened(size=SMALL, guide=guide()) as seen:
        await seen.until(lambda: seen.app.bridge.is_there(seen.snapshot))
        go_on = threading.Event()
        seen.app.bridge.ask(lambda trainer: go_on.wait(10))  # as a long way to the page's run does
        await seen.press("R", until=lambda: "on its way" in seen.text)
        go_on.set()
        await seen.until(lambda: "on its way" not in seen.text)


@pytest.mark.parametrize("size", [SMALL, SMALLEST])
async def test_each_lesson_of_the_list_takes_one_row(size: tuple[int, int]) -> None:
    async with opened(size=size) as seen:
        await seen.press("L", until=lambda: "Three losses" in seen.text)
        rows = seen.text.splitlines()
        first = next(y for y, row in enumerate(rows) if "1 A layer" in row)
        assert all(f"{number} " in rows[first + number - 1][:10] for number in range(1, 8))
