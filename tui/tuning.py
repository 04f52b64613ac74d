"""Tuning: what keys change of a run that is trained here; the worker does it on the run's own thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from hltcore import datasets
from hltcore.edits import parse_edit
from hltcore.errors import HltError, SpecError
from hltcore.options import Value
from hltcore.registry import Entry
from hltcore.settings import REGISTRIES
from hltcore.spec import RunSpec
from tui.cells import Focus, value_at
from tui.observer import unbuilt
from tui.worker import Worker

if TYPE_CHECKING:
    from hltcore.trainer import Trainer

__all__ = ["Tuning"]

T = TypeVar("T")


class Tuning:
    """The part of a bridge that changes what is trained.

    Args:
        worker: What owns the run.
        own: The model or data set that a script passed as an object, by kind.
        files: By name, the options of the data set that this program was begun with, where it is a file's.
    """

    def __init__(self, worker: Worker, own: Mapping[str, Entry], files: Mapping[str, dict[str, Value]]) -> None:
        self._worker = worker
        self._own = own
        self._files = files

    def reset(self) -> None:
        """Start again at step 0."""
        self._worker.post(lambda trainer: trainer.reset())

    def new_seed(self) -> None:
        """Start the parameters anew from the next seed."""
        self._change(lambda settings: [{"seed": settings.seed + 1}])

    def own_parts(self, kind: str) -> tuple[Entry, ...]:
        """The model or data set that a script passed as an object, if this run began with one."""
        return tuple(entry for its, entry in self._own.items() if its == kind)

    def cycle(self, kind: str) -> None:
        """Switch to the next model, data set, loss or optimizer that fits; say which did not."""

        def following(settings: RunSpec) -> list[dict[str, Any]]:
            names = (*REGISTRIES[kind].names(), *(entry.name for entry in self.own_parts(kind)))
            here = names.index(getattr(settings, kind)) + 1
            others = (*names[here:], *names[: here - 1])
            return [self._whole(kind, name) for name in others if kind != "dataset" or self._is_there(name)]

        self._change(following)

    def choose(self, kind: str, name: str) -> None:
        """Switch to a model, data set, loss or optimizer by its name."""
        self.switch(**self._whole(kind, name))

    def _is_there(self, name: str) -> bool:
        """Whether a data set can be had by its name alone: a file only if this program was begun with it."""
        return name in self._files or datasets.registry.get(name).pin is None

    def _whole(self, kind: str, name: str) -> dict[str, Any]:
        """The change that takes a part by its name, with the file that this program was begun with."""
        return {kind: name, **(self._files.get(name, {}) if kind == "dataset" else {})}

    def switch(self, **changes: Any) -> None:
        """Go on with other settings."""
        self._change(lambda settings: [changes])

    def apply(self, changes: dict[str, Any]) -> Future[None]:
        """Go on with other settings, or tell why not."""
        return self._worker.attempt(lambda trainer: trainer.switch(**changes))

    def number_at(self, focus: Focus) -> float:
        """A number as it is."""
        return value_at(self._worker.snapshot.parameters, focus)

    def set_number(self, focus: Focus, value: str) -> Future[None]:
        """Set a number of a parameter."""
        return self._worker.attempt(lambda trainer: trainer.set_parameter(*focus, value))  # type: ignore[arg-type]

    def freeze(self, focus: Focus) -> None:
        """Freeze a number, or let it go again."""

        def command(trainer: Trainer) -> None:
            before = trainer.settings.frozen
            trainer.freeze(*focus)
            if trainer.settings.frozen == before:
                trainer.thaw(*focus)

        self._worker.post(command)

    def fork_twin(self, words: str) -> Future[None]:
        """Begin a run beside this one that differs in one thing."""

        def command(trainer: Trainer) -> None:
            edit = parse_edit(words.split())
            if edit is None:
                raise SpecError("A twin differs in something: write it as in a spec, such as lr=0.5.")
            self._worker.twin.fork(trainer, edit)

        return self._worker.attempt(command)

    def end_twin(self) -> None:
        """Let the run beside this one go."""
        self._worker.post(lambda trainer: self._worker.twin.end())

    def _change(self, choices: Callable[[RunSpec], list[dict[str, Any]]]) -> None:
        """Switch to the first choice that fits; before torch is there, in the spec itself."""

        def in_spec(spec: RunSpec) -> RunSpec:
            def make(change: dict[str, Any]) -> RunSpec:
                new = spec.changed(**change)
                unbuilt(new)
                return new

            return self._first_that_fits(choices(spec), make)

        if not self._worker.before_torch(in_spec):
            self._worker.post(
                lambda trainer: self._first_that_fits(
                    choices(trainer.settings), lambda change: trainer.switch(**change)
                )
            )

    def _first_that_fits(self, choices: list[dict[str, Any]], make: Callable[[dict[str, Any]], T]) -> T:
        refusals: list[HltError] = []
        for change in choices:
            try:
                result = make(change)
            except HltError as error:
                refusals.append(error)
                continue
            if refusals:
                self._worker.tell(f"Left out: {refusals[0]}")
            return result
        raise refusals[0]
