"""Tabulated: the rows of a file as data: split, encoded and, where it is asked for, scaled."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from hltcore import featurizers
from hltcore.column_notes import noted
from hltcore.dataset import Dataset
from hltcore.errors import DataError, HltError, OptionError, quoted, reason
from hltcore.packing import float32
from hltcore.roles import Roles, Term, named
from hltcore.sequences import Column, Packed, RowNumbers, Rows

if TYPE_CHECKING:
    from hltcore.delimited import Field, Table

__all__ = ["Scale", "tabulated"]

Scale = Literal["none", "standard", "with-target"]

MOST_COLUMNS = 5_000
"""Columns that a model can see."""
MOST_NUMBERS = 100_000_000
"""Numbers in all rows together."""
_LONGEST_CLASS = 100
_LONGEST_LABEL = 60
_SHOWN = 4  # values of a target that has too many


@dataclass(frozen=True, eq=False)
class _Part:
    """What a term of the features becomes.

    Attributes:
        titles: A name for each of its columns.
        columns: Their numbers, for every row.
        raw: The same before they were scaled.
        encode: The numbers of any text; None for a number.
        counts: Whether they count how often things occur.
    """

    titles: tuple[str, ...]
    columns: tuple[array[float], ...]
    raw: tuple[array[float], ...]
    encode: Callable[[str], Sequence[float]] | None = None
    counts: bool = False


@dataclass(frozen=True)
class _Line:
    """Takes numbers to mean 0 and standard deviation 1."""

    mean: float
    deviation: float

    def __call__(self, value: float) -> float:
        return (value - self.mean) / self.deviation


_AS_IT_IS = _Line(0.0, 1.0)


def tabulated(table: Table, roles: Roles, scale: Scale, held_out: float, data_seed: int) -> Dataset:
    """The data of a file.

    Args:
        table: The file.
        roles: What its columns are.
        scale: Whether numbers are taken to mean 0 and deviation 1 over the rows trained on: none, those that a model
            sees ("standard"), or also a number that is to be predicted ("with-target").
        held_out: The share of the rows that is held out.
        data_seed: Which rows these are.

    Raises:
        DataError: A cell cannot be used so.
        OptionError: The rows cannot be split so.
    """
    trained, held = _split(table, held_out, data_seed)
    targets, classes = _targets(table, roles)
    _check_targets(table, roles, classes, targets, trained, held_out)
    if scale == "with-target" and not classes:
        line = _line(targets.numbers, trained)
        targets = Column(array("d", map(line, targets.numbers)))
    parts = [_part(table, term, trained, scale) for term in roles.terms]
    titles = _titles(roles.terms, parts)
    _check_size(table, len(titles))
    xs = Rows(*_joined([column for part in parts for column in part.columns]))
    plane: dict[str, Any] = {}
    if scale != "none" and len(titles) == len(parts) == 2:  # points are told, and asked for, as they are in the file
        lines = [_line(part.raw[0], trained) for part in parts]
        plane = {"axes": titles, "encode_point": lambda x, y: (lines[0](x), lines[1](y))}
    points = Rows(*_joined([part.raw[0] for part in parts])) if plane else None
    labels = _labels(roles.names, table.rows)
    encoders = [part.encode for part in parts if part.encode is not None]
    words = len(encoders) == len(parts) and len({term.column for term in roles.terms}) == 1

    def part_of(rows: Sequence[int] | None, rest: Dataset | None) -> Dataset:
        return Dataset(
            table.name,
            titles,
            _some(labels, rows),
            _some(xs, rows),
            _some(targets, rows),
            classes,
            held_out=rest,
            encode_text=_all_of(encoders) if words else None,
            counts=all(part.counts for part in parts),
            notes=noted(table, roles, classes, scale, len(held)),
            points=() if points is None else _some(points, rows),
            **plane,
        )

    return part_of(trained, part_of(held, None)) if held else part_of(None, None)


def _split(table: Table, held_out: float, data_seed: int) -> tuple[Sequence[int], Sequence[int]]:
    """The rows trained on and those held out, both in the order of the file."""
    count = round(table.rows * held_out)
    if not count:
        if held_out:
            raise OptionError(f"held_out={held_out!r} of the {table.rows} rows of {quoted(table.name)} is no row.")
        return range(table.rows), ()
    if count == table.rows:
        raise OptionError(f"held_out={held_out!r} leaves none of the {table.rows} rows of {quoted(table.name)}.")
    order = list(range(table.rows))
    random.Random(data_seed).shuffle(order)
    return array("l", sorted(order[count:])), array("l", sorted(order[:count]))


def _targets(table: Table, roles: Roles) -> tuple[Column, tuple[str, ...]]:
    """The targets, and the names of the classes where there are any."""
    field = roles.target
    if roles.kind == "number":
        if field.numbers is None:
            raise table.refusal(0, field, f"{quoted(field.texts[0])} is not a number")
        table.check(field)
        return Column(field.numbers), ()
    table.check(field)
    values: Sequence[Any] = field.texts if field.numbers is None else field.numbers
    found = sorted(set(values))
    if field.numbers is None and any(not text.strip() for text in found):
        row = next(row for row, text in enumerate(values) if not text.strip())
        raise table.refusal(row, field, "the cell is empty")
    if len(found) > 2:
        shown = ", ".join(quoted(value) for value in found[:_SHOWN]) + ", …" * (len(found) > _SHOWN)
        raise DataError(
            f"The target {quoted(field.name)} of {quoted(table.name)} has {len(found):,} values ({shown}): it must "
            "have two, or be a number."
        )
    classes = tuple(text if field.numbers is None else f"{text:g}" for text in found)
    longest = max(classes, key=len)
    if len(longest) > _LONGEST_CLASS:
        raise table.refusal(values.index(longest), field, f"{quoted(longest)} is too long for the name of a class")
    return Column(array("d", map({value: float(place) for place, value in enumerate(found)}.__getitem__, values))), (
        *classes,
        *[""] * (2 - len(classes)),
    )


def _check_targets(
    table: Table, roles: Roles, classes: tuple[str, ...], targets: Column, trained: Sequence[int], held_out: float
) -> None:
    """Refuse targets that are all alike: there is nothing to learn."""
    if len(set(targets.numbers)) < 2:
        field = roles.target
        only = classes[0] if classes else f"{targets[0]:g}"
        raise DataError(
            f"The target {quoted(field.name)} of {quoted(table.name)} is {quoted(only)} in all {table.rows:,} rows: "
            "there is nothing to tell apart."
        )
    if len(set(map(targets.numbers.__getitem__, trained))) < 2:
        raise OptionError(
            f"held_out={held_out!r} is not allowed with {table.rows:,} rows: of what is left to train on all have one "
            "target."
        )


def _part(table: Table, term: Term, trained: Sequence[int], scale: Scale) -> _Part:
    field = named(table, term.column)
    if field.numbers is not None:
        table.check(field)
        line = _AS_IT_IS if scale == "none" else _line(field.numbers, trained)
        return _Part((field.name,), (_scaled(field.numbers, line),), (field.numbers,))
    entry = featurizers.registry.get(term.featurizer)
    try:
        encoding = entry.factory([field.texts[row] for row in trained])
    except HltError:
        encoding = None  # a word that cannot be encoded: which one is told below
    encode = encoding.encode if encoding else entry.factory([]).encode
    codes: dict[str, array[float]] = {}
    width = len(encoding.columns) if encoding else 0
    for row, text in enumerate(field.texts):
        if text not in codes:
            codes[text] = _encoded(table, field, row, term, encode, width if encoding else None)
            if not row:
                _check_size(table, width)
    assert encoding is not None
    block = array("d")
    for text in field.texts:
        block.extend(codes[text])
    raw = tuple(block[place::width] for place in range(width))
    if scale == "none" or encoding.counts:
        return _Part(encoding.columns, raw, raw, encoding.encode, encoding.counts)
    lines = [_line(column, trained) for column in raw]
    return _Part(
        encoding.columns,
        tuple(map(_scaled, raw, lines)),
        raw,
        lambda text: [line(value) for line, value in zip(lines, encode(text))],
    )


def _encoded(
    table: Table, field: Field, row: int, term: Term, encode: Callable[[str], Sequence[float]], width: int | None
) -> array[float]:
    """The numbers of a cell's text."""
    text = field.texts[row]
    try:
        numbers = array("d", encode(text))
    except HltError as error:
        why = "the cell is empty" if not text.strip() else str(error).rstrip(".")
        raise table.refusal(row, field, f"{why} (the featurizer {term.featurizer})") from None
    except Exception as error:  # somebody else's featurizer
        raise table.refusal(row, field, f"the featurizer {term.featurizer} breaks on it: {reason(error)}") from error
    if width is not None and len(numbers) != width:
        told = f"the featurizer {term.featurizer} gives {len(numbers)} numbers for {width} columns"
        raise table.refusal(row, field, told)
    return numbers


def _line(numbers: array[float], trained: Sequence[int]) -> _Line:
    """The mean and the deviation of the rows trained on; a column that is constant there is only moved."""
    values = numbers if len(trained) == len(numbers) else array("d", map(numbers.__getitem__, trained))
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return _Line(mean, deviation if float32(deviation) > 0 else 1.0)


def _scaled(numbers: array[float], line: _Line) -> array[float]:
    return numbers if line == _AS_IT_IS else array("d", map(line, numbers))


def _titles(terms: Sequence[Term], parts: Sequence[_Part]) -> tuple[str, ...]:
    """The names of all columns; with their column's, where one could be taken for another."""
    plain = tuple(chain.from_iterable(part.titles for part in parts))
    several = len({term.column for term in terms if term.featurizer}) > 1
    if not several and len(set(plain)) == len(plain):
        return plain
    pairs = zip(terms, parts)
    return tuple(
        f"{term.column} {title}" if term.featurizer else title for term, part in pairs for title in part.titles
    )


def _check_size(table: Table, columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise DataError(
            f"The features of {quoted(table.name)} are {columns:,} columns, and at most {MOST_COLUMNS:,} go: choose "
            "some by --features, or another featurizer."
        )
    if columns * table.rows > MOST_NUMBERS:
        raise DataError(
            f"The features of {quoted(table.name)} are {columns * table.rows:,} numbers, and at most "
            f"{MOST_NUMBERS:,} go: choose some by --features."
        )


def _joined(columns: Sequence[array[float]]) -> tuple[array[float], int]:
    """Columns as rows one after the other, and their width."""
    width = len(columns)
    numbers = array("d", bytes(8 * width * len(columns[0])))
    for place, column in enumerate(columns):
        numbers[place::width] = column
    return numbers, width


def _labels(names: Field | None, rows: int) -> Any:
    if names is None:
        return RowNumbers(array("l", range(1, rows + 1)))
    return tuple(t if len(t) <= _LONGEST_LABEL else f"{t[: _LONGEST_LABEL - 1]}…" for t in names.texts)


def _some(values: Any, rows: Sequence[int] | None) -> Any:
    """The values of some rows, or all of them."""
    if rows is None:
        return values
    return values.taken(rows) if isinstance(values, Packed) else tuple(map(values.__getitem__, rows))


def _all_of(encoders: Sequence[Callable[[str], Sequence[float]]]) -> Callable[[str], tuple[float, ...]]:
    return lambda text: tuple(chain.from_iterable(encode(text) for encode in encoders))
