"""Shuffling and batches: every epoch takes every example once, in an order that seed and epoch alone decide."""

from __future__ import annotations

from typing import Any

import pytest

from hltcore import Trainer


def orders(trainer: Trainer, epochs: int) -> list[list[int]]:
    found = []
    for _ in range(epochs):
        found.append([row for event in trainer.run(epochs=1) for row in event.batch.rows])
    return found


def shuffled(**settings: Any) -> Trainer:
    return Trainer("logistic-regression", "language-id", shuffle=True, **settings)


@pytest.mark.parametrize("batch", [1, 2, 4, 5, 6, "all"])
def test_each_epoch_is_a_permutation(batch: Any) -> None:
    found = orders(shuffled(batch=batch), 30)
    assert all(sorted(order) == list(range(6)) for order in found)
    assert len(set(map(tuple, found))) > 20


def test_without_it_every_epoch_has_the_order_of_the_rows() -> None:
    assert orders(Trainer(), 5) == [list(range(6))] * 5


def test_the_order_is_the_seeds_and_nothing_elses() -> None:
    expected = orders(shuffled(seed=3), 10)
    assert orders(shuffled(seed=3), 10) == expected
    assert orders(shuffled(seed=3, lr=0.5, loss="l1", batch=4), 10) == expected
    assert orders(shuffled(seed=4), 10) != expected


def test_the_order_stays_the_same_from_version_to_version() -> None:
    """Specs are handed around, so this may never change."""
    assert orders(shuffled(), 3) == FIRST_ORDERS


FIRST_ORDERS = [[2, 3, 1, 0, 5, 4], [2, 3, 4, 0, 5, 1], [4, 1, 5, 0, 2, 3]]


def test_any_epoch_can_be_reached_without_those_before_it() -> None:
    trainer = shuffled(seed=7)
    expected = orders(trainer, 40)
    for epoch in (39, 3, 17, 0, 38):
        trainer.seek(f"{epoch}e")
        assert orders(trainer, 1) == [expected[epoch]]


@pytest.mark.parametrize(("batch", "sizes"), [(1, [1] * 6), (2, [2, 2, 2]), (4, [4, 2]), (5, [5, 1]), ("all", [6])])
def test_batches_have_their_size_and_the_last_takes_the_rest(batch: Any, sizes: list[int]) -> None:
    trainer = Trainer(batch=batch)
    assert trainer.steps_per_epoch == len(sizes)
    assert [len(event.batch.rows) for event in trainer.run(epochs=1)] == sizes


def test_switching_it_on_begins_a_new_epoch() -> None:
    trainer = Trainer(seed=1)
    list(trainer.run(steps=3))
    trainer.switch(shuffle=True)
    assert str(trainer.position) == "1e"
    (order,) = orders(trainer, 1)
    assert order == orders(shuffled(seed=1), 2)[1]
