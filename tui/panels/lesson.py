"""Lesson: a page to read, with what is to be done there, or asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells
from rich.style import Style
from textual.strip import Strip

from tui.course.guide import Reading
from tui.formatting import plain
from tui.theme import Palette
from tui.widgets.lines import Piece, line

if TYPE_CHECKING:
    from tui.course.lesson import Question

__all__ = ["lesson_lines", "lesson_title"]

_ENDS = ".:?!…"
TO_DO, DONE, ASKED, WRONG = "○", "✓", "?", "✗"


def lesson_title(reading: Reading) -> str:
    """The page, whether its task is done, and the lesson."""
    told = [f"Page {reading.number + 1} of {len(reading.lesson.pages)}", _state(reading), plain(reading.lesson.title)]
    return " · ".join(filter(None, told))


def _state(reading: Reading) -> str:
    if reading.opening:
        return "its run is on its way …"
    if reading.page.task is not None:
        return f"{DONE} done — > goes on" if reading.is_done else f"{TO_DO} to do"
    if reading.page.question is not None:
        return f"{ASKED} > asks" if reading.asks else f"{DONE} answered — > goes on"
    return ""


def lesson_lines(reading: Reading, palette: Palette, width: int, height: int) -> list[Strip]:
    """The page in so many columns; where it has more lines than there are rows, without the empty ones.

    Args:
        reading: The open lesson.
        palette: The styles.
        width: Columns at hand.
        height: Rows at hand.
    """
    width = max(width, 1)
    lines = _lines(reading, palette, width, airy=True)
    return lines if len(lines) <= height else _lines(reading, palette, width, airy=False)


def _lines(reading: Reading, palette: Palette, width: int, *, airy: bool) -> list[Strip]:
    page = reading.page
    heading = bool(page.title.strip())
    paragraphs = [_words(text, palette.text, palette) for text in page.text.split("\n\n") if text.strip()]
    if heading and not airy:  # it runs into the first paragraph
        colon = "" if page.title[-1:] in _ENDS else ":"
        paragraphs[0] = [*_words(f"{page.title}{colon}", palette.strong, palette), *paragraphs[0]]
    blocks = [_wrapped(words, width, "", palette.text) for words in paragraphs]
    if heading and airy:
        blocks.insert(0, _wrapped(_words(page.title, palette.strong, palette), width, "", palette.strong))
    if page.task is not None:
        mark, style = (DONE, palette.good) if reading.is_done else (TO_DO, palette.accent)
        blocks.append(_marked(mark, style, page.task.say, palette.strong, palette, width))
    if page.question is not None:
        blocks.append(_marked(ASKED, palette.accent, page.question.ask, palette.strong, palette, width))
        if not reading.asks:
            blocks.append(_answered(page.question, reading.chosen[reading.number], palette, width))
    between = [line(("", palette.text))] * airy
    rows: list[Strip] = []
    for number, block in enumerate(blocks):
        heads = heading and number == 0
        rows += [*block, *([] if heads or number == len(blocks) - 1 else between)]
    return rows


def _answered(question: Question, choice: int, palette: Palette, width: int) -> list[Strip]:
    """What was chosen, what is right, and why."""
    right = _marked(DONE, palette.good, f"Right: {question.answers[question.right]}", palette.text, palette, width)
    if choice != question.right:
        chosen = f"You chose: {question.answers[choice]}"
        right = [*_marked(WRONG, palette.bad, chosen, palette.text, palette, width), *right]
    return [*right, *_wrapped(_words(question.told, palette.text, palette), width, "  ", palette.text)]


def _marked(mark: str, style: Style, text: str, words: Style, palette: Palette, width: int) -> list[Strip]:
    """A text with a mark before its first line, and the others below it."""
    first, *rest = _wrapped(_words(text, words, palette), width, "  ", words)
    return [Strip.join([line((f"{mark} ", style)), first.crop(2)]), *rest]


Word = list[Piece]


def _words(text: str, style: Style, palette: Palette) -> list[Word]:
    """The words of a text, those between backticks in the accent's style, or quoted; nothing else in it is markup."""
    words: list[Word] = []
    joined = False
    for number, part in enumerate(text.split("`")):
        here = palette.accent if number % 2 else style
        told = f'"{part.strip()}"' if number % 2 and palette.quotes else part
        pieces = [palette.spelled(plain(word)) for word in told.split()]
        for place, piece in enumerate(pieces):
            if words and place == 0 and joined and not part[:1].isspace():
                words[-1].append((piece, here))  # "`space`," is one word
            else:
                words.append([(piece, here)])
        if part:
            joined = not part[-1:].isspace()
    return words


def _wrapped(words: Iterable[Word], width: int, indent: str, style: Style) -> list[Strip]:
    rows: list[list[Piece]] = [[]]
    room = max(width - len(indent), 1)
    used = 0
    for word in (piece for whole in words for piece in _cut(whole, room)):
        size = sum(cell_len(text) for text, _ in word)
        if used and used + 1 + size > room:
            rows.append([])
            used = 0
        rows[-1] += [*([(" ", word[0][1])] if used else []), *word]
        used += size + bool(used)
    return [line((indent, style), *row) for row in rows]


def _cut(word: Word, room: int) -> list[Word]:
    """A word that is longer than a line, in pieces that are not."""
    if sum(cell_len(text) for text, _ in word) <= room:
        return [word]
    return [[(piece, style)] for text, style in word for piece in chop_cells(text, room)]
