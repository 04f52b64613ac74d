"""Result: what a sweep has found, setting by setting, as far as it has come."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import overload

from hltcore.edits import Mark, Position
from hltcore.options import Value
from hltcore.spec import RunSpec
from hltcore.sweeps.outcome import Outcome, Shard, curve_points
from hltcore.sweeps.plan import Piece, Plan
from hltcore.sweeps.statistics import QUANTILES, quantiles, wilson

__all__ = ["Sweep", "Variant"]


@dataclass(frozen=True)
class Variant:
    """All seeds under the same settings.

    Attributes:
        spec: The settings; its seed stands for none.
        changed: What the grid set.
        epochs: How many epochs each seed was trained for.
        shards: The seeds in shards, in their order.
    """

    spec: RunSpec
    changed: tuple[tuple[str, Value], ...]
    epochs: int
    shards: tuple[Shard, ...]

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of each seed that has been trained."""
        return tuple(outcome for shard in self.shards for outcome in shard.outcomes)

    @property
    def solved(self) -> int:
        """How many seeds have all examples right at the end."""
        return sum(outcome.solved for outcome in self.outcomes)

    @property
    def ever(self) -> int:
        """How many seeds had all examples right at the end of some epoch, or at the start."""
        return sum(outcome.epoch is not None for outcome in self.outcomes)

    @property
    def share(self) -> float:
        """The share of the seeds that have all examples right at the end, from 0 to 1; NaN for no seeds."""
        return self.solved / len(self.outcomes) if self.outcomes else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of that share."""
        return wilson(self.solved, len(self.outcomes))

    @cached_property
    def best(self) -> Outcome | None:
        """The seed with the most examples right at the end, and of those the one with the lowest loss."""
        return min(self.outcomes, key=_rank, default=None)

    @cached_property
    def worst(self) -> Outcome | None:
        """The seed with the fewest examples right at the end, and of those the one with the highest loss."""
        return max(self.outcomes, key=_rank, default=None)

    def spec_of(self, outcome: Outcome) -> RunSpec:
        """The very run of a seed, to the point where it ended."""
        run = replace(self.spec, seed=outcome.seed)
        if outcome.stopped is not None or not self.epochs:
            return run
        return replace(run, marks=(Mark(Position(0, self.epochs)),))

    def losses(self, shares: Sequence[float] = QUANTILES) -> tuple[float, ...]:
        """Quantiles of the seeds' mean losses at the end; empty for no seeds."""
        return quantiles([outcome.loss for outcome in self.outcomes], shares) if self.outcomes else ()

    @property
    def points(self) -> tuple[int, ...]:
        """The numbers of completed epochs at which ``fan`` tells the losses."""
        return curve_points(self.epochs)

    def fan(self, shares: Sequence[float] = QUANTILES) -> tuple[tuple[float, ...], ...]:
        """For each of the ``points``, quantiles of the seeds' mean losses then; empty for no seeds."""
        if not self.outcomes:
            return ()
        found = []
        for point in range(len(self.points)):
            losses: array[float] = array("f")
            for shard in self.shards:
                losses.extend(shard.losses_at(point))
            found.append(quantiles(losses, shares))
        return tuple(found)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not trained at once, and why; empty where all seeds were."""
        return tuple(dict.fromkeys(shard.note for shard in self.shards if shard.note))

    @property
    def singly(self) -> int:
        """How many seeds were trained by themselves."""
        return sum(shard.singly for shard in self.shards)


def _rank(outcome: Outcome) -> tuple[int, bool, float]:
    return -outcome.right, math.isnan(outcome.loss), outcome.loss


class Sweep(Sequence[Variant]):
    """What a sweep has found: a ``Variant`` for each of the settings, in the order of the grid.

    Args:
        plan: What was to be trained.
        shards: What has been.

    Attributes:
        plan: What was to be trained.
        variants: What has been.
    """

    def __init__(self, plan: Plan, shards: dict[Piece, Shard]) -> None:
        self.plan = plan
        self.variants = tuple(
            Variant(
                spec, changed, plan.epochs, tuple(shards[piece] for piece in sorted(shards) if piece.variant == place)
            )
            for place, (spec, changed) in enumerate(zip(plan.variants, plan.changed))
        )

    @property
    def runs(self) -> int:
        """How many runs have been trained."""
        return sum(len(variant.outcomes) for variant in self.variants)

    @property
    def complete(self) -> bool:
        """Whether all have."""
        return self.runs == self.plan.runs

    @overload
    def __getitem__(self, place: int) -> Variant: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Variant, ...]: ...

    def __getitem__(self, place: int | slice) -> Variant | tuple[Variant, ...]:
        return self.variants[place]

    def __iter__(self) -> Iterator[Variant]:
        return iter(self.variants)

    def __len__(self) -> int:
        return len(self.variants)
