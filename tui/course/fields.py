"""Fields: reads the keys of a table of a lesson's file, and says in one sentence what is not as it should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hltcore.errors import HltError, closest, nearest, quoted

__all__ = ["Fields", "LessonError"]

T = TypeVar("T")


class LessonError(HltError):
    """A lesson that cannot be read, or that is not there."""


class Fields:
    """One table of the file.

    Args:
        place: Where it stands, for a reader of the message ("one.toml, page 3").
        table: What was read.
        known: The keys that it may have.

    Raises:
        LessonError: It is no table, or has another key.
    """

    def __init__(self, place: str, table: object, known: tuple[str, ...]) -> None:
        self._place = place
        if not isinstance(table, dict):
            raise LessonError(f"{place}: {quoted(table)} is no table with keys such as {known[0]}.")
        self._table: Mapping[str, Any] = table
        for key in table:
            if key not in known:
                raise LessonError(f"{place}: There is no key {quoted(key)}: {nearest(key, known)}")

    def refuse(self, key: str, sentence: object) -> LessonError:
        """The error of one key."""
        return LessonError(f"{self._place}, {key}: {sentence}")

    def has(self, key: str) -> bool:
        """Whether a key is given."""
        return key in self._table

    def text(self, key: str, longest: int, default: str | None = None) -> str:
        """A text of at most so many characters, with its backticks in pairs."""
        value = self._given(key, default)
        if not isinstance(value, str):
            raise self.refuse(key, f"{quoted(value)} is no text: put it in quotation marks.")
        words = value.strip()
        if not words and default is None:
            raise self.refuse(key, "It is empty: write a text there.")
        if len(words) > longest:
            raise self.refuse(key, f"{quoted(words)} has {len(words):,} characters: {longest:,} are the most.")
        self._check_backticks(key, words)
        return words

    def number(self, key: str, default: float | None = None) -> float:
        """A number."""
        value = self._given(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e9:
            raise self.refuse(key, f"{quoted(value)} is no number: write one such as 3 or 3.5.")
        return value

    def index(self, key: str, count: int) -> int:
        """A whole number from 0 on, below so many."""
        value = self._given(key, None)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
            raise self.refuse(key, f"{quoted(value)} is no number from 0 to {count - 1}.")
        return value

    def items(self, key: str, least: int, most: int) -> list[Any]:
        """A list of so many."""
        value = self._given(key, None if least else [])
        if not isinstance(value, list):
            raise self.refuse(key, f"{quoted(value)} is no list: put it in square brackets.")
        if not least <= len(value) <= most:
            raise self.refuse(key, f"It has {len(value):,} entries: write {least} to {most}.")
        return value

    def texts(self, key: str, least: int, most: int, longest: int) -> tuple[str, ...]:
        """A list of texts."""
        values = self.items(key, least, most)
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise self.refuse(key, f"{quoted(value)} is no text: put it in quotation marks.")
            if len(value) > longest:
                raise self.refuse(key, f"{quoted(value)} has {len(value):,} characters: {longest:,} are the most.")
            self._check_backticks(key, value)
        return tuple(values)

    def read(self, key: str, value: str, reader: Callable[[str], T]) -> T:
        """What a reader makes of a text of this key; its error is told as this key's."""
        try:
            return reader(value)
        except HltError as error:
            raise self.refuse(key, error) from None

    def table(self, key: str, known: tuple[str, ...]) -> Fields | None:
        """A table below this one, if it is given."""
        return Fields(f"{self._place}, {key}", self._table[key], known) if key in self._table else None

    def _check_backticks(self, key: str, words: str) -> None:
        if words.count("`") % 2:
            raise self.refuse(key, f"{quoted(words)} has a backtick without a second one.")

    def _given(self, key: str, default: Any) -> Any:
        if key in self._table:
            return self._table[key]
        if default is None:
            close = closest(key, self._table)
            seen = "" if close is None else f" (did you mean {quoted(close)})"
            raise self.refuse(key, f"It is missing{seen}.")
        return default
