"""What is sent of a frame leaves the terminal with the same screen as the whole frame, in fewer bytes."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.terminal import Terminal
from tui.shown import Shown

WIDTH, HEIGHT = 14, 4
COLOURS = ("", "38;5;12;48;5;16", "1;38;5;12;48;5;16", "38;2;1;2;3;48;2;4;5;6", "7", "31;44", "97;100", "4;38;5;9")
PIECES = st.tuples(st.sampled_from(COLOURS), st.text("ab ▀⣿ŷ 日", min_size=1, max_size=6))
RUNS = st.tuples(st.integers(1, HEIGHT), st.integers(1, WIDTH), st.lists(PIECES, min_size=1, max_size=4))
FOREIGN = st.sampled_from(["\x1b[?2026h", "\x1b[2J", "\x07", "\x1b]52;c;YQ==\x07", "\x1b[1;1Hx\x1b[2Ky"])


def frame(runs: list[tuple[int, int, list[tuple[str, str]]]]) -> str:
    """As Textual writes one: every run from a cell on, every piece in full colours, and the cursor's place."""
    said = []
    for row, column, pieces in runs:
        said.append(f"\x1b[{row};{column}H")
        room = WIDTH - column + 1
        for colours, text in pieces:
            kept = ""
            for character in text:
                room -= 2 if character == "日" else 1
                kept += character if room >= 0 else ""
            said.append(f"\x1b[{colours}m{kept}\x1b[0m" if colours else kept)
        said.append("\n" if row < HEIGHT else "")
    return "".join([*said, "\x1b[1;1H"])


FRAMES = st.lists(st.one_of(st.lists(RUNS, min_size=1, max_size=6).map(frame), FOREIGN), max_size=6)


def cells(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """What is seen: of a blank only what is behind it."""
    return [
        [
            (cell.data, cell.bg, cell.reverse, cell.underscore, *((cell.fg, cell.bold) if cell.data != " " else ()))
            for cell in (screen.buffer[y][x] for x in range(WIDTH))
        ]
        for y in range(HEIGHT)
    ]


@given(FRAMES)
def test_the_screen_is_the_same(frames: list[str]) -> None:
    whole, reduced = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    streams = pyte.Stream(whole), pyte.Stream(reduced)
    shown = Shown()
    for data in frames:
        streams[0].feed(data.replace("\n", "\r\n"))
        streams[1].feed(shown.reduced(data, HEIGHT).replace("\n", "\r\n"))
        assert cells(reduced) == cells(whole)
        assert (reduced.cursor.y, reduced.cursor.x) == (whole.cursor.y, whole.cursor.x)


def test_a_frame_that_is_shown_already_is_not_sent_again() -> None:
    shown = Shown()
    drawn = frame([(2, 3, [("31;44", "loss 0.1234"), ("", "  ")])])
    assert "loss 0.1234" in shown.reduced(drawn, HEIGHT)
    assert shown.reduced(drawn, HEIGHT) == "\x1b[1;1H"
    assert shown.reduced(drawn.replace("0.1234", "0.1239"), HEIGHT) == "\x1b[2;13H\x1b[31;44m9\x1b[0m\x1b[1;1H"


def test_every_line_anew_is_sent_whole() -> None:
    shown = Shown()
    drawn = frame([(row, 1, [("31;44", "all of it")]) for row in range(1, HEIGHT + 1)])
    assert shown.reduced(drawn, HEIGHT).count("all of it") == HEIGHT
    assert shown.reduced(drawn, HEIGHT).count("all of it") == HEIGHT


def test_a_step_is_few_bytes() -> None:
    with Terminal("two-layer/xor", "@10e") as terminal:
        terminal.wait_for("40 steps done")
        before = len(terminal.raw)
        terminal.press("space")
        terminal.wait_for("41 steps done")
        assert len(terminal.raw) - before < 2500
