"""Shuffling: a pass through the data in which every seed has an order of its own."""

from __future__ import annotations

from collections.abc import Sequence

from hltcore._torch import torch
from hltcore.feed import order_of
from hltcore.sweeps.layer import Entering
from hltcore.sweeps.machine import Machine
from hltcore.sweeps.network import Network
from hltcore.sweeps.program import Program
from hltcore.sweeps.summation import UnknownOrder

__all__ = ["Shuffled"]


class Shuffled:
    """Calling it with an epoch's number does the epoch.

    Args:
        machine: How this machine adds.
        seeds: The seeds.
        network: Their parameters.
        update: The update at the end of a step.

    Raises:
        UnknownOrder: How a step is computed depends on which row it is, or is not known.
    """

    def __init__(self, machine: Machine, seeds: Sequence[int], network: Network, update: Program) -> None:
        feed = machine.engine.feed
        self._seeds = seeds
        self._x = torch.stack([row.x for row in feed.rows])
        self._target = torch.stack([row.target for row in feed.rows])[:, 0]
        self._steps = []
        start = 0
        for offset in range(feed.steps_per_epoch):
            examples = feed.at(0, offset)
            size = len(examples.batch.rows)
            if size == 1 and any(machine.sums(row) != machine.sums(examples) for row in feed.rows):
                raise UnknownOrder
            x = torch.zeros(size, self._x.shape[1], network.values.shape[1])
            target = torch.zeros(size, 1, network.values.shape[1])
            program = network.step(examples, Entering(x), target)
            program.add(update)
            self._steps.append((slice(start, start + size), x, target, program))
            start += size

    def __call__(self, epoch: int) -> None:
        """Do all steps of the epoch."""
        count = len(self._seeds)
        order = torch.tensor([order_of(len(self._x), seed, epoch) for seed in self._seeds]).t()
        for rows, x, target, program in self._steps:
            x[..., :count] = self._x[order[rows]].permute(0, 2, 1)
            target[:, 0, :count] = self._target[order[rows]]
            program()
