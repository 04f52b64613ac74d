"""Shown: what the terminal shows, so that of each frame only the cells that differ are sent.

Textual repaints whole lines of a widget, each piece in full colours. A step changes a few digits in many lines: over a
slow line that is most of the wait. So a frame, which is nothing but moves of the cursor, colours and text, is read
here, compared with what went out before, and said again in fewer bytes. What is anything else passes as it is, and
with it all that is known is forgotten; so it is with a frame that paints every line, which is how Textual begins anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from sys import intern

from rich.cells import cell_len

__all__ = ["Shown"]

_CODES = re.compile(r"(?:\x1b\[0m)?\x1b\[([\d;]*)([mH])")
_BEGINS = re.compile(r"\x1b\[\d+;\d+H")
_SYNC = ("\x1b[?2026h", "\x1b[?2026l")  # a frame begins, and ends
_FLAGS = range(0x1F1E6, 0x1F200)  # the letters that flags are spelled with
_BRIDGED = 3  # cells that are sent again rather than passed over, which takes more bytes


@dataclass
class _Run:
    """Cells side by side.

    Attributes:
        row: Their line, from 1.
        column: The first one's column, from 1.
        texts: Their characters.
        colours: The colours of each, as a terminal is told them.
        wide: Whether some take more than a cell, or none: all are sent then.
    """

    row: int
    column: int
    texts: list[str] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    wide: bool = False


class Shown:
    """What a terminal shows, as far as it is known."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[list[str], list[str]]] = {}

    def reduced(self, data: str, height: int) -> str:
        """The same in fewer bytes.

        Args:
            data: What is to go to the terminal.
            height: The terminal's lines.
        """
        if data in _SYNC:
            return data
        runs = _read(data)
        if runs is None:
            self._rows.clear()
            return data
        if len({run.row for run in runs if run.column == 1 and run.texts}) >= height:
            self._rows.clear()
        sent: list[str] = []
        now = ""
        for run in runs:
            if run.wide:
                self._rows.pop(run.row, None)
                sent.append(_move(run.row, run.column))
                now = _say(run.texts, run.colours, now, sent)
            else:
                now = self._send(run, now, sent)
        sent.append(_between(now, ""))
        last = runs[-1]
        if not last.texts:  # where the cursor stays
            sent.append(_move(last.row, last.column))
        return "".join(sent)

    def _send(self, run: _Run, now: str, sent: list[str]) -> str:
        """Add what differs in a run; gives the colours that the terminal is left with."""
        texts, colours = run.texts, run.colours
        first, end = run.column - 1, run.column - 1 + len(texts)
        old_texts, old_colours = self._rows.setdefault(run.row, ([], []))
        if len(old_texts) < end:
            old_texts += [""] * (end - len(old_texts))
            old_colours += [""] * (end - len(old_colours))
        if old_texts[first:end] == texts and old_colours[first:end] == colours:
            return now
        pairs = zip(count(), old_texts[first:end], texts, old_colours[first:end], colours)
        changed = [at for at, was, text, before, its in pairs if was != text or before is not its]
        old_texts[first:end], old_colours[first:end] = texts, colours
        for start, last in _spans(changed):
            sent.append(_move(run.row, run.column + start))
            now = _say(texts[start : last + 1], colours[start : last + 1], now, sent)
        return now


def _spans(places: list[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of places that are near each other."""
    start = last = -_BRIDGED - 2
    for place in places:
        if place - last > _BRIDGED + 1:
            if start >= 0:
                yield start, last
            start = place
        last = place
    if start >= 0:
        yield start, last


def _say(texts: list[str], colours: list[str], now: str, sent: list[str]) -> str:
    """Add some cells; gives the colours that the terminal is left with."""
    for text, its in zip(texts, colours):
        if its is not now and not (text == " " and _blank(now) is its):
            sent.append(_between(now, its))
            now = its
        sent.append(text)
    return now


def _read(data: str) -> list[_Run] | None:
    """A frame's runs, the last one empty and where the cursor stays; None for what is no frame."""
    pieces = _CODES.split(data)
    if not _BEGINS.match(data) or not "".join(pieces[3::3]).replace("\r", "").replace("\n", "").isprintable():
        return None
    runs: list[_Run] = []
    colours = ""
    for codes, kind, text in zip(pieces[1::3], pieces[2::3], pieces[3::3]):
        if kind == "H":
            row, _, column = codes.partition(";")
            run = _Run(int(row), int(column))
            runs.append(run)
            texts, coloured = run.texts, run.colours
            colours = ""
        else:
            colours = "" if codes == "0" else intern(codes)
        if not text:
            continue
        if text[-1] == "\n":
            text = text.rstrip("\r\n")
        if not text.isascii() and not _is_narrow(text):
            run.wide = True
        texts += text
        blank = _blank(colours)
        if blank is colours or " " not in text:
            coloured += [colours] * len(text)
        else:
            coloured += [blank if character == " " else colours for character in text]
    return runs


@lru_cache(maxsize=4096)
def _is_narrow(text: str) -> bool:
    """Whether each character is a cell; two letters of a flag, each of them one by itself, can be one sign together."""
    return all(cell_len(character) == 1 and ord(character) not in _FLAGS for character in text)


@lru_cache(maxsize=4096)
def _parts(colours: str) -> tuple[str, str, str]:
    """Bold and the like, the colour of the text, and that behind it."""
    codes = iter(colours.split(";") if colours else ())
    kinds: dict[str, list[str]] = {"": [], "3": [], "4": []}
    for code in codes:
        if code in ("38", "48"):
            kinds[code[0]] += (code, *_colour(codes))
        else:
            kind = code[0] if len(code) == 2 and code[0] in "34" else {"9": "3", "10": "4"}.get(code[:-1], "")
            kinds[kind].append(code)
    attributes, front, back = (";".join(kind) for kind in kinds.values())
    return attributes, front, back


def _colour(codes: Iterator[str]) -> list[str]:
    kind = next(codes, "")
    return [kind, *(next(codes, "") for _ in range(3 if kind == "2" else 1))]


@lru_cache(maxsize=4096)
def _blank(colours: str) -> str:
    """The colours without those that a blank does not show."""
    attributes, _, back = _parts(colours)
    return intern(back) if attributes in ("", "1", "2", "3") else colours


@lru_cache(maxsize=8192)
def _between(before: str, after: str) -> str:
    """What turns the one into the other."""
    if before == after:
        return ""
    if not after:
        return "\x1b[0m"
    old, new = _parts(before), _parts(after)
    if old[0] != new[0]:
        return f"\x1b[{'0;' if before else ''}{after}m"
    codes = [its or default for was, its, default in zip(old[1:], new[1:], ("39", "49")) if was != its]
    return f"\x1b[{';'.join(codes)}m"


def _move(row: int, column: int) -> str:
    return f"\x1b[{row};{column}H"
