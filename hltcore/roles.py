"""Roles: which column of a file is the target, which ones a model sees, and why; said, or else guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hltcore import featurizers
from hltcore.errors import DataError, OptionError, nearest, printable, quoted

if TYPE_CHECKING:
    from hltcore.delimited import Field, Table

__all__ = ["Kind", "Roles", "Target", "Term", "assign"]

Kind = Literal["classes", "number"]

_TARGETS = ("target", "label", "class", "outcome")
"""Names, in lower case, by which a target is known."""
USUAL = ("share", "length")
"""What a model sees of a word when nobody says."""


@dataclass(frozen=True)
class Term:
    """Something that a model sees.

    Attributes:
        column: The column's name.
        featurizer: Of a column of texts, what is computed from it; empty for a number.
    """

    column: str
    featurizer: str = ""


@dataclass(frozen=True)
class Target:
    """What is to be predicted.

    Attributes:
        column: The column's name.
        kind: Whether it is one of two classes or a number; None leaves that to what stands there.
    """

    column: str
    kind: Kind | None = None


@dataclass(frozen=True, eq=False)
class Roles:
    """What each column is.

    Attributes:
        target: The column to be predicted.
        kind: What it holds.
        target_why: Why it is that.
        terms: What the model sees, in order.
        terms_said: Whether somebody said so.
        names: The column that names the rows; None where their numbers do.
    """

    target: Field
    kind: Kind
    target_why: str
    terms: tuple[Term, ...]
    terms_said: bool
    names: Field | None


def assign(table: Table, target: Target | None, terms: Sequence[Term]) -> Roles:
    """Say what each column is.

    Args:
        table: The file.
        target: The target, as far as somebody said; None for a guess.
        terms: What the model is to see; empty for a guess. A column of texts with no featurizer is seen as usual.

    Raises:
        DataError: A column cannot be what it is to be, or there is nothing to guess.
    """
    chosen, why = (named(table, target.column), "as said") if target else _guess_target(table)
    kind = target.kind if target and target.kind else _kind(chosen)
    others = [field for field in table.fields if field is not chosen]
    seen = tuple(_said(table, chosen, terms)) if terms else _guess_terms(table, others)
    used = {term.column for term in seen if term.featurizer}
    texts = [field for field in others if field.numbers is None]
    names = next((field for field in texts if field.name in used), texts[0] if texts else None)
    return Roles(chosen, kind, why, seen, bool(terms), names)


def named(table: Table, name: str) -> Field:
    """The column of that name.

    Raises:
        DataError: There is none.
    """
    found = next((field for field in table.fields if field.name == name), None)
    if found is None:
        names = [field.name for field in table.fields]
        raise DataError(f"{quoted(table.name)} has no column {quoted(name)}: {nearest(name, names[:20])}")
    return found


def _said(table: Table, target: Field, terms: Iterable[Term]) -> Iterable[Term]:
    done: set[Term] = set()
    for term in terms:
        field = named(table, term.column)
        if field is target:
            raise DataError(f"The column {quoted(field.name)} of {quoted(table.name)} is the target: it is no feature.")
        for one in _complete(table, field, term):
            if one not in done:
                done.add(one)
                yield one


def _complete(table: Table, field: Field, term: Term) -> Iterable[Term]:
    if field.numbers is not None:
        if term.featurizer:
            raise DataError(
                f"The column {quoted(field.name)} of {quoted(table.name)} holds numbers: "
                f"{term.featurizer} is computed from texts."
            )
        return (term,)
    if not term.featurizer:
        return tuple(Term(field.name, name) for name in USUAL)
    try:
        return (Term(field.name, featurizers.registry.canonical(term.featurizer)),)
    except OptionError as error:
        raise DataError(str(error)) from None


def _guess_target(table: Table) -> tuple[Field, str]:
    by_name = [field for field in table.fields if field.name.casefold() in _TARGETS]
    if by_name:
        return by_name[-1], "by its name"
    two = [field for field in table.fields if field.numbers is None and len(set(field.texts)) == 2]
    if len(two) == 1:
        return two[0], "the only text with two values"
    last = table.fields[-1]
    if last.numbers is not None or len(set(last.texts)) <= 2:
        return last, "the last column"
    if two:
        return two[-1], "the last text with two values"
    names = ", ".join(printable(field.name) for field in table.fields[:20])
    raise DataError(
        f"{quoted(table.name)} does not show which column is to be predicted: say --target NAME (target=NAME), one of "
        f"{names}."
    )


def _kind(field: Field) -> Kind:
    """Texts are classes, and so are two whole numbers."""
    if field.numbers is None:
        return "classes"
    values = set(field.numbers)
    return (
        "classes" if len(values) <= 2 and all(value == value and value.is_integer() for value in values) else "number"
    )


def _guess_terms(table: Table, others: Sequence[Field]) -> tuple[Term, ...]:
    first = table.fields[0]  # where programs write how they number the rows
    numbers = [f for f in others if f.numbers is not None and not (f is first and counts_rows(f))]
    if numbers:
        return tuple(Term(field.name) for field in numbers)
    words = next((field for field in others if field.numbers is None), None)
    if words is None and others:  # then what only seems to number the rows is all there is
        return tuple(Term(field.name) for field in others)
    if words is None:
        raise DataError(f"{quoted(table.name)} has no column for a model to see: it needs one besides the target.")
    return tuple(Term(words.name, name) for name in USUAL)


def counts_rows(field: Field) -> bool:
    """Whether a column numbers the rows, from 0 or 1 on."""
    numbers = field.numbers
    if numbers is None or len(numbers) < 2 or numbers[0] not in (0.0, 1.0):
        return False
    first = int(numbers[0])
    return all(map(float.__eq__, numbers, map(float, range(first, first + len(numbers)))))
