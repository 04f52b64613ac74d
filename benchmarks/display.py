"""What a program drew on a terminal, as lines of text."""

from __future__ import annotations

import codecs
import re

import pyte

__all__ = ["Display"]

_STRAY = re.compile(r"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\??[0-9;]*[$ ][a-zA-Z]|\x1b[\]P_^][^\x07\x1b]*(?:\x07|\x1b\\)")
"""What pyte would show as text: private modes, titles, strings for the terminal."""
_BEGUN = re.compile(r"\x1b(?:\[[0-9;?<=>$ ]*|[\]P_^][^\x07\x1b]*\x1b?)?$")
"""A sequence whose end is still to come."""


class Display:
    """A terminal's screen.

    Args:
        size: Columns and rows.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self._screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._lines = [""] * size[1]

    def feed(self, data: bytes) -> None:
        """Draw what a program wrote."""
        text = self._rest + self._decode(data)
        begun = _BEGUN.search(text)
        self._rest = begun.group() if begun else ""
        self._stream.feed(_STRAY.sub("", text[: len(text) - len(self._rest)]))

    def resize(self, size: tuple[int, int]) -> None:
        """Become larger or smaller."""
        self._screen.resize(lines=size[1], columns=size[0])
        self._screen.dirty.update(range(size[1]))
        self._lines = [""] * size[1]

    @property
    def lines(self) -> list[str]:
        """The rows, without the blanks at their ends."""
        # pyte's own display measures the width of every cell, which takes longer than a program that plays gives.
        for number in self._screen.dirty:
            if number < len(self._lines):
                row = self._screen.buffer[number]
                self._lines[number] = "".join([row[x].data for x in range(self._screen.columns)]).rstrip()
        self._screen.dirty.clear()
        return self._lines

    def shows(self, pattern: re.Pattern[str]) -> bool:
        """Whether a row holds a pattern."""
        return any(map(pattern.search, self.lines))
