"""Script: a run as a plain PyTorch script, of the kind that a lecture writes, in sections; no torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from hltcore.dataset import Dataset
from hltcore.export.data import WIDTH
from hltcore.phase import Phase

__all__ = ["Line", "Script", "Section", "code", "comment", "spaced"]

_DEFINING = ("def ", "class ", "@")
_CLOSING = (")", "]", "}", "else")


@dataclass(frozen=True)
class Line:
    """A line of code.

    Attributes:
        text: The line.
        phase: The phase of a step that it does, or a part of it.
    """

    text: str
    phase: Phase | None = None


@dataclass(frozen=True)
class Section:
    """Lines that belong together: a cell of a notebook.

    Attributes:
        title: What it is.
        prose: What a person should know of it, in paragraphs; often nothing.
        lines: The code.
    """

    title: str
    prose: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Script:
    """A run as a script.

    Attributes:
        title: What it trains.
        prose: Where it is from.
        sections: Its parts, in order.
        tables: By file name, the data that it reads; they belong beside it.
    """

    title: str
    prose: tuple[str, ...]
    sections: tuple[Section, ...]
    tables: tuple[tuple[str, Dataset], ...] = ()

    def lines(self) -> Iterator[Line]:
        """All of it, prose as comments."""
        lines = [*map(Line, (*comment(self.title), "#", *_paragraphs(self.prose)))]
        for section in self.sections:
            lines.append(Line(""))
            lines += map(Line, (*(comment(section.title) if section.title else ()), *_paragraphs(section.prose)))
            lines += section.lines
        return spaced(lines)

    def text(self) -> str:
        """The script."""
        return "".join(f"{line.text}\n" for line in self.lines())


def code(text: str | Iterable[str], phase: Phase | None = None) -> list[Line]:
    """Lines of code that belong to one phase, or to none."""
    return [Line(line, phase) for line in (text.split("\n") if isinstance(text, str) else text)]


def spaced(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, with two empty ones before and behind each definition, and one at most elsewhere."""
    empty = before = defines = False
    for number, line in enumerate(lines):
        if not line.text:
            empty = True
            continue
        goes_on = line.text[0].isspace() or line.text.startswith(_CLOSING)
        if not goes_on and not before:
            last, defines = defines, _defines(lines[number:])
            if number:
                yield from [Line("")] * (2 if last or defines else empty)
        elif empty:
            yield Line("")
        before = line.text.startswith("#")  # what it is about follows
        empty = False
        yield line


def _defines(lines: Sequence[Line]) -> bool:
    """Whether a definition begins here, perhaps behind its comment."""
    first = next((line.text for line in lines if not line.text.startswith("#")), "")
    return first.startswith(_DEFINING)


def _paragraphs(prose: Iterable[str]) -> Iterator[str]:
    return (line for paragraph in prose for line in comment(paragraph))


def comment(text: str) -> list[str]:
    """A paragraph as comment lines."""
    return [f"# {line}" for line in wrap(text, WIDTH - 2, break_long_words=False, break_on_hyphens=False)]
