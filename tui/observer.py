"""Observer: turns a trainer into snapshots, and keeps the loss curves that they carry."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from hltcore import datasets, losses, models, optimizers
from hltcore.errors import OptionError, ShapeError, StepError
from hltcore.fitting import check_fit
from hltcore.spec import RunSpec
from tui.cells import value_at
from tui.curve import Curve
from tui.formatting import tally
from tui.script import Scribe
from tui.snapshot import Snapshot
from tui.view import View

if TYPE_CHECKING:
    from hltcore.diagnostics import Finding
    from hltcore.embedding import Embedding, Plane
    from hltcore.events import Evaluation
    from hltcore.scout import Path
    from hltcore.surface import Surface
    from hltcore.trainer import Trainer

__all__ = ["Observer", "threshold_of", "unbuilt", "with_notes"]

_EDITS = 50  # that are marked on the plot
_BUILT_IN = ("difference", "l1", "mse", "cross-entropy")


def threshold_of(settings: RunSpec) -> float:
    """The prediction from which on class 1 is predicted."""
    return losses.registry.get(settings.loss).threshold(models.registry.get(settings.model).output)


def unbuilt(spec: RunSpec) -> Snapshot:
    """What can be said of a run before torch is there.

    Raises:
        HltError: The data set cannot be made, or the model has no use for it.
    """
    source = datasets.registry.get(spec.dataset)
    dataset = source.factory(**spec.options_of("dataset"))
    check_fit(models.registry.get(spec.model), source, dataset)
    losses.registry.get(spec.loss).check_data(dataset)
    return with_notes(Snapshot(spec.start, dataset.excerpt))


class Observer:
    """Looks at one trainer, again and again."""

    def __init__(self) -> None:
        self.view = View()
        self._branch: object = None
        self._begin_curves()
        self._path: Path | None = None
        self._forks: tuple[object, tuple[int, ...]] = (None, ())
        self._plane: Plane | None = None
        self._scribe = Scribe()

    def observe(self, trainer: Trainer) -> Snapshot:
        """The run as it stands."""
        self._fold(trainer)
        position = trainer.position
        embedding = trainer.embedding
        return with_notes(
            Snapshot(
                trainer.settings,
                trainer.dataset.excerpt,
                ready=True,
                steps=trainer.steps,
                recorded=trainer.history.steps,
                epoch=position.epoch or 0,
                offset=position.step,
                steps_per_epoch=trainer.steps_per_epoch,
                parameters=trainer.parameters,
                event=trainer.last_event,
                edit=_edit_here(trainer),
                phase_event=trainer.last_phase,
                evaluation=_evaluation(trainer),
                edits=tuple(entry.step for entry in trainer.history.entries[-_EDITS:] if entry.step),
                changes=len(trainer.history.entries_until(trainer.steps)),
                losses=self._losses.view(),
                epoch_losses=self._epoch_losses.view(),
                held_out=None if trainer.dataset.held_out is None else _evaluation(trainer, held_out=True),
                training_losses=self._training.view(),
                held_out_losses=self._held_out.view(),
                training_right=self._training_right.view(),
                held_out_right=self._held_out_right.view(),
                epoch_ended=trainer.history.epoch_event(position.epoch) if position.epoch else None,
                optimizer_state=trainer.optimizer_state,
                findings=_findings(trainer),
                checked=trainer.checked,
                unchecked=trainer.unchecked,
                forks=self._forks_of(trainer),
                line_number=trainer.lines.index(trainer.history) + 1,
                lines=len(trainer.lines),
                focus=self.view.focus,
                path=self._path_of(trainer),
                functions=trainer.functions,
                dead=self._dead_in(trainer),
                surface=self._surface_of(trainer),
                embedding=embedding,
                plane=self._plane_of(embedding),
                script=self._scribe.write(trainer.spec) if self.view.script else None,
            )
        )

    def _plane_of(self, embedding: Embedding | None) -> Plane | None:
        """The plane of the embeddings, turned as the one before."""
        if embedding is None or not self.view.embedding:
            return None
        self._plane = embedding.plane(like=self._plane)
        return self._plane

    def _dead_in(self, trainer: Trainer) -> frozenset[tuple[str, int]]:
        if not self.view.network or not trainer.functions:
            return frozenset()
        from hltcore.units import dead_units  # late: nothing is dead before there are parameters

        return dead_units(trainer.parameters, trainer.functions, trainer.dataset.excerpt.xs)

    def _surface_of(self, trainer: Trainer) -> Surface | None:
        size = self.view.surface
        if size is None or not trainer.dataset.has_plane:
            return None
        try:
            return trainer.surface(*size, units=self.view.units)
        except StepError:
            return None

    def _forks_of(self, trainer: Trainer) -> tuple[int, ...]:
        history = trainer.history
        key = (history, len(history.entries), len(trainer.lines))
        if self._forks[0] != key:
            steps = [branch.shared_with(history) for branch in trainer.branches]
            self._forks = (key, tuple(step for step in steps if step is not None))
        return self._forks[1]

    def _path_of(self, trainer: Trainer) -> tuple[tuple[int, float], ...]:
        """The focused number's path; it goes on where the one asked for last time ended."""
        focus = self.view.focus
        if focus is None:
            return ()
        path = self._path
        if path is None or (path.name, path.index) != focus or path.branch is not trainer.history:
            try:
                path = self._path = trainer.path(*focus)
            except ShapeError:  # another model has no such number
                return ()
        points = path.points()
        if points and points[-1][0] < trainer.steps:  # beyond the first ones not every step is kept
            points += ((trainer.steps, value_at(trainer.parameters, focus)),)
        return points

    def _begin_curves(self) -> None:
        self._losses, self._epoch_losses = Curve(), Curve()
        self._training, self._held_out = Curve(), Curve()
        self._training_right, self._held_out_right = Curve(), Curve()

    def _fold(self, trainer: Trainer) -> None:
        """Bring the curves up to date with the history, which another branch replaces."""
        history = trainer.history
        if history is not self._branch:
            self._branch = history
            self._begin_curves()
        for step in range(self._losses.count, history.steps):
            self._losses.append(history.losses[step])
        starts = history.epoch_starts
        for epoch in range(self._epoch_losses.count, len(starts) - 1):
            losses = history.losses[starts[epoch] : starts[epoch + 1]]
            self._epoch_losses.append(sum(losses) / len(losses))
        if trainer.dataset.held_out is not None:
            for curve, series in ((self._training, history.training), (self._held_out, history.held_out)):
                for epoch in range(curve.count, len(series)):
                    curve.append(series[epoch])
            for epoch in range(self._held_out_right.count + 1, len(starts)):
                ended = history.epoch_event(epoch)
                self._training_right.append(ended.training.accuracy if ended else math.nan)
                self._held_out_right.append(ended.held_out.accuracy if ended else math.nan)


def _edit_here(trainer: Trainer) -> str:
    entries = trainer.history.entries_at(trainer.steps)
    if not entries:
        return ""
    before = f" (and {tally(len(entries) - 1, 'change')} before it)" if len(entries) > 1 else ""
    return entries[-1].edit.title + before


def _findings(trainer: Trainer) -> tuple[Finding, ...]:
    try:
        return trainer.findings
    except OptionError:  # a script's own, made without checks
        return ()


def _evaluation(trainer: Trainer, *, held_out: bool = False) -> Evaluation | None:
    try:
        data = trainer.dataset.excerpt
        rows = data.held_out.rows if held_out and data.held_out is not None else data.rows
        return trainer.evaluate(held_out=held_out, rows=rows)
    except StepError:  # a course's own model or loss broke; the next step will say so
        return None


def with_notes(snapshot: Snapshot) -> Snapshot:
    """The snapshot with what the registries say of the parts in use."""
    model = models.registry.get(snapshot.settings.model)
    names = dict.fromkeys((*_BUILT_IN, snapshot.settings.loss))
    forms = tuple((name, losses.registry.get(name).form_for(model.output)) for name in names)
    rule = optimizers.registry.get(snapshot.settings.optimizer).formula
    return replace(snapshot, model_note=model.note, forms=forms, optimizer_rule=rule)
