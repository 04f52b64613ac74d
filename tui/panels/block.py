"""Block: a tensor as rows of numbers under a heading, as the parameters show it, or a part of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len

from tui.cells import Focus
from tui.formatting import NUMBER_WIDTH

__all__ = ["CELL", "Block"]

CELL = NUMBER_WIDTH + 1
"""Columns of a number and of the mark behind it."""


@dataclass(frozen=True)
class Block:
    """A tensor as rows of numbers under a heading.

    Attributes:
        heading: What stands above it.
        rows: The numbers.
        cells: Which numbers of the model these are; none where they are gradients.
        blank: Whether the numbers are not known yet and only their room is kept.
        names: What each row is for, in as many columns each, with a mark where the last step picked it.
        quiet: Which rows the last step passed over.
        apart: Columns that stay free between two numbers, besides that of the mark.
    """

    heading: str
    rows: tuple[tuple[float, ...], ...]
    cells: tuple[tuple[Focus, ...], ...] = ()
    blank: bool = False
    names: tuple[str, ...] = ()
    quiet: frozenset[int] = frozenset()
    apart: int = 0

    @property
    def named(self) -> int:
        """Columns of the names."""
        return cell_len(self.names[0]) if self.names else 0

    @property
    def width(self) -> int:
        """Columns of it all."""
        return max(len(self.heading), self.named + self.room(len(self.rows[0])))

    def room(self, count: int) -> int:
        """Columns that so many numbers of a row take."""
        return count * CELL + max(count - 1, 0) * self.apart

    def some(self, heading: str, places: Sequence[int]) -> Block:
        """Some of its rows."""
        return replace(
            self,
            heading=heading,
            rows=tuple(self.rows[place] for place in places),
            cells=tuple(self.cells[place] for place in places) if self.cells else (),
            names=tuple(self.names[place] for place in places) if self.names else (),
            quiet=frozenset(row for row, place in enumerate(places) if place in self.quiet),
        )

    def headed(self, width: int) -> Block:
        """It with a heading of at most so many columns, where what its heading begins with can be left out."""
        return self if len(self.heading) <= width else replace(self, heading=self.heading.rpartition(": ")[2])

    def columns(self, first: int, count: int) -> Block:
        """Some of its columns, and a heading that says which."""
        last, every = first + count, len(self.rows[0])
        heading = f"{self.heading}: {first + 1}-{last} of {every}"
        if len(heading) > self.room(count):
            short = f"{first + 1}-{last} of {every}"
            heading = f"{short} columns" if len(short) + len(" columns") <= self.room(count) else short
        rows = tuple(row[first:last] for row in self.rows)
        return replace(self, heading=heading, rows=rows, cells=tuple(row[first:last] for row in self.cells))
