"""Delimited: a file of comma- or tab-separated values, read into columns; what cannot be read is told with its line."""

from __future__ import annotations

import csv
import errno
import io
import math
import os
import re
import stat
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from hltcore.errors import DataError, printable, quoted, quoted_path
from hltcore.number_cells import DECIMAL_COMMA, are_numbers, is_number, number_of, why_not

__all__ = ["BadCell", "Field", "Table", "digest_of", "parse", "read_bytes"]

LARGEST = 512 * 2**20
"""Bytes, above which a file is not read."""
_DELIMITERS = (",", "\t", ";", "|")
_LONGEST_NAME = 100
_LOOKED_AT = 1000
"""Rows that tell whether a column is one of numbers."""
_CHUNK = 10_000
_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))


@dataclass(frozen=True)
class BadCell:
    """The first cell of a column of numbers that holds none.

    Attributes:
        row: Its row, counted from 0.
        text: What stands there.
    """

    row: int
    text: str


@dataclass(frozen=True, eq=False)
class Field:
    """A column of a file.

    Attributes:
        name: Its name in the header.
        numbers: Its numbers; None for a column of texts.
        texts: Its texts; empty for a column of numbers.
        bad: Of a column of numbers, the first cell that is none.
    """

    name: str
    numbers: array[float] | None
    texts: tuple[str, ...] = ()
    bad: BadCell | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """A file's columns.

    Attributes:
        name: The file's name, for messages.
        fields: The columns, in order.
        lines: For each row the line of the file in which it begins, counted from 1.
    """

    name: str
    fields: tuple[Field, ...]
    lines: array[int]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.lines)

    def refusal(self, row: int, field: Field, why: str) -> DataError:
        """The error that a cell is."""
        return DataError(f"{quoted(self.name)}, line {self.lines[row]}, column {quoted(field.name)}: {why}.")

    def check(self, field: Field) -> None:
        """Refuse a column of numbers in which a cell holds none.

        Raises:
            DataError: There is such a cell.
        """
        if field.bad is not None:
            raise self.refusal(field.bad.row, field, why_not(field.bad.text))


def read_bytes(path: str) -> bytes:
    """The bytes of a plain file.

    Raises:
        DataError: It is not there, cannot be read, is no plain file, or is too large.
    """
    shown = quoted_path(path)
    try:
        # Not to wait for somebody to write, where it is a pipe.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                what = next((told for test, told in _KINDS if test(status.st_mode)), "a device")
                raise DataError(f"The data {shown} cannot be read: it is {what}, not a file.")
            if status.st_size > LARGEST:
                size = f"{status.st_size / 2**20:,.0f} MB"
                raise DataError(f"The data {shown} cannot be read: it has {size}, and at most {LARGEST // 2**20} go.")
            return file.read(LARGEST)
    except FileNotFoundError:
        raise DataError(f"The data {shown} cannot be read: there is no such file.") from None
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        isdir = isinstance(error, OSError) and error.errno == errno.EISDIR
        why = "it is a folder, not a file" if isdir else getattr(error, "strerror", None) or str(error)
        raise DataError(f"The data {shown} cannot be read: {printable(why)}.") from None


def digest_of(data: bytes) -> str:
    """What is another when a file has changed: the beginning of its SHA-256."""
    from hashlib import sha256  # late: it loads OpenSSL, and most runs are of no file

    return sha256(data).hexdigest()[:16]


def parse(data: bytes, path: str) -> Table:
    """Read columns.

    Args:
        data: The file's bytes: UTF-8, with or without a mark, with any line ends.
        path: Where they are from, for messages; "tsv" at its end says that tabs separate.

    Raises:
        DataError: It is no such file; the message tells file, line, column and text.
    """
    name = Path(path).name
    _check_text(data, name)
    delimiter = _delimiter(data, name)
    records = _records(data, delimiter, name)
    _, header = next(records, (0, []))
    names = _names(header, name)
    first = list(islice(records, _LOOKED_AT))
    if not first:
        raise DataError(f"{quoted(name)} has a header and no rows.")
    _check_width(first, len(names), name, delimiter)
    columns = [_Column(are_numbers([row[place] for _, row in first])) for place in range(len(names))]
    lines = array("l")
    chunk = first
    while chunk:
        _check_width(chunk, len(names), name, delimiter)
        for column, cells in zip(columns, zip(*(row for _, row in chunk))):
            column.take(cells, len(lines))
        lines.extend(line for line, _ in chunk)
        chunk = list(islice(records, _CHUNK))
    fields = tuple(column.field(title) for column, title in zip(columns, names))
    return Table(name, fields, lines)


class _Column:
    """A column as it is read."""

    def __init__(self, is_number: bool) -> None:
        self._numbers = array("d") if is_number else None
        self._texts: list[str] = []
        self._same: dict[str, str] = {}  # equal texts are kept once
        self._bad: BadCell | None = None

    def take(self, cells: Sequence[str], row: int) -> None:
        """Go on with the cells from a row on."""
        if self._numbers is None:
            self._texts += [self._same.setdefault(cell, cell) for cell in cells]
            return
        try:
            numbers = array("f", map(float, cells))
            if all(map(math.isfinite, numbers)) and "_" not in "".join(cells):
                self._numbers.extend(map(float, cells))
                return
        except (ValueError, OverflowError):
            pass
        for place, cell in enumerate(cells, row):
            value = number_of(cell)
            if not math.isfinite(value) and self._bad is None:
                self._bad = BadCell(place, cell)
            self._numbers.append(value)

    def field(self, name: str) -> Field:
        """All of it."""
        return Field(name, self._numbers, tuple(self._texts), self._bad)


def _check_text(data: bytes, name: str) -> None:
    if not data.strip():
        raise DataError(f"{quoted(name)} is empty.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{quoted(name)} is UTF-16: save it as UTF-8.")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise DataError(f"{quoted(name)}, line {line}: a byte is 0: this is no text, or UTF-16. Save it as UTF-8.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        start = data.rfind(b"\n", 0, error.start) + 1
        text = data[start : data.find(b"\n", error.start) % (len(data) + 1)].decode("latin-1").strip()
        raise DataError(
            f"{quoted(name)}, line {line}: {quoted(text)} has the byte {data[error.start]:#04x}, which is not UTF-8; "
            "is it Latin-1 (Windows-1252)? Save it as UTF-8."
        ) from None


def _delimiter(data: bytes, name: str) -> str:
    """What separates the header's names."""
    if name.lower().endswith((".tsv", ".tab")):
        return "\t"
    header = re.sub(r'"[^"]*"', "", data[:100_000].decode("utf-8-sig", "replace").lstrip("\r\n"))
    line = re.split(r"[\r\n]", header, maxsplit=1)[0]
    return max(_DELIMITERS, key=line.count)


def _records(data: bytes, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line in which it begins; empty lines are passed by."""
    stream = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            if record:
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{quoted(name)}, line {line}: {_csv_error(str(error))}") from None


def _csv_error(said: str) -> str:
    if "field limit" in said:
        return f"a cell has more than {csv.field_size_limit():,} characters: is a quote not closed?"
    if "end of data" in said:
        return "a quote is opened and not closed."
    if "expected after" in said:
        return 'text follows a closing quote: a quote within a quoted cell is written twice ("").'
    return f"it cannot be read: {printable(said)}."


def _names(header: list[str], name: str) -> tuple[str, ...]:
    """The columns' names; one that has none (pandas writes its index so) is called by its place."""
    names = [title.strip() or f"column {place}" for place, title in enumerate(header, 1)]
    places: dict[str, int] = {}
    for place, title in enumerate(names, 1):
        if len(title) > _LONGEST_NAME:
            told = f"the name of column {place} has {len(title):,} characters, and at most {_LONGEST_NAME} go"
            raise DataError(f"{quoted(name)}, line 1: {told}: {quoted(title)}.")
        if title in places:
            raise DataError(
                f"{quoted(name)}, line 1: columns {places[title]} and {place} are both called {quoted(title)}."
            )
        places[title] = place
    if all(is_number(title) for title in header):
        raise DataError(
            f"{quoted(name)}, line 1: a header must name the columns, and {quoted(', '.join(header))} are numbers."
        )
    return tuple(names)


def _check_width(chunk: list[tuple[int, list[str]]], width: int, name: str, delimiter: str) -> None:
    if {len(row) for _, row in chunk} == {width}:
        return
    line, row = next((line, row) for line, row in chunk if len(row) != width)
    text = delimiter.join(row)
    hint = ""
    if delimiter == "," and len(row) > width and DECIMAL_COMMA.search(text):
        hint = " If these are decimal commas, write 3.14 for 3,14."
    cells = f"{len(row)} cell{'s' * (len(row) != 1)}"
    raise DataError(
        f"{quoted(name)}, line {line}: {cells} for {width} column{'s' * (width != 1)}, in {quoted(text)}.{hint}"
    )
