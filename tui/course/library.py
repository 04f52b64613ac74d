"""Library: the lessons that there are, those of this package and those of an instructor's folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hltcore.errors import nearest, printable, quoted
from tui.course.fields import LessonError

if TYPE_CHECKING:
    from importlib.abc import Traversable

    from tui.course.lesson import Lesson

__all__ = ["Broken", "Library"]

_NAME = re.compile(r"\w[\w-]{0,59}")
_MOST = 200  # files of a folder


@dataclass(frozen=True)
class Broken:
    """A file that is no lesson, or that names a lesson which is not there.

    Attributes:
        name: Its name.
        told: What is wrong, in a sentence.
    """

    name: str
    told: str


class Library:
    """All lessons by name, read when they are first asked for.

    Args:
        folder: An instructor's folder; None for none. A lesson there takes the place of one of the same name.
        more: Other folders, each before the next; of one that cannot be read, ``broken`` tells. Without an
            instructor's folder they are looked for when a lesson is first asked for, or ``broken``.

    Raises:
        LessonError: The folder cannot be read.
    """

    def __init__(self, folder: Path | None = None, more: Iterable[Path] = ()) -> None:
        self._more = more
        self._read: dict[str, Lesson | Broken] = {}
        self._broken: tuple[Broken, ...] = ()
        if folder is not None:
            self._add(self._files, folder)

    @cached_property
    def _files(self) -> dict[str, Traversable | Path]:
        """The files by the names of their lessons: this package's own, and those of other folders."""
        from importlib.resources import files as files_of  # late: the first frame shows no lesson

        own = files_of("tui") / "lessons"
        files = _lesson_files(own) if own.is_dir() else {}
        for folder in self._more:
            try:
                self._add(files, folder)
            except LessonError as error:
                self._broken += (Broken(folder.name, str(error)),)
        return files

    @property
    def broken(self) -> tuple[Broken, ...]:
        """What is wrong with the files of these folders."""
        _ = self._files  # they have been looked at then
        return self._broken

    def _add(self, files: dict[str, Traversable | Path], folder: Path) -> None:
        try:
            every = list(_lesson_files(folder).items())
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise LessonError(f"The lessons in {quoted(folder)} cannot be read: {printable(why)}.") from None
        added, left_out = dict(every[:_MOST]), [name for name, _ in every[_MOST:]]
        read = {name: _lesson_or_why(name, file) for name, file in added.items()}
        broken = tuple(item for item in read.values() if isinstance(item, Broken))
        self._broken += broken
        hidden = {item.name for item in broken} & set(files)  # what is broken hides no other lesson
        self._read |= {name: item for name, item in read.items() if name not in hidden}
        files |= {name: file for name, file in added.items() if name not in hidden}
        self._broken += tuple(self._without_next(files, read.values()))
        if left_out:
            told = f"{printable(left_out[0])}.toml and what comes after it is not read: {_MOST} files are the most."
            self._broken += (Broken(left_out[0], told),)

    def _without_next(self, files: Mapping[str, object], read: Iterable[Lesson | Broken]) -> Iterator[Broken]:
        """The lessons after which one is to follow that is not there."""
        there = [name for name in files if not isinstance(self._read.get(name), Broken)]
        for lesson in read:
            if not isinstance(lesson, Broken) and lesson.next and lesson.next not in there:
                close = nearest(lesson.next, there)
                told = f"{printable(lesson.name)}.toml, next: There is no lesson {quoted(lesson.next)}: {close}"
                yield Broken(lesson.name, told)

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """The lessons in their order."""
        items = map(self._item, self._files)
        return tuple(sorted((i for i in items if not isinstance(i, Broken)), key=lambda one: (one.order, one.name)))

    def get(self, name: str) -> Lesson:
        """The lesson of a name.

        Raises:
            LessonError: There is none, or its file is none; the sentence names the nearest, or what is wrong.
        """
        if name not in self._files:
            raise LessonError(f"Unknown lesson {quoted(name)}: {nearest(name, [one.name for one in self.lessons])}")
        item = self._item(name)
        if isinstance(item, Broken):
            raise LessonError(item.told)
        return item

    def _item(self, name: str) -> Lesson | Broken:
        if name not in self._read:
            self._read[name] = _lesson_or_why(name, self._files[name])
        return self._read[name]


def _lesson_files(folder: Traversable | Path) -> dict[str, Traversable | Path]:
    """The files of a folder by the names of their lessons; what is no plain file is left alone."""
    named = sorted((file.name, file) for file in folder.iterdir() if file.name.endswith(".toml") and file.is_file())
    return {name.removesuffix(".toml"): file for name, file in named}


def _lesson_or_why(name: str, file: Traversable | Path) -> Lesson | Broken:
    from tui.course.reading import LONGEST, read_lesson  # late: it reads TOML, and knows every check

    try:
        if not _NAME.fullmatch(name):
            raise LessonError(f"{printable(name)}.toml is no lesson: call it by letters, digits and hyphens.")
        with file.open("rb") as stream:
            return read_lesson(name, stream.read(LONGEST + 1))
    except OSError as error:
        return Broken(name, f"{printable(name)}.toml cannot be read: {printable(error.strerror)}.")
    except LessonError as error:
        return Broken(name, str(error))
