"""Table file: the data set ``file``, which is a CSV or TSV file of somebody's own.

A spec names the file by its path and a digest of its bytes, so that a line opens the same data or says that they are
gone or changed. Names of columns can hold anything, and a spec's words no spaces: both go in percent-encoded.

What reads a file, and guesses what its columns are, is imported when there is one: most runs are of other data.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from hltcore.dataset import Dataset
from hltcore.errors import DataError, OptionError, nearest, quoted, quoted_path
from hltcore.options import Option, Value, choice, integer, number, word

if TYPE_CHECKING:
    from hltcore.delimited import Table
    from hltcore.roles import Kind, Target, Term
    from hltcore.tabulated import Scale

__all__ = ["NAME", "OPTIONS", "WHERE", "feature_sets", "options_for", "pinned", "predicts_number", "table_file"]

NAME = "file"
"""What a spec calls it."""
WHERE = ("path", "digest")
"""The options that say where it is."""
_SETS = 10
_KINDS: tuple[Kind, ...] = ("classes", "number")


def _word(text: str, special: str = " %") -> str:
    """A text as a word of a spec."""
    return "".join(
        c if c.isprintable() and not c.isspace() and c not in special else quote(c, safe="", errors="surrogateescape")
        for c in text
    )


def _plain(word: str) -> str:
    """What such a word stands for."""
    return unquote(word, errors="surrogateescape")


def _column(name: str) -> str:
    return _word(name, " %+:")


def _path(text: str) -> str:
    plain = _plain(text)
    return _word(os.path.abspath(os.path.expanduser(plain))) if plain else ""


def _digest(text: str) -> str:
    if text and (len(text) != 16 or not set(text) <= set("0123456789abcdef")):
        raise OptionError(f"digest={quoted(text)[1:-1]} is not allowed: it is 16 digits from 0 to f, or nothing.")
    return text


def _terms(text: str) -> tuple[Term, ...]:
    from hltcore.roles import Term

    pairs = (item.partition(":") for item in text.split("+") if item)
    return tuple(Term(_plain(name), featurizer) for name, _, featurizer in pairs)


def _written(terms: Iterable[Term]) -> str:
    return "+".join(_column(term.column) + f":{term.featurizer}" * bool(term.featurizer) for term in terms)


def _target(text: str) -> Target | None:
    from hltcore.roles import Target

    name, _, kind = text.partition(":")
    if kind and kind not in _KINDS:
        raise OptionError(f"target={quoted(text)[1:-1]} is not allowed: {nearest(kind, _KINDS)}")
    known: dict[str, Kind] = {kind: kind for kind in _KINDS}
    return Target(_plain(name), known.get(kind)) if name else None


def _read_target(text: str) -> str:
    target = _target(text)
    return "" if target is None else _column(target.column) + f":{target.kind}" * bool(target.kind)


OPTIONS: tuple[Option, ...] = (
    replace(word("path", "", "the CSV or TSV file", _path), resets=("digest",)),
    word("digest", "", "what its bytes must add up to", _digest),
    word("target", "", "the column to predict; NAME:number or NAME:classes says what it is", _read_target),
    word(
        "features",
        "",
        "columns that the model sees, NAME or NAME:FEATURIZER, joined by +",
        lambda t: _written(_terms(t)),
    ),
    choice(
        "scale",
        "none",
        "standard: numbers to mean 0 and deviation 1 over the rows trained on; with-target: a number to predict, too",
        ("none", "standard", "with-target"),
    ),
    number("held_out", 0.0, "share of the rows kept for testing", minimum=0.0, below=1.0),
    integer("data_seed", 0, "which rows these are"),
)
"""Settings of the data set."""


def table_file(**options: Any) -> Dataset:
    """The data set.

    Args:
        options: A value for each of ``OPTIONS``.

    Raises:
        DataError: The file is gone, has changed, or cannot be used so.
        OptionError: No file is named, or too many rows are held out.
    """
    return _dataset(**{**options, **pinned(options)})


def pinned(options: Mapping[str, Value]) -> dict[str, Value]:
    """The digest, for options that have none.

    Raises:
        DataError: The file cannot be read.
        OptionError: No file is named.
    """
    from hltcore.delimited import digest_of, read_bytes

    path, digest = str(options["path"]), str(options["digest"])
    if not path:
        raise OptionError(f"The data set {NAME} needs a file: --data words.csv, or path=words.csv in a spec.")
    return {"digest": digest or digest_of(read_bytes(_plain(path)))}


def options_for(
    path: str | os.PathLike[str],
    target: str | None = None,
    features: Sequence[str] | None = None,
    text: Sequence[str] | None = None,
) -> dict[str, Value]:
    """The options that name a file, from names as a person says them.

    Args:
        path: The file.
        target: The target's column; ``NAME:number`` or ``NAME:classes`` says what it is.
        features: Columns that the model sees.
        text: Columns of texts that it sees, too, each as ``NAME:FEATURIZER`` (or several, joined by "+"); beside them
            it sees what ``features`` says, or the columns of numbers.

    Raises:
        DataError: The file cannot be used so.
    """
    from hltcore.roles import Term, assign

    where = _path(os.fspath(path).replace("%", "%25"))
    if not where:
        raise OptionError(f"The data set {NAME} needs a file: --data words.csv.")
    given: dict[str, Value] = {"path": where}
    given.update(pinned({**given, "digest": ""}))
    table = _table(where, str(given["digest"]))
    names = {field.name for field in table.fields}
    if target is not None:
        name, kind = _split(target, names, _KINDS)
        given["target"] = _column(name) + f":{kind}" * bool(kind)
    terms = [Term(name) for name in features or ()]
    for item in text or ():
        name, chosen = _split(item, names, None)
        terms += [Term(name, one) for one in chosen.split("+")]
    if text and features is None:
        wanted = _target(str(given.get("target", "")))
        roles = assign(table, wanted, ())
        terms = [term for term in roles.terms if not term.featurizer] + terms
    if terms:
        given["features"] = _written(terms)
    return given


def _split(said: str, names: set[str], kinds: Sequence[str] | None) -> tuple[str, str]:
    """A column's name and what is said of it; a name can hold a colon, too."""
    name, _, kind = said.rpartition(":")
    if said in names or not name or (kinds is not None and kind not in kinds):
        return said, ""
    return name, kind


def feature_sets(options: Mapping[str, Value]) -> tuple[str, ...]:
    """What is worth comparing: all that a model sees, each column alone, and each featurizer of a column of texts."""
    from hltcore import featurizers
    from hltcore.roles import Term, assign

    options = {**options, **pinned(options)}
    table = _table(str(options["path"]), str(options["digest"]))
    roles = assign(table, _target(str(options["target"])), _terms(str(options["features"])))
    every = _written(roles.terms)
    alone = [_written([term]) for term in roles.terms if not term.featurizer][:_SETS]
    texts = dict.fromkeys(term.column for term in roles.terms if term.featurizer)
    words = [_written([Term(column, name)]) for column in texts for name in featurizers.registry.names()]
    return tuple(dict.fromkeys((every, *alone, *words)))


def predicts_number(options: Mapping[str, Value]) -> bool:
    """Whether the target is a number, and not one of two classes.

    Raises:
        DataError: The file cannot be used so.
    """
    from hltcore.roles import assign

    table = _table(str(options["path"]), str(options["digest"]))
    return assign(table, _target(str(options["target"])), _terms(str(options["features"]))).kind == "number"


@lru_cache(maxsize=2)
def _table(path: str, digest: str) -> Table:
    """The file, if it is still the same."""
    from hltcore.delimited import digest_of, parse, read_bytes

    plain = _plain(path)
    data = read_bytes(plain)
    now = digest_of(data)
    if now != digest:
        raise DataError(
            f"{quoted_path(plain)} has changed since this run was made: its digest is {now}, and the run was made with "
            f"{digest}. Put the old file back, or begin anew with --data."
        )
    return parse(data, plain)


@lru_cache(maxsize=2)
def _dataset(
    path: str, digest: str, target: str, features: str, scale: Scale, held_out: float, data_seed: int
) -> Dataset:
    from hltcore.roles import assign
    from hltcore.tabulated import tabulated

    table = _table(path, digest)
    return tabulated(table, assign(table, _target(target), _terms(features)), scale, held_out, data_seed)
