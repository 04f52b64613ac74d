"""Picked: a step told by the few inputs that are not 0, and by the rows of an embedding table that these pick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.cells import Focus
from tui.formatting import cut, feature, number, plain, short, tally
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Piece

if TYPE_CHECKING:
    from hltcore.chain import ExampleChain, LayerChain

__all__ = [
    "inputs_text",
    "is_sparse",
    "picked_column",
    "products",
    "row_name",
    "separated",
    "table_backward",
    "table_forward",
    "untouched",
]

Row = list[list[Piece]]
Table = Sequence[Sequence[float]]

_ALL = 4  # inputs up to which each is told, also where it is 0
_LONGEST_NAME = 12


def is_sparse(inputs: Sequence[float]) -> bool:
    """Whether there are so many inputs that those of 0 are better left out."""
    return len(inputs) > _ALL and 0 in inputs


def inputs_text(names: Sequence[str], x: Sequence[float]) -> str:
    """An example's x by name; of many only what is not 0."""
    pairs = list(zip(names, x))
    if not is_sparse(x):
        return ", ".join(f"{plain(name)} {feature(value)}" for name, value in pairs)
    told = [f"{plain(name)} {feature(value)}" for name, value in pairs if value]
    return ", ".join([*told, f"and {sum(not value for value in x)} of 0"])


def picked_column(snapshot: Snapshot, example: ExampleChain) -> str:
    """The name of the one column of a first layer's weight that a one-hot x picks; empty for any other x."""
    return _name(snapshot.dataset.features[example.x.index(1.0)]) if snapshot.dataset.one_hot else ""


def table_forward(
    snapshot: Snapshot, example: ExampleChain, layer: LayerChain, table: Table, palette: Palette
) -> list[Row]:
    """What a table passes on: the row that it picks, or the mean of several with the numbers put in."""
    picked = [place for place, count in enumerate(example.x) if count]
    label: Piece = (f"  {layer.name}  ", palette.muted)
    names = [_name(snapshot.dataset.features[place]) for place in picked]
    if not picked:
        return [[[label, ("picks no row: the mean of none is 0", palette.text)]]]
    if len(picked) == 1:
        return [[[label, (f"picks row {names[0]}: ", palette.text), *vector(layer.activations, palette)]]]
    rows: list[Row] = [[[label, (f"the mean of rows {', '.join(names)}", palette.text)]]]
    total = feature(sum(example.x))
    for unit, mean in enumerate(layer.activations):
        terms = [_times(example.x[place], table[place][unit]) for place in picked]
        sums: Row = [[(term if place == 0 else f" + {term}", palette.text)] for place, term in enumerate(terms)]
        sums[-1].append((")", palette.text))
        sums[0] = [(f"  mean[{unit}]  ", palette.muted), ("(", palette.text), *sums[0]]
        rows.append([*sums, [(f" / {total} = ", palette.text), (number(mean).strip(), palette.signed(mean))]])
    return rows


def table_backward(snapshot: Snapshot, example: ExampleChain, layer: LayerChain, palette: Palette) -> list[Row]:
    """Which rows of a table get a gradient, and which."""
    picked = [place for place, count in enumerate(example.x) if count]
    arriving = [(f"  {layer.name}  ", palette.muted), ("∂loss/∂mean = ", palette.text), *vector(layer.deltas, palette)]
    rows: list[Row] = [[arriving]]
    for place in picked:
        share = layer.inputs[place]
        told = f"    row {_name(snapshot.dataset.features[place])}  times its share {short(share)}: "
        rows.append([[(told, palette.text)], vector([share * delta for delta in layer.deltas], palette)])
    others = len(example.x) - len(picked)
    if others:
        rows.append([[(f"    the other {others} rows get 0: they are not in {_name(example.label)}", palette.muted)]])
    return rows


def untouched(snapshot: Snapshot, cell: Focus) -> bool:
    """Whether a number is in a row of the table that the last step passed over."""
    table = snapshot.embedding
    return table is not None and cell[0] == f"{table.layer}.weight" and cell[1][0] not in table.touched


def row_name(snapshot: Snapshot, cell: Focus) -> str:
    """What stands behind a number of the table: the word or letter that its row is for."""
    table = snapshot.embedding
    if table is None or cell[0] != f"{table.layer}.weight":
        return ""
    return f" {_name(table.names[cell[1][0]])}"


def separated(values: Sequence[float], palette: Palette) -> list[Piece]:
    """Several numbers, each coloured by its sign."""
    pieces: list[Piece] = []
    for place, value in enumerate(values):
        pieces += [(", ", palette.muted)] * bool(place)
        pieces.append((number(value).strip(), palette.signed(value)))
    return pieces


def products(weights: Sequence[float], inputs: Sequence[float], first: bool, one_hot: bool) -> list[str]:
    """Each weight times its input; of many inputs those of 0 are counted only, and a one-hot x leaves one weight."""
    if one_hot:
        return [short(w) for w, a in zip(weights, inputs) if a]
    told = feature if first else short
    if not is_sparse(inputs):
        return [f"{short(w)}·{told(a)}" for w, a in zip(weights, inputs)]
    told_of = [f"{short(w)}·{told(a)}" for w, a in zip(weights, inputs) if a]
    return [*told_of, f"{tally(len(inputs) - len(told_of), 'term')} of 0"]


def vector(values: Sequence[float], palette: Palette) -> list[Piece]:
    """Several numbers in parentheses."""
    return [("(", palette.text), *separated(values, palette), (")", palette.text)]


def _times(count: float, value: float) -> str:
    return short(value) if count == 1 else f"{feature(count)}·{short(value)}"


def _name(name: str) -> str:
    return cut(name, _LONGEST_NAME)
