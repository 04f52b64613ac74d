"""The lens: a matrix of any size in a panel of any size, and exactly the numbers that it says."""

from __future__ import annotations

import math
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from hltcore.logged import Summary, WholeTensor
from hltcore.packing import pack
from tui.lens import NUMBERS, Lens, framed, moved, zoomed
from tui.panels.matrix import matrix_lines, matrix_rows, matrix_shape, matrix_title
from tui.terminal import Capabilities
from tui.theme import DARK, palette_of

PALETTE, ALL = palette_of(DARK), Lens()
SIZES = st.tuples(st.integers(1, 3000), st.integers(1, 3000))
LENSES = st.builds(Lens, st.integers(0, 20), st.integers(0, 4000), st.integers(0, 4000), st.booleans())


def texts(tensor: WholeTensor | Summary, lens: Lens = ALL, width: int = 40, height: int = 12) -> list[str]:
    return [line.text for line in matrix_lines(tensor, lens, PALETTE, width, height)]


def whole(*shape: int, values: list[float] | None = None) -> WholeTensor:
    size = math.prod(shape)
    return WholeTensor(shape, pack(values or [math.sin(place) for place in range(size)]))


@given(SIZES, LENSES, st.integers(1, 200), st.integers(1, 60))
def test_what_is_seen_lies_in_the_matrix_and_in_the_panel(
    shape: tuple[int, int], lens: Lens, columns: int, lines: int
) -> None:
    frame = framed(lens, shape, columns, lines)
    assert frame.height <= lines
    assert frame.width == 1 or frame.width * frame.cell <= columns
    for first, count, block, size in zip((frame.top, frame.left), (frame.height, frame.width), frame.block, shape):
        assert 0 <= first < size
        assert first + (count - 1) * block < size  # each cell holds a number
        assert first % block == 0
    assert not frame.written or frame.block == (1, 1)


@given(SIZES, st.integers(NUMBERS, 200), st.integers(1, 60))
def test_it_begins_with_all_of_it_and_ends_with_numbers(shape: tuple[int, int], columns: int, lines: int) -> None:
    lens, seen = Lens(), []
    for _ in range(20):
        frame = framed(lens, shape, columns, lines)
        seen.append(frame)
        lens = zoomed(lens, shape, columns, lines, 1)
    for count, block, size in zip((seen[0].height, seen[0].width), seen[0].block, shape):
        assert count * block >= size
    assert seen[-1].written
    assert [frame.block for frame in seen] == sorted((frame.block for frame in seen), reverse=True)
    assert zoomed(lens, shape, columns, lines, -20).zoom == 0


@given(SIZES, st.integers(NUMBERS, 100), st.integers(1, 40))
def test_arrows_come_to_every_edge_and_no_further(shape: tuple[int, int], columns: int, lines: int) -> None:
    lens = zoomed(Lens(), shape, columns, lines, 20)
    for direction, back in (("right", "left"), ("down", "up")):
        for _ in range(2 * max(shape)):
            before, lens = lens, moved(lens, shape, columns, lines, direction)
            if before == lens:
                break
        frame = framed(lens, shape, columns, lines)
        far = frame.left + frame.width == shape[1] if direction == "right" else frame.top + frame.height == shape[0]
        assert far
        away = moved(lens, shape, columns, lines, back)
        assert away != lens or (frame.left, frame.top) == (0, 0) or frame.width == shape[1] or frame.height == shape[0]


def test_each_cell_is_the_mean_or_the_extreme_that_it_says() -> None:
    tensor = whole(6, 40)
    numbers = tensor.flat
    for lens in (Lens(), Lens(extreme=True)):
        caption, *rows = texts(tensor, lens, 20, 5)  # three lines of ten cells
        what = "extreme" if lens.extreme else "mean"
        assert caption.strip() == f"each cell the {what} of 2×4"[:20].strip()
        blocks = [
            [numbers[(2 * y + dy) * 40 + 4 * x + dx] for dy, dx in product(range(2), range(4))]
            for y, x in product(range(3), range(10))
        ]
        cells = [max(block, key=abs) if lens.extreme else sum(block) / 8 for block in blocks]
        most = max(map(abs, cells))
        marks = ["".join(rows[:3])[2 * place : 2 * place + 2] for place in range(30)]
        for cell, mark in zip(cells, marks):
            sign = "+" if cell > 0 else "-"
            size = abs(cell) / most
            assert mark == (sign * 2 if size >= 0.5 else f" {sign}" if size >= 0.05 else " ·")


def test_shapes_of_any_rank_are_said_and_drawn() -> None:
    assert matrix_shape(()) == (1, 1)
    assert matrix_shape((5,)) == (5, 1)
    assert matrix_shape((16, 8, 3, 3)) == (16, 72)
    rows, columns = matrix_shape((3000,))
    assert rows * columns >= 3000 > (rows - 1) * columns
    assert matrix_title("conv", whole(2, 3, 2, 2)) == "conv (2×3×2×2 as 2×12)"
    assert "0.8415" in "".join(texts(whole(5)))
    assert len(texts(whole(1000), Lens(), 60, 10)) == 10
    assert "no numbers" in texts(whole(0, 4, values=[]))[0]


def test_what_is_no_number_is_seen_for_what_it_is() -> None:
    values = [0.5, math.nan, -math.inf, *[0.0] * 97]
    text = "".join(texts(whole(10, 10, values=values), Lens(extreme=True), 20, 12))
    assert "??" in text
    assert "!!" in text


def test_a_summary_says_what_it_is() -> None:
    means = whole(16, 16)
    summary = Summary((3072, 1024), 1.0, -1.0, 1.0, 0.0, 0.5, 0, (0.0,) * 5, means)
    lines = texts(summary, Lens(), 90, 20)
    assert "recorded as 16×16 means of 192×64" in lines[0]
    assert summary.whole is None
    assert matrix_rows(20) == 18


def test_signs_can_be_told_without_colour() -> None:
    plain = palette_of(DARK, Capabilities(many_colors=False, colors=False))
    tensor = whole(20, 60)
    assert [line.text for line in matrix_lines(tensor, Lens(), plain, 40, 12)] == texts(tensor)
