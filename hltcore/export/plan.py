"""Plan: a spec taken apart into stages, each with what is changed at its start and the loops that follow; no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hltcore.dataset import Dataset
from hltcore.edits import Edit, Mark, Position, Switch
from hltcore.errors import OptionError, SpecError, printable
from hltcore.phase import Phase
from hltcore.registry import Entry
from hltcore.settings import REGISTRIES
from hltcore.spec import RunSpec

__all__ = ["Loop", "Stage", "completed", "plan"]


@dataclass(frozen=True)
class Loop:
    """Steps that one loop of a script does.

    Attributes:
        first: The epoch it begins in.
        last: The epoch behind the last one.
        start: The first step of the epoch; not 0 only in a loop that does a part of one epoch.
        stop: The step behind the last one; None where it goes to the end of the epoch.
        phase: The last phase done of a single step that is not completed.
    """

    first: int
    last: int
    start: int = 0
    stop: int | None = None
    phase: Phase | None = None

    @property
    def whole(self) -> bool:
        """Whether it does nothing but whole epochs."""
        return self.start == 0 and self.stop is None and self.phase is None


@dataclass(frozen=True)
class Stage:
    """A part of a run between two edits.

    Attributes:
        position: Where it begins.
        edit: What was changed there; None at the start of the run.
        spec: The settings in force.
        dataset: The data.
        fresh: Whether the parameters start anew from the seed.
        loops: The steps that follow.
    """

    position: Position
    edit: Edit | None
    spec: RunSpec
    dataset: Dataset
    fresh: bool
    loops: tuple[Loop, ...]


def plan(spec: RunSpec) -> tuple[Stage, ...]:
    """The stages of a run.

    Args:
        spec: The run, with its points.

    Raises:
        SpecError: A point lies before the one in front of it, or does not exist.
        OptionError: There are fewer examples than a batch needs.
    """
    return tuple(_walked(spec).stages())


def completed(spec: RunSpec, *, steps: int | None = None, epochs: int | None = None) -> RunSpec:
    """The same run with its end as a point.

    Args:
        spec: The run, with its points.
        steps: How many steps it goes on from its last point.
        epochs: How many epochs it goes on; the present one counts, if it has begun.

    Raises:
        SpecError: A point lies before the one in front of it, or does not exist.
        OptionError: There are fewer examples than a batch needs.
    """
    if steps is None and epochs is None:
        return spec
    walk = _walked(spec)
    if steps:
        walk.advance(steps)
    if epochs:
        walk.go(Position(0, walk.epoch + epochs))
    return replace(spec, marks=(*(mark for mark in spec.marks if mark.edit is not None), Mark(walk.position)))


def _walked(spec: RunSpec) -> _Walk:
    walk = _Walk(spec.start)
    for mark in spec.marks:
        walk.go(mark.position)
        if mark.edit is not None:
            walk.change(mark.edit)
    return walk


class _Walk:
    """Goes along a run without doing it."""

    def __init__(self, spec: RunSpec) -> None:
        self._done: list[Stage] = []
        self._edit: Edit | None = None
        self._spec = spec
        self._dataset = dataset_of(spec)
        self._fresh = True
        self._loops: list[Loop] = []
        self._begun = Position(0, 0)
        self.steps = self.epoch = self.offset = 0

    @property
    def position(self) -> Position:
        return Position(self.offset, self.epoch)

    @property
    def _steps_per_epoch(self) -> int:
        rows, batch = len(self._dataset), self._spec.batch
        size = rows if batch == "all" else int(batch)
        if size > rows:
            raise OptionError(f"batch={batch} is not allowed: {printable(self._dataset.name)} has {rows} examples.")
        return -(-rows // size)

    def go(self, goal: Position) -> None:
        size = self._steps_per_epoch
        if goal.epoch is None:
            ahead = goal.step - self.steps
        else:
            if goal.step >= size:
                raise SpecError(f"The point @{goal} does not exist: an epoch has {size} steps.")
            ahead = (goal.epoch - self.epoch) * size + goal.step - self.offset
        if ahead < 0:
            raise SpecError(f"The point @{goal} lies before @{self.position}.")
        self.advance(ahead)
        if goal.phase is not None:
            self._loops.append(Loop(self.epoch, self.epoch + 1, self.offset, self.offset + 1, goal.phase))

    def advance(self, steps: int) -> None:
        size = self._steps_per_epoch
        self.steps += steps
        if self.offset and steps:
            stop = min(self.offset + steps, size)
            self._loops.append(Loop(self.epoch, self.epoch + 1, self.offset, stop if stop < size else None))
            steps -= stop - self.offset
            self.epoch, self.offset = (self.epoch + 1, 0) if stop == size else (self.epoch, stop)
        whole, rest = divmod(steps, size)
        if whole:
            self._loops.append(Loop(self.epoch, self.epoch + whole))
        self.epoch += whole
        if rest:
            self._loops.append(Loop(self.epoch, self.epoch + 1, 0, rest))
            self.offset = rest

    def change(self, edit: Edit) -> None:
        self._close()
        self._edit, self._begun, self._fresh = edit, self.position, False
        if not isinstance(edit, Switch):
            return
        before, data = self._spec, self._dataset
        self._spec, _ = before.switched(dict(edit.changes))
        if self._spec.data != before.data:
            self._dataset = dataset_of(self._spec)
        kept = _start(before) == _start(self._spec) and len(data.features) == len(self._dataset.features)
        self._fresh = not kept or "seed" in dict(edit.changes)
        if (self._fresh or _order(before) != _order(self._spec)) and self.offset:
            self.epoch, self.offset = self.epoch + 1, 0

    def _close(self) -> None:
        self._done.append(
            Stage(self._begun, self._edit, self._spec, self._dataset, self._fresh, tuple(_joined(self._loops)))
        )
        self._loops = []

    def stages(self) -> Iterator[Stage]:
        self._close()
        yield from self._done


def dataset_of(spec: RunSpec) -> Dataset:
    """The data of a run."""
    entry: Entry = REGISTRIES["dataset"].get(spec.dataset)
    data: Dataset = entry.factory(**spec.options_of("dataset"))
    return data


def _start(spec: RunSpec) -> tuple[object, ...]:
    """What parameters start from."""
    return spec.model, spec.options_of("model"), spec.init, spec.seed


def _order(spec: RunSpec) -> tuple[object, ...]:
    """What the order of the examples depends on."""
    return spec.data, spec.batch, spec.shuffle


def _joined(loops: list[Loop]) -> Iterator[Loop]:
    """Loops that only go on with one another, as one: a point without an edit needs no loop of its own."""
    held: Loop | None = None
    for loop in loops:
        if held is not None and held.whole and loop.whole:
            held = Loop(held.first, loop.last)
        elif held is not None and held.stop == loop.start and held.first == loop.first and loop.phase is None:
            held = Loop(held.first, held.last, held.start, loop.stop)
        else:
            if held is not None:
                yield held
            held = loop
    if held is not None:
        yield held
