"""Data: the examples of a run as a script writes them: inline where they are few, otherwise read from a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from hltcore.dataset import Dataset
from hltcore.errors import printable

__all__ = ["WIDTH", "fits_inline", "inline", "packed", "reading", "table"]

WIDTH = 75
"""Columns of a script, so that it can be read in a narrow terminal."""

_ROWS, _NUMBERS = 200, 1200


def fits_inline(dataset: Dataset) -> bool:
    """Whether the examples are few enough to stand in the script itself."""
    return len(dataset) <= _ROWS and len(dataset) * len(dataset.features) <= _NUMBERS


def inline(dataset: Dataset) -> Iterator[str]:
    """Statements that make ``xs`` of shape (rows, features) and ``ys`` of shape (rows, 1)."""
    rows = [f"[{', '.join(map(_number, x))}]," for x in dataset.xs]
    told = [f"# {printable(label)}" for label in dataset.labels]
    if tuple(dataset.labels) == tuple(map(str, range(len(dataset)))):  # labels that say nothing
        told = [""] * len(rows)
    yield "xs = torch.tensor(["
    yield from _listed(rows, told)
    yield "])"
    ys = [f"[{_number(y)}]," for y in dataset.targets]
    short = f"ys = torch.tensor([{' '.join(ys)[:-1]}])"
    if len(short) <= WIDTH:
        yield short
        return
    yield "ys = torch.tensor(["
    yield from packed(ys)
    yield "])"


def _listed(rows: Sequence[str], told: Sequence[str]) -> Iterator[str]:
    """A row a line with its label where that has room; otherwise each as many lines as it needs."""
    width = max(map(len, rows))
    if not any(told):
        yield from packed(rows)
    elif 4 + width <= WIDTH:
        yield from (f"    {row:{width}}  {label}".rstrip() for row, label in zip(rows, told))
    else:
        for row, label in zip(rows, told):
            if label:
                yield f"    {label}"
            yield from packed([row])


def packed(items: Iterable[str]) -> Iterator[str]:
    """Items as lines of a list, as many in a line as it has room for."""
    line = ""
    for item in items:
        if line and len(line) + 1 + len(item) > WIDTH - 4:
            yield f"    {line}"
            line = ""
        line = f"{line} {item}".lstrip()
        *full, line = wrap(line, WIDTH - 4, subsequent_indent=" ", break_long_words=False, break_on_hyphens=False)
        yield from (f"    {part}" for part in full)
    yield f"    {line}"


def _number(value: float) -> str:
    text = repr(value)
    return text[:-1] if text.endswith(".0") else text


def reading(name: str, *, notebook: bool = False) -> Iterator[str]:
    """Statements that read ``xs`` and ``ys`` from the table of that name, beside the script."""
    # repr escapes what cannot be written, such as a byte of a file's name that is no text.
    place = json.dumps(name, ensure_ascii=False) if name.isprintable() else repr(name)
    yield f"table = Path({place})" if notebook else f"table = Path(__file__).with_name({place})"
    yield 'with table.open(newline="", encoding="utf-8") as file:'
    yield "    _, *rows = csv.reader(file)  # the first row names the columns"
    yield "xs = torch.tensor([[float(cell) for cell in row[1:-1]] for row in rows])"
    yield "ys = torch.tensor([[float(row[-1])] for row in rows])"


def table(dataset: Dataset) -> str:
    """The table that ``reading`` reads: label, features and target, a row for each example."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("label", *dataset.features, "target"))
    for label, x, target in zip(dataset.labels, dataset.xs, dataset.targets):
        writer.writerow((label, *map(repr, x), repr(target)))
    return out.getvalue()
