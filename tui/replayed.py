"""Replayed: a recorded run of this library as a snapshot, without torch: the same panels and numbers as when it ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from hltcore import datasets
from hltcore.dataset import Dataset
from hltcore.edits import Mark, Position, parse_edit
from hltcore.embedding import Plane, embedding_of
from hltcore.errors import HltError, quoted
from hltcore.events import Edited, EpochEvent, StepEvent
from hltcore.layers import is_table
from hltcore.logged import LogStep
from hltcore.packing import float32
from hltcore.phases import phased
from hltcore.spec import RunSpec
from hltcore.units import FUNCTIONS, dead_units, layer_names, outputs
from tui.curve import Curve, CurveView
from tui.formatting import tally
from tui.observer import with_notes
from tui.recomputed import evaluation_of, surface_of
from tui.reel import Reel
from tui.script import Scribe
from tui.snapshot import Snapshot
from tui.view import View

__all__ = ["Replayed", "predicted", "spec_at"]

_EDITS = 50  # that are marked on the plot


@lru_cache(maxsize=8)
def _data(spec: RunSpec) -> tuple[Dataset, Dataset]:
    """The data, and the rows that are shown: of very many not all, as when the run was on the screen."""
    dataset: Dataset = datasets.registry.get(spec.dataset).factory(**spec.options_of("dataset"))
    return dataset, dataset.excerpt


@lru_cache(maxsize=64)
def _settings(spec: str) -> RunSpec:
    """The settings at the end of a spec."""
    return RunSpec.parse(spec).end


def spec_at(reel: Reel, steps: int) -> str:
    """The line that names the run up to a point, as far as the log was read through; empty where it has none."""
    started = reel.log.started
    spec = started.spec if started is not None else ""
    for edited in reel.log.edits:
        if edited.step > steps:
            break
        spec = edited.spec
    return spec


def _line(reel: Reel, spec: str) -> RunSpec:
    """The line to where one stands."""
    led = reel.step_at(reel.here)
    epoch = int(led.epoch) if led is not None and led.epoch is not None else 0
    parsed = RunSpec.parse(spec)
    return replace(parsed, marks=(*parsed.marks, Mark(Position(0, epoch))))


def _events(reel: Reel) -> tuple[StepEvent | None, StepEvent | None]:
    """The step that led to where one stands, and the one that follows, as far as they are recorded."""
    led, following = reel.step_at(reel.here), reel.step_at(reel.here + 1)
    return led.event if led is not None else None, following.event if following is not None else None


def _parameters(led: StepEvent | None, following: StepEvent | None) -> dict[str, Any]:
    """The parameters between two steps; those before the second one first, as an edit may lie between."""
    return following.parameters if following is not None else led.updated if led is not None else {}


class Replayed:
    """Makes snapshots of one log.

    Attributes:
        missing: Why the last one could not be made, in a sentence; empty where it could, or there is nothing to make.
    """

    def __init__(self) -> None:
        self.missing = ""
        self._plane: Plane | None = None
        self._scribe = Scribe()
        self._epochs: tuple[object, CurveView] = (None, CurveView())
        self._scores: tuple[int, tuple[CurveView, ...]] = (-1, ())

    def snapshot(self, reel: Reel, view: View) -> Snapshot | None:
        """The run where one stands; None where it names no model and data that are known here."""
        spec, self.missing = spec_at(reel, reel.here), ""
        if not spec:
            return None
        try:
            settings = _settings(spec)
            whole, dataset = _data(settings)
        except HltError as error:
            self.missing = str(error)
            return None
        led = reel.step_at(reel.here)
        event, coming = _events(reel)
        edits = [edited for edited in reel.log.edits if edited.step <= reel.here]
        here = [edited for edited in edits if edited.step == reel.here and edited.edit]
        parameters = _parameters(event, coming)
        known = coming or event
        functions = known.layout.functions if known is not None else ()
        seen = (coming, None if here else event)  # what was before a change may have been on other data
        if not all(_fits(step, whole) for step in seen if step is not None):
            self.missing = f"its numbers are not those of {quoted(settings.model)} on {quoted(whole.name)}."
            return None
        steps_per_epoch = _steps_per_epoch(settings, whole)
        epoch, offset = _standing(reel, led, steps_per_epoch)
        phase = None
        if reel.phase is not None and coming is not None:
            phase = phased(coming, reel.phase, event, kept=bool(settings.updates))
        last = phase or (event if not here else None)
        embedding = embedding_of(dataset.features, functions, parameters, last) if parameters else None
        if embedding is not None and view.embedding:
            self._plane = embedding.plane(like=self._plane)
        curves = self._epoch_curves(reel)
        snapshot = Snapshot(
            settings,
            dataset,
            ready=True,
            steps=reel.here,
            recorded=reel.last,
            epoch=epoch,
            offset=offset,
            steps_per_epoch=steps_per_epoch,
            parameters=parameters,
            event=None if here else event,
            edit=_edit_text(here),
            phase_event=phase,
            evaluation=evaluation_of(settings, parameters, functions, dataset),
            held_out=evaluation_of(settings, parameters, functions, dataset.held_out),
            edits=tuple(edited.step for edited in reel.log.edits[-_EDITS:] if edited.step),
            changes=len([edited for edited in edits if edited.edit]),
            epoch_losses=self._means(reel, settings, steps_per_epoch),
            training_losses=curves[0],
            held_out_losses=curves[1],
            training_right=curves[2],
            held_out_right=curves[3],
            epoch_ended=_ended(reel.log.epoch_scores, reel.here),
            functions=functions,
            dead=dead_units(parameters, functions, dataset.xs) if view.network and parameters else frozenset(),
            surface=surface_of(settings, parameters, functions, whole, view),
            script=self._scribe.write(_line(reel, spec)) if view.script else None,
            embedding=embedding,
            plane=self._plane if embedding is not None and view.embedding else None,
        )
        return with_notes(snapshot)

    def _epoch_curves(self, reel: Reel) -> tuple[CurveView, ...]:
        scores = reel.log.epoch_scores
        if self._scores[0] != len(scores) or not scores:
            series = zip(
                *((s.training.loss, s.held_out.loss, s.training.accuracy, s.held_out.accuracy) for s in scores)
            )
            curves = tuple(Curve(values).view() for values in series) or (CurveView(),) * 4
            self._scores = (len(scores), curves)
        return self._scores[1]

    def _means(self, reel: Reel, settings: RunSpec, steps_per_epoch: int) -> CurveView:
        """The mean loss of each epoch, where the log still holds every loss by itself and no edit moved an epoch."""
        seen = reel.log.losses
        if seen.stride > 1 or not seen.exact or reel.first or any(edited.edit for edited in reel.log.edits):
            return CurveView()
        key = (seen.count, settings, reel.log.generation)
        if self._epochs[0] != key:
            starts = range(0, seen.count - steps_per_epoch + 1, steps_per_epoch)
            lows = [float32(loss) for loss in seen.lows]  # as they were, before they were written as text
            means = (sum(lows[start : start + steps_per_epoch]) / steps_per_epoch for start in starts)
            self._epochs = (key, Curve(means).view())
        return self._epochs[1]


def _fits(event: StepEvent, data: Dataset) -> bool:
    """Whether a step can have been done on these data: a log may say anything of itself."""
    layout, width = event.layout, len(data.features)
    if any(row >= len(data) for row in event.batch.rows) or any(len(x) != width for x in event.batch.xs):
        return False
    if not layout.functions:
        return True
    shapes = dict(zip(layout.parameters.names, layout.parameters.shapes))
    names = layout.pre_activations.names
    if layer_names(shapes) != names or not set(layout.functions) <= set(FUNCTIONS):
        return False
    for name, function, pre in zip(names, layout.functions, layout.pre_activations.shapes):
        units = pre[-1]
        weight = (width, units) if is_table(function) else (units, width)
        if shapes[f"{name}.weight"] != weight or shapes.get(f"{name}.bias", (units,)) != (units,):
            return False
        width = units
    return width == 1


def _steps_per_epoch(settings: RunSpec, dataset: Dataset) -> int:
    size = len(dataset) if settings.batch == "all" else int(settings.batch)
    return -(-len(dataset) // size)


def _standing(reel: Reel, led: LogStep | None, steps_per_epoch: int) -> tuple[int, int]:
    """Completed epochs, and completed steps of the present one."""
    if led is None or led.epoch is None:
        return 0, 0
    epoch, low, high = int(led.epoch), max(reel.here - 1 - steps_per_epoch, -1), reel.here - 1
    while high - low > 1:  # the first step of its epoch
        middle = (low + high) // 2
        step = reel.log.at(middle)
        same = step is not None and step.epoch is not None and int(step.epoch) >= epoch
        low, high = (low, middle) if same else (middle, high)
    offset = reel.here - high
    return (epoch + 1, 0) if offset >= steps_per_epoch else (epoch, offset)


def _edit_text(here: Sequence[Edited]) -> str:
    if not here:
        return ""
    try:
        edit = parse_edit(here[-1].edit.split())
    except HltError:
        edit = None
    title = edit.title if edit is not None else here[-1].edit
    return title + (f" (and {tally(len(here) - 1, 'change')} before it)" if len(here) > 1 else "")


def _ended(scores: Sequence[EpochEvent], here: int) -> EpochEvent | None:
    return next((score for score in reversed(scores) if score.step <= here), None)


def predicted(reel: Reel, rows: Sequence[tuple[float, ...]]) -> tuple[float, ...] | None:
    """Predictions for some inputs with the parameters as they stand; None where they cannot be told."""
    event, coming = _events(reel)
    known = coming or event
    if known is None or not known.layout.functions:
        return None
    return tuple(outputs(_parameters(event, coming), known.layout.functions, rows))
