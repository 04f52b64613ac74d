"""Comparison: runs that differ in their features alone, trained side by side: how far does each get on new examples?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hltcore import datasets
from hltcore.contenders import OPTION, Compared, feature_sets
from hltcore.dataset import Dataset
from hltcore.errors import HltError, OptionError, SpecError, printable
from hltcore.events import EpochEvent
from hltcore.options import integer
from hltcore.spec import RunSpec
from hltcore.trainer import Trainer

__all__ = ["compare"]

_STEPS = 3000
_FEWEST, _MOST = 5, 60
"""Epochs that make about so many steps, within limits, so that ten runs take a few seconds."""


def compare(
    spec: str | RunSpec, *, epochs: int | None = None, features: str | Sequence[str] | None = None
) -> Iterator[tuple[Compared, ...]]:
    """Train a run for each of several sets of features, all with the same settings and for the same epochs.

    Args:
        spec: The run; its features are compared with the others.
        epochs: How many; when left out, what makes about 3000 steps.
        features: The sets (or a single one), as in the data set's option ``features``; when left out, those worth
            comparing.

    Returns:
        All runs again and again, each time one is built or has done an epoch; the last ones are the result. Stop
        asking, and the rest is not trained. A run that cannot be built says why, and the others go on.

    Raises:
        OptionError: The data set has no features to choose from, or holds no examples out; there is nothing to
            compare; or ``epochs`` is no whole number from 0 on.
        SpecError: The line cannot be read, or leads to a point.
    """
    line = RunSpec.parse(spec) if isinstance(spec, str) else spec
    if line.marks:
        raise SpecError(f"Runs are compared from their start: leave out {line.marks[0]} and what follows.")
    worth = feature_sets(line)
    sets = worth if features is None else (features,) if isinstance(features, str) else tuple(features)
    if not sets:
        raise OptionError(f"There is nothing to compare: name some features, such as {worth[0]}.")
    _check_held_out(line)
    count = None if epochs is None else int(integer("epochs", 0, "", minimum=0).read(epochs))
    return _side_by_side([_Contender(line, value) for value in sets], count)


def _check_held_out(line: RunSpec) -> None:
    entry = datasets.registry.get(line.dataset)
    data: Dataset = entry.factory(**line.options_of("dataset"))
    if data.held_out is None:
        advice = "write held_out=0.25" if entry.option("held_out") else "it has no option held_out"
        raise OptionError(
            f"Features are compared on examples that are not trained on, and {printable(line.dataset)} holds out none: "
            f"{advice}."
        )


def _side_by_side(contenders: list[_Contender], epochs: int | None) -> Iterator[tuple[Compared, ...]]:
    for contender in contenders:
        contender.build()
        yield tuple(other.told for other in contenders)
    steps = max(contender.steps_per_epoch for contender in contenders)
    for _ in range(min(max(_STEPS // steps, _FEWEST), _MOST) if epochs is None else epochs):
        for contender in contenders:
            contender.train()
            yield tuple(other.told for other in contenders)


class _Contender:
    """One of the runs; one that breaks keeps its last scores and says why."""

    def __init__(self, line: RunSpec, features: str) -> None:
        self._line = line
        self._trainer: Trainer | None = None
        self.told = Compared(features)

    def build(self) -> None:
        try:
            line = self._line.changed(**{OPTION: self.told.features})
            self._trainer = Trainer.from_spec(line, checks=False)
        except HltError as error:
            self._refuse(error)
            return
        self.told = replace(self.told, columns=len(self._trainer.dataset.features))

    @property
    def steps_per_epoch(self) -> int:
        """Of a run that could not be built, 1."""
        return self._trainer.steps_per_epoch if self._trainer else 1

    def train(self) -> None:
        if self._trainer is None or self.told.refusal:
            return
        try:
            for event in self._trainer.with_epochs(self._trainer.run(epochs=1)):
                if isinstance(event, EpochEvent):
                    self.told = replace(self.told, epochs=event.epoch, training=event.training, held_out=event.held_out)
        except HltError as error:
            self._refuse(error)

    def _refuse(self, error: HltError) -> None:
        self.told = replace(self.told, refusal=str(error))
