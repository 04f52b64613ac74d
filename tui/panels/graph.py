"""Graph: the net as columns of units with the weights between them, before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hltcore.chain import SLOPES
from hltcore.layers import by_unit, is_table
from hltcore.units import FUNCTIONS, RECTIFIERS, LayerValues, forward, layer_names
from tui.formatting import shape
from tui.panels.picked import is_sparse
from tui.snapshot import Snapshot

__all__ = ["Column", "Graph", "Unit", "graph_of"]


@dataclass(frozen=True)
class Unit:
    """One unit, or one input.

    Attributes:
        name: What it is called.
        bias: Its bias; None where it has none.
        pre_activation: z for the current example; None for an input, and while no example is known.
        activation: What it passes on; None while no example is known.
        closed: Whether its function is closed for the current example.
        dead: Whether no example opens it.
    """

    name: str
    bias: float | None = None
    pre_activation: float | None = None
    activation: float | None = None
    closed: bool = False
    dead: bool = False


@dataclass(frozen=True)
class Column:
    """The inputs, or one layer.

    Attributes:
        layer: The layer's name; empty for the inputs.
        function: Its activation function; empty while it is not known.
        units: Its units.
        weights: For each of its units, the weights from the units of the column before; empty for the inputs.
        places: Where each of its units stands in the layer, or among the inputs.
        left_out: How many inputs of 0 are left out, as there are many.
    """

    layer: str
    function: str
    units: tuple[Unit, ...]
    weights: tuple[tuple[float, ...], ...] = ()
    places: tuple[int, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Graph:
    """The net, and the example that is on its way through it.

    Attributes:
        columns: The inputs, and then every layer.
        row: The example's row in the data set; None while there is none.
        batch: How many examples were in its step.
        label: The example's label in the data set; empty while there is none.
        target: Its target.
    """

    columns: tuple[Column, ...]
    row: int | None
    batch: int
    label: str = ""
    target: float = 0.0


def graph_of(snapshot: Snapshot, functions: tuple[str, ...] | None, dead: frozenset[tuple[str, int]]) -> Graph | None:
    """The net under the present parameters, on the first example of the last step.

    Args:
        snapshot: The run.
        functions: Each layer's activation function; None while that is not known.
        dead: Layer and place of the units that no example opens.

    Returns:
        None for a model that is not a row of layers.
    """
    layers = _layers(snapshot, functions)
    if layers is None:
        return None
    source = snapshot.phase_event or snapshot.event
    row = source.batch.rows[0] if source else None
    x = source.batch.xs[0] if source else None
    if functions is None or x is None or len(x) != len(snapshot.dataset.features):
        row = x = None
    values = forward(snapshot.parameters, functions, x) if functions is not None and x is not None else ()
    columns = [_inputs(snapshot.dataset.features, x)]
    for depth, name in enumerate(layers):
        function = functions[depth] if functions is not None else ""
        units = _units(snapshot, name, function, values[depth] if values else None, dead)
        before = columns[-1].places
        weight = by_unit(function, snapshot.parameters[f"{name}.weight"])
        weights = tuple(tuple(row[place] for place in before) for row in weight)
        columns.append(Column(name, function, units, weights, tuple(range(len(units)))))
    if source is None:
        return Graph(tuple(columns), row, 0)
    batch = source.batch
    return Graph(tuple(columns), row, len(batch.rows), batch.labels[0], batch.targets[0])


def _inputs(names: tuple[str, ...], x: tuple[float, ...] | None) -> Column:
    """The inputs; of many only those that are not 0, if they are known and there are any."""
    places = tuple(range(len(names)))
    if x is not None and is_sparse(x) and any(x):
        places = tuple(place for place in places if x[place])
    units = tuple(Unit(names[place], activation=None if x is None else x[place]) for place in places)
    return Column("", "", units, (), places, len(names) - len(places))


def _layers(snapshot: Snapshot, functions: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The names of the layers; None when the parameters are not those of layers in a row."""
    parameters = snapshot.parameters
    names = layer_names(parameters)
    parts = {f"{name}.{part}" for name in names for part in ("weight", "bias")}
    if not names or not set(parameters) <= parts:
        return None
    if functions is not None and (len(functions) != len(names) or not set(functions) <= set(FUNCTIONS)):
        return None
    width = len(snapshot.dataset.features)
    for depth, name in enumerate(names):
        weight, bias = parameters[f"{name}.weight"], parameters.get(f"{name}.bias")
        size = shape(weight)
        if functions is not None and is_table(functions[depth]):
            size = size[::-1]
        if len(size) != 2 or size[1] != width or (bias is not None and shape(bias) != size[:1]):
            return None
        width = size[0]
    return names if width == 1 else None


def _units(
    snapshot: Snapshot, layer: str, function: str, values: LayerValues | None, dead: frozenset[tuple[str, int]]
) -> tuple[Unit, ...]:
    biases: Sequence[Any] | None = snapshot.parameters.get(f"{layer}.bias")
    units = []
    for place in range(len(by_unit(function, snapshot.parameters[f"{layer}.weight"]))):
        z = values.pre_activations[place] if values else None
        a = values.activations[place] if values else None
        closed = function in RECTIFIERS and z is not None and a is not None and SLOPES[function](z, a) == 0
        bias = None if biases is None else biases[place]
        units.append(Unit(f"{layer}[{place}]", bias, z, a, closed, (layer, place) in dead))
    return tuple(units)
