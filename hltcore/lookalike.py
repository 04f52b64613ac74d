"""Lookalike: the file that was probably meant by a path at which there is none, and how far such a path leads."""

from __future__ import annotations

import difflib
import os
import re
from itertools import islice, takewhile

from hltcore.errors import quoted_path

__all__ = ["lookalike", "why_missing"]

_ALIKE = 0.75  # from 0 to 1, of two names: one is the other with a slip of the keys
_ALIKE_TO_THE_END = 0.86  # the same of names with endings, which are mostly the same
_LOOKED_AT = 1000  # names of a folder
_DIGITS = re.compile(r"\d+")


def lookalike(path: str) -> str | None:
    """The name, in a path's folder, of the file of whose name the path's own is probably a slip; None for none.

    Names that differ in their digits alone are those of two runs, and no slip.
    """
    folder, name = os.path.split(path)
    return _alike(name, folder or os.curdir, files=True)


def why_missing(path: str) -> str:
    """Where a path at which there is nothing ceases to lead anywhere, and what was probably meant, as sentences."""
    folders = [folder for folder in _parents(path) if folder]
    missing = list(takewhile(lambda folder: not os.path.lexists(folder), folders))
    if not missing:
        there = os.path.dirname(path) or os.curdir
        if not os.path.isdir(there):
            return f"{quoted_path(there)} is a file, and no folder."
        near = lookalike(path)
        return f"No such file or directory.{_meant(there, near)}"
    lost = missing[-1]
    there, name = os.path.split(lost)
    if there and not os.path.isdir(there):
        return f"{quoted_path(there)} is a file, and no folder."
    near = _alike(name, there or os.curdir, files=False)
    nearest = "" if near else f" The nearest one there is: {quoted_path(there or os.getcwd())}."
    return f"No such file or directory: there is no folder {quoted_path(lost)}.{_meant(there, near)}{nearest}"


def _parents(path: str) -> list[str]:
    """The folders that a path goes through, the innermost first."""
    parents = []
    while (folder := os.path.dirname(path)) and folder != path:
        parents.append(folder)
        path = folder
    return parents


def _meant(folder: str, near: str | None) -> str:
    path = os.path.join("" if folder == os.curdir else folder, near or "")
    return f" Did you mean {quoted_path(path)}?" if near else ""


def _alike(name: str, folder: str, *, files: bool) -> str | None:
    try:
        with os.scandir(folder) as entries:
            there = [entry.name for entry in islice(entries, _LOOKED_AT) if entry.is_file() == files]
    except OSError:
        return None
    stem, ending = _stem(name), os.path.splitext(name)[1]
    series = _DIGITS.sub("0", name)
    known = {other.casefold(): other for other in there if series == name or _DIGITS.sub("0", other) != series}
    close = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=_ALIKE_TO_THE_END if ending else _ALIKE)
    if close:
        return known[close[0]]
    return next((other for other in there if stem and _stem(other) == stem), None)


def _stem(name: str) -> str:
    return os.path.splitext(name)[0].casefold()
