"""Sampling: a model at many points of the plane, in one forward pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from hltcore._torch import torch
from hltcore.dataset import Dataset
from hltcore.engine import Engine
from hltcore.packing import pack
from hltcore.surface import Surface, UnitSurface, plane_grid
from hltcore.units import is_dead

__all__ = ["sample"]


def sample(engine: Engine, columns: int, rows: int, units: tuple[int, int] | None) -> Surface:
    """The surface of an engine's model under its present parameters.

    Args:
        engine: The run's parts.
        columns: Predictions from left to right.
        rows: Predictions from top to bottom.
        units: Columns and rows of the hidden units' pictures; None for none of them.

    Raises:
        OptionError: The data have no plane, or a size is no whole number from 1 on.
        StepError: The model cannot be computed.
    """
    dataset = engine.dataset
    grid = plane_grid(dataset, columns, rows)
    unit_grid = plane_grid(dataset, *units) if units else None
    predictions, watched = engine.watch(_inputs(dataset, dataset.encode_point, columns, rows, units))
    size = columns * rows
    packed = pack(predictions[:size].reshape(-1).tolist())
    pictures = _units(engine, watched, size) if unit_grid else ()
    return Surface(grid, engine.threshold, packed, unit_grid, pictures)


@lru_cache(maxsize=4)
def _inputs(
    dataset: Dataset,
    encode: Callable[[float, float], tuple[float, ...]] | None,
    columns: int,
    rows: int,
    units: tuple[int, int] | None,
) -> torch.Tensor:
    """The grid, the units' grid and the examples, one after the other; the same ones while a screen keeps its size."""
    assert encode is not None  # a data set with a plane has it
    points = plane_grid(dataset, columns, rows).points()
    points += plane_grid(dataset, *units).points() if units else []
    examples = dataset.excerpt.xs if units else ()
    return torch.tensor([*(encode(x, y) for x, y in points), *examples], dtype=torch.float32)


def _units(engine: Engine, watched: list[torch.Tensor], skip: int) -> tuple[UnitSurface, ...]:
    """Every hidden unit, from all watched values: those of the units' grid, and then of the examples."""
    layout = engine.layout_of(engine.feed.rows[0])
    layers = layout.pre_activations.names[:-1] if layout.functions else ()
    before = dict(zip(layout.pre_activations.names, watched))
    after = before | dict(zip(layout.activations.names, watched[len(before) :]))
    examples = len(engine.dataset.excerpt)
    units = []
    for name, function in zip(layers, layout.functions):
        values = after[name][skip:-examples].T.tolist()
        zs = before[name][-examples:].T.tolist()
        for unit, (column, z) in enumerate(zip(values, zs)):
            units.append(UnitSurface(name, unit, function, is_dead(function, z), pack(column)))
    return tuple(units)
