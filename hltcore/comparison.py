"""Comparison: runs that differ in their features alone, trained side by side: how far does each get on new examples?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hltcore.compared import OPTION, Compared, feature_sets
from hltcore.errors import HltError, OptionError, SpecError, printable
from hltcore.events import EpochEvent
from hltcore.spec import RunSpec
from hltcore.trainer import Trainer

__all__ = ["compare"]

_STEPS = 3000
_FEWEST, _MOST = 5, 60
"""Epochs that make about so many steps, within limits, so that ten runs take a few seconds."""


def compare(
    spec: str | RunSpec, *, epochs: int | None = None, features: Sequence[str] | None = None
) -> Iterator[tuple[Compared, ...]]:
    """Train a run for each of several sets of features, all with the same settings and for the same epochs.

    Args:
        spec: The run; its features are compared with the others.
        epochs: How many; when left out, what makes about 3000 steps.
        features: The sets, as in the data set's option ``features``; when left out, those worth comparing.

    Returns:
        All runs again and again, each time one is built or has done an epoch; the last ones are the result. Stop
        asking, and the rest is not trained.

    Raises:
        OptionError: The data set has no features to choose from, or holds no examples out.
        SpecError: The line cannot be read, or leads to a point.
    """
    line = RunSpec.parse(spec) if isinstance(spec, str) else spec
    if line.marks:
        raise SpecError(f"Runs are compared from their start: leave out {line.marks[0]} and what follows.")
    sets = feature_sets(line) if features is None else tuple(features)
    first = Trainer.from_spec(line, checks=False)
    if first.dataset.held_out is None:
        raise OptionError(
            f"Features are compared on examples that are not trained on, and {printable(line.dataset)} holds out none: "
            "write held_out=0.25."
        )
    if epochs is None:
        epochs = min(max(_STEPS // first.steps_per_epoch, _FEWEST), _MOST)
    return _side_by_side([_Contender(line, value) for value in sets], epochs)


def _side_by_side(contenders: list[_Contender], epochs: int) -> Iterator[tuple[Compared, ...]]:
    for contender in contenders:
        contender.build()
        yield tuple(other.told for other in contenders)
    for _ in range(epochs):
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
