"""Column notes: what became of each column of a file, a sentence each, so that nothing is guessed in silence."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hltcore.delimited import Field, Table
    from hltcore.roles import Roles


__all__ = ["Note", "noted"]

Note = tuple[str, str]
"""A column's name, or nothing for the file itself, and what it is."""

_ALIKE = 12
"""Columns of one kind in a row that are told one by one."""
_LARGE = 10.0
"""Numbers above it make most steps of the usual learning rates too large."""


def noted(table: Table, roles: Roles, classes: tuple[str, ...], scale: str, held: int) -> tuple[Note, ...]:
    """The notes: of the file first, then of the target, then of each column; many alike are told together.

    Args:
        table: The file.
        roles: What its columns are.
        classes: The classes; empty for a target that is a number.
        scale: How they were scaled.
        held: How many rows are held out.
    """
    rows = f"{table.rows - held:,} rows to train on, {held:,} held out" if held else _count(table.rows, "row")
    numbers = roles.target.numbers
    kind = f"0 is {classes[0]}, 1 is {classes[1]}" if classes or numbers is None else f"a number {_range(numbers)}"
    if scale == "with-target" and not classes:
        kind += ", scaled"
    how = "; scaled: to mean 0 and deviation 1 over the rows trained on" if scale != "none" else ""
    largest = _largest(table, roles) if scale == "none" else 0.0
    if largest > _LARGE:
        how = f"; numbers up to {largest:.4g}, not scaled: with scale=standard most nets learn better"
    notes: list[Note] = [("", f"{rows}, {_count(len(table.fields), 'column')}{how}")]
    notes.append((roles.target.name, f"target, {roles.target_why}: {kind}"))
    run: list[tuple[Note, str]] = []
    for field in table.fields:
        if field is roles.target:
            continue
        told, alike = _told(field, roles, scale)
        if run and run[-1][1] != alike:
            notes += _short(run)
            run = []
        run.append(((field.name, told), alike))
    return (*notes, *_short(run))


def _largest(table: Table, roles: Roles) -> float:
    """The largest size of a number that the model sees as it is."""
    seen = {term.column for term in roles.terms}
    columns = [field.numbers for field in table.fields if field.name in seen and field.numbers is not None]
    return max((max(max(column), -min(column)) for column in columns), default=0.0)


def _told(field: Field, roles: Roles, scale: str) -> tuple[str, str]:
    """What a column is, and what it has in common with others of which the same can be said."""
    seen = [term.featurizer for term in roles.terms if term.column == field.name]
    names = "; names the rows" if field is roles.names else ""
    if field.numbers is None:
        if seen:
            return f"text, seen as {' + '.join(seen)}{names}", "text"
        return f"text, not seen{names}", "text"
    if not seen:
        why = "it was not chosen" if roles.terms_said else "it only numbers the rows"
        return f"number, not seen: {why}", why
    scaled = ", scaled" if scale != "none" else ""
    if min(field.numbers) == max(field.numbers):
        return f"seen, but {field.numbers[0]:g} in every row: a constant tells nothing{scaled}", "constant"
    return f"number {_range(field.numbers)}, seen{scaled}", "number"


def _short(run: list[tuple[Note, str]]) -> Iterator[Note]:
    """Notes alike, one by one or together."""
    notes = [note for note, _ in run]
    if len(notes) <= _ALIKE:
        yield from notes
        return
    what = {"number": "numbers, seen", "text": "texts", "constant": "constants, seen"}.get(
        run[0][1], "numbers, not seen"
    )
    yield f"{notes[0][0]} … {notes[-1][0]}", f"{len(notes):,} {what}"


def _range(numbers: array[float]) -> str:
    return f"from {min(numbers):.4g} to {max(numbers):.4g}"


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
