"""Lens: how much of a matrix that is larger than its panel is seen, and from where."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["NUMBERS", "Frame", "Lens", "framed", "moved", "zoomed"]

NUMBERS = 9
"""Columns of a number, with the one that parts it from the next."""
_MARK = 2  # columns of a cell that is drawn as a mark: about as wide as high

_MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


@dataclass(frozen=True)
class Lens:
    """What was asked for with keys.

    Attributes:
        zoom: 0 for all of the matrix; each one more halves the blocks, and after single numbers they are written out.
        top: The first row that is wanted.
        left: The first column.
        extreme: Whether each cell is the number of its block that is farthest from 0, in place of the mean.
    """

    zoom: int = 0
    top: int = 0
    left: int = 0
    extreme: bool = False


@dataclass(frozen=True)
class Frame:
    """What is drawn of a matrix.

    Attributes:
        block: Rows and columns of the matrix in one cell.
        top: The first row.
        left: The first column.
        height: Rows of cells.
        width: Columns of cells.
        written: Whether the numbers are written out.
    """

    block: tuple[int, int]
    top: int
    left: int
    height: int
    width: int
    written: bool

    @property
    def cell(self) -> int:
        """Columns of the screen in one cell."""
        return NUMBERS if self.written else _MARK


def framed(lens: Lens, shape: tuple[int, int], columns: int, lines: int) -> Frame:
    """The part of a matrix that a lens shows in so many columns and lines of the screen.

    Small matrices are written out as numbers where there is room for all of them.
    """
    rows, wide = shape
    columns, lines = max(columns, 1), max(lines, 1)
    if lens.zoom >= _levels(shape, columns, lines):
        block = (1, 1)
        height, width = lines, max(columns // NUMBERS, 1)
        written = True
    else:
        fit = max(columns // _MARK, 1)
        block = (_block(rows, lines, lens.zoom), _block(wide, fit, lens.zoom))
        height, width, written = lines, fit, False
    high, across = -(-rows // block[0]), -(-wide // block[1])  # cells in all
    height, width = min(height, high), min(width, across)
    top = min(max(lens.top, 0) // block[0], high - height) * block[0]
    left = min(max(lens.left, 0) // block[1], across - width) * block[1]
    return Frame(block, top, left, height, width, written)


def zoomed(lens: Lens, shape: tuple[int, int], columns: int, lines: int, change: int) -> Lens:
    """The lens nearer by so many levels, about the middle of what is seen."""
    frame = framed(lens, shape, columns, lines)
    most = _levels(shape, columns, lines)
    zoom = min(max(min(lens.zoom, most) + change, 0), most)
    new = replace(lens, zoom=zoom)
    after = framed(new, shape, columns, lines)
    middle = [
        start + (size * old - new_size * block) // 2
        for start, size, old, new_size, block in zip(
            (frame.top, frame.left),
            (frame.height, frame.width),
            frame.block,
            (after.height, after.width),
            after.block,
        )
    ]
    return _kept(replace(new, top=max(middle[0], 0), left=max(middle[1], 0)), shape, columns, lines)


def moved(lens: Lens, shape: tuple[int, int], columns: int, lines: int, direction: str) -> Lens:
    """The lens so much further that half of what is seen is new."""
    frame = framed(lens, shape, columns, lines)
    down, right = _MOVES[direction]
    top = frame.top + down * max(frame.height // 2, 1) * frame.block[0]
    left = frame.left + right * max(frame.width // 2, 1) * frame.block[1]
    return _kept(replace(lens, top=max(top, 0), left=max(left, 0)), shape, columns, lines)


def _kept(lens: Lens, shape: tuple[int, int], columns: int, lines: int) -> Lens:
    """The lens where it really stands: a key at an edge is not to be taken back key by key."""
    frame = framed(lens, shape, columns, lines)
    return replace(lens, top=frame.top, left=frame.left)


def _levels(shape: tuple[int, int], columns: int, lines: int) -> int:
    """The zoom from which on numbers are written out: 0 where all of them have room."""
    rows, wide = shape
    if rows <= lines and wide * NUMBERS <= columns:
        return 0
    blocks = max(-(-rows // lines), -(-wide // max(columns // _MARK, 1)))
    return (blocks - 1).bit_length() + 1


def _block(size: int, room: int, zoom: int) -> int:
    """Numbers of one dimension in a cell."""
    whole = -(-size // room)
    return max(-(-whole // (1 << zoom)), 1)
