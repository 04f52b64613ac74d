"""Feed: which examples come in which step, as tensors and as facts."""

from __future__ import annotations

import random
from functools import cached_property
from typing import NamedTuple

from hltcore._torch import torch
from hltcore.datasets import Dataset
from hltcore.errors import OptionError, printable
from hltcore.events import Batch

__all__ = ["Examples", "Feed", "order_of"]


class Examples(NamedTuple):
    """The examples of one step.

    Attributes:
        x: Inputs of shape (features,) for one example, (batch, features) for several.
        target: Targets of shape (1,) or (batch, 1).
        batch: The same as facts.
    """

    x: torch.Tensor
    target: torch.Tensor
    batch: Batch


def order_of(rows: int, seed: int, epoch: int) -> list[int]:
    """The order of the rows in a shuffled epoch; it depends on nothing else."""
    order = list(range(rows))
    random.Random(f"{seed}:{epoch}").shuffle(order)
    return order


class Feed:
    """Cuts every epoch into batches.

    Args:
        dataset: The data.
        batch: Examples in a batch, or "all"; the last batch of an epoch may be smaller.
        shuffle: Whether each epoch has an order of its own. It depends on the seed and the epoch's number alone, so
            that any step can be reached without those before it.
        seed: Seed of the order.

    Raises:
        OptionError: There are fewer rows than a batch needs.
    """

    def __init__(self, dataset: Dataset, batch: str, shuffle: bool, seed: int) -> None:
        rows = len(dataset)
        self._size = rows if batch == "all" else int(batch)
        if self._size > rows:
            raise OptionError(f"batch={batch} is not allowed: {printable(dataset.name)} has {rows} examples.")
        self._dataset = dataset
        self._shuffle = shuffle
        self._seed = seed
        self._xs = torch.tensor(dataset.xs, dtype=torch.float32)
        self._targets = torch.tensor(dataset.targets, dtype=torch.float32).reshape(-1, 1)
        self.steps_per_epoch = -(-rows // self._size)
        self.rows = tuple(self.gather((row,)) for row in range(rows))
        self._epoch = 0
        self._batches = self._cut(0)

    def at(self, epoch: int, offset: int) -> Examples:
        """The examples of one step of one epoch."""
        if epoch != self._epoch:
            if self._shuffle:
                self._batches = self._cut(epoch)
            self._epoch = epoch
        return self._batches[offset]

    @cached_property
    def whole(self) -> Examples:
        """All examples."""
        return self.gather(tuple(range(len(self._dataset))))

    def gather(self, rows: tuple[int, ...]) -> Examples:
        """The examples of these rows."""
        data = self._dataset
        batch = Batch(
            rows,
            tuple(data.labels[row] for row in rows),
            tuple(data.xs[row] for row in rows),
            tuple(data.targets[row] for row in rows),
        )
        if len(rows) == 1:
            return Examples(self._xs[rows[0]], self._targets[rows[0]], batch)
        return Examples(self._xs[list(rows)], self._targets[list(rows)], batch)

    def _cut(self, epoch: int) -> tuple[Examples, ...]:
        rows = len(self._dataset)
        order = order_of(rows, self._seed, epoch) if self._shuffle else list(range(rows))
        if self._size == 1:
            return tuple(self.rows[row] for row in order)
        return tuple(
            self.gather(tuple(order[start : start + self._size])) for start in range(0, len(order), self._size)
        )
