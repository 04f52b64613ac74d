"""Feed: which examples come in which step, as tensors and as facts."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
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


_KEPT = 5000
"""Rows up to which the examples of every step are made once; of more, each when its turn comes."""


def order_of(rows: int, seed: int, epoch: int) -> list[int]:
    """The order of the rows in a shuffled epoch; it depends on nothing else."""
    order = list(range(rows))
    random.Random(f"{seed}:{epoch}").shuffle(order)
    return order


class _OneByOne(Sequence[Examples]):
    """The examples of each row, made when they are asked for."""

    def __init__(self, feed: Feed, rows: int) -> None:
        self._feed = feed
        self._rows = rows

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, row: int) -> Examples:  # type: ignore[override]
        return self._feed.gather((range(self._rows)[row],))

    def __iter__(self) -> Iterator[Examples]:
        return (self._feed.gather((row,)) for row in range(self._rows))


class Feed:
    """Cuts every epoch into batches.

    Args:
        dataset: The data.
        batch: Examples in a batch, or "all"; the last batch of an epoch may be smaller.
        shuffle: Whether each epoch has an order of its own. It depends on the seed and the epoch's number alone, so
            that any step can be reached without those before it.
        seed: Seed of the order.

    Attributes:
        size: Examples in a batch.
        steps_per_epoch: Batches in an epoch.
        rows: The examples of each row.

    Raises:
        OptionError: There are fewer rows than a batch needs.
    """

    def __init__(self, dataset: Dataset, batch: str, shuffle: bool, seed: int) -> None:
        rows = len(dataset)
        self.size = rows if batch == "all" else int(batch)
        if self.size > rows:
            raise OptionError(f"batch={batch} is not allowed: {printable(dataset.name)} has {rows} examples.")
        self._dataset = dataset
        self._shuffle = shuffle
        self._seed = seed
        self._xs = _tensor(chain.from_iterable(dataset.xs), len(dataset.features))
        self._targets = _tensor(dataset.targets, 1)
        self.steps_per_epoch = -(-rows // self.size)
        one_by_one = _OneByOne(self, rows)
        self.rows: Sequence[Examples] = one_by_one if rows > _KEPT else tuple(one_by_one)
        self._sampled: Examples | None = None
        self._epoch = 0
        self._order = self._ordered(0)
        self._batches = self._cut()

    def at(self, epoch: int, offset: int) -> Examples:
        """The examples of one step of one epoch."""
        if epoch != self._epoch:
            if self._shuffle:
                self._order = self._ordered(epoch)
                self._batches = self._cut()
            self._epoch = epoch
        if self._batches:
            return self._batches[offset]
        return self.whole if self._whole_at_once else self.gather(self._rows_of(range(self.steps_per_epoch)[offset]))

    @cached_property
    def whole(self) -> Examples:
        """All examples."""
        data = self._dataset
        if len(data) == 1:
            return self.gather((0,))
        batch = Batch(tuple(range(len(data))), data.labels, data.xs, data.targets)
        return Examples(self._xs, self._targets, batch)

    def sample(self, rows: tuple[int, ...]) -> Examples:
        """The examples of these rows; the same object for the same ones as the last time."""
        if self._sampled is None or self._sampled.batch.rows != rows:
            self._sampled = self.gather(rows)
        return self._sampled

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

    @property
    def _whole_at_once(self) -> bool:
        return self.size == len(self._dataset) and not self._shuffle

    def _ordered(self, epoch: int) -> Sequence[int]:
        rows = len(self._dataset)
        return order_of(rows, self._seed, epoch) if self._shuffle else range(rows)

    def _rows_of(self, offset: int) -> tuple[int, ...]:
        return tuple(self._order[offset * self.size : (offset + 1) * self.size])

    def _cut(self) -> tuple[Examples, ...]:
        """The examples of every step of an epoch; none where there are too many to keep."""
        if len(self._dataset) > _KEPT:
            return ()
        if self.size == 1:
            return tuple(self.rows[row] for row in self._order)
        return tuple(self.gather(self._rows_of(offset)) for offset in range(self.steps_per_epoch))


def _tensor(numbers: Iterable[float], width: int) -> torch.Tensor:
    """Numbers as float32, so many a row."""
    return torch.frombuffer(array("f", numbers), dtype=torch.float32).reshape(-1, width)
