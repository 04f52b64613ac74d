"""Recomputed: what a log does not hold and its numbers give, without torch: predictions, their losses, the surface."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hltcore import losses, models
from hltcore.dataset import Dataset
from hltcore.events import Evaluation
from hltcore.packing import pack
from hltcore.spec import RunSpec
from hltcore.surface import Surface, UnitSurface, plane_grid
from hltcore.units import forward, is_dead, outputs
from tui.observer import threshold_of
from tui.view import View

__all__ = ["evaluation_of", "surface_of"]

_BREAKS = (ValueError, OverflowError, ZeroDivisionError)  # of a loss or an activation where it is not defined


def evaluation_of(
    settings: RunSpec, parameters: Mapping[str, Any], functions: Sequence[str], dataset: Dataset | None
) -> Evaluation | None:
    """Every example under the present parameters; None for a model that is not a row of layers."""
    if dataset is None or not parameters or not functions:
        return None
    value = losses.registry.get(settings.loss).form_for(models.registry.get(settings.model).output).value
    try:
        predictions = tuple(outputs(parameters, functions, dataset.xs))
    except _BREAKS:
        return None
    return Evaluation(
        predictions,
        tuple(_defined(value, prediction, target) for prediction, target in zip(predictions, dataset.targets)),
        _threshold(settings, dataset),
    )


def _threshold(settings: RunSpec, dataset: Dataset) -> float | None:
    """The prediction from which on class 1 is predicted; None for targets that are numbers."""
    return threshold_of(settings) if dataset.classes else None


def _defined(value: Any, prediction: float, target: float) -> float:
    try:
        return math.nan if value is None else float(value(prediction, target))
    except _BREAKS:
        return math.nan


def surface_of(
    settings: RunSpec, parameters: Mapping[str, Any], functions: Sequence[str], dataset: Dataset, view: View
) -> Surface | None:
    """The prediction over the plane, and the hidden units over it."""
    encode = dataset.encode_point
    if view.surface is None or not dataset.has_plane or encode is None or not parameters or not functions:
        return None
    grid = plane_grid(dataset, *view.surface)
    try:
        points = [encode(x, y) for x, y in grid.points()]
        packed = pack(outputs(parameters, functions, points))
        below = plane_grid(dataset, *view.units) if view.units else None
        pictures: list[UnitSurface] = []
        if below is not None:
            over = [forward(parameters, functions, encode(x, y)) for x, y in below.points()]
            seen = [forward(parameters, functions, x) for x in dataset.excerpt.xs]
            for depth, function in enumerate(functions[:-1]):
                for unit in range(len(over[0][depth].activations)):
                    column = pack(layers[depth].activations[unit] for layers in over)
                    dead = is_dead(function, [layers[depth].pre_activations[unit] for layers in seen])
                    pictures.append(UnitSurface(over[0][depth].name, unit, function, dead, column))
    except _BREAKS:
        return None
    return Surface(grid, _threshold(settings, dataset), packed, below, tuple(pictures))
