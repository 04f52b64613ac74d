"""Outcome: what became of each seed of a sweep."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from hltcore.diagnostics.constant_output import WITHIN as CONSTANT
from hltcore.packing import unpack

__all__ = ["Outcome", "Shard", "curve_points", "findings_of"]

_POINTS = 64


@dataclass(frozen=True)
class Outcome:
    """What became of one seed.

    Attributes:
        seed: The seed.
        loss: The mean loss over all examples at the end, without any penalty; NaN where it is not defined.
        right: How many examples are predicted right at the end.
        solved: Whether all of them are.
        epoch: The number of completed epochs after which all were right for the first time, which need not last;
            None if that never was.
        dead: The units that no example opens at the end, as "linear1[0]".
        findings: What a check would find at the end, by the checks' names: "dead-unit", "constant-output",
            "not-finite".
        stopped: The number of completed steps after which the run could not go on; None if it could.
        parameters: The parameters at the end, packed float32, in the order of the model's.
    """

    seed: int
    loss: float
    right: int
    solved: bool
    epoch: int | None
    dead: tuple[str, ...]
    findings: tuple[str, ...]
    stopped: int | None
    parameters: bytes

    @property
    def numbers(self) -> tuple[float, ...]:
        """The parameters as floats."""
        return unpack(self.parameters)


@dataclass(frozen=True)
class Shard:
    """Some seeds of a sweep that were trained together.

    Attributes:
        outcomes: What became of each, in the order of the seeds.
        losses: For each epoch of ``curve_points``, one after the other, every seed's mean loss, packed float32.
        note: Why they were trained one by one; empty if they were trained at once.
        singly: How many of them were trained one by one.
    """

    outcomes: tuple[Outcome, ...]
    losses: bytes
    note: str = ""
    singly: int = 0

    def losses_at(self, point: int) -> array[float]:
        """Every seed's mean loss at one of the ``curve_points``, by its place among them."""
        size = 4 * len(self.outcomes)
        return array("f", self.losses[point * size : (point + 1) * size])


def findings_of(dead: bool, spread: float, solved: bool, finite: bool, targets: tuple[float, ...]) -> tuple[str, ...]:
    """The names of the checks that find something at the end of a run.

    Args:
        dead: Whether a unit is dead.
        spread: The highest prediction less the lowest.
        solved: Whether all examples are right.
        finite: Whether all parameters are finite.
        targets: The data's targets.
    """
    constant = spread < CONSTANT and not solved and len(set(targets)) > 1
    told = (("dead-unit", dead), ("constant-output", constant), ("not-finite", not finite))
    return tuple(name for name, found in told if found)


def curve_points(epochs: int) -> tuple[int, ...]:
    """The numbers of completed epochs at which losses are kept: all, or some of them evenly spread."""
    count = min(epochs, _POINTS)
    return tuple(round(epochs * i / count) for i in range(count + 1)) if count else (0,)
