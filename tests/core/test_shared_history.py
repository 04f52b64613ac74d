"""Left lines share what came before the fork, and still tell all of it."""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest

from hltcore import Trainer
from hltcore.errors import HltError, SeekError


def told(branch: Any) -> tuple[Any, ...]:
    return list(branch.losses), list(branch.epoch_starts), list(branch.entries), branch.steps


def test_every_left_line_stays_what_it_was() -> None:
    trainer = Trainer("two-layer", "xor")
    list(trainer.run(steps=90))
    draw, before = random.Random(0), []
    for turn in range(40):
        if turn == 20:
            trainer.reset()
            before.append(told(trainer.branches[-1]))
            list(trainer.run(steps=50))
        trainer.seek(draw.randrange(trainer.history.steps))
        before.append(told(trainer.history))
        trainer.switch(lr=0.01 * (turn + 1), batch=draw.choice((1, 2)))
        list(trainer.run(steps=draw.randrange(1, 40)))
    assert list(map(told, trainer.branches)) == before
    assert Trainer.from_spec(str(trainer.spec)).parameters == trainer.parameters


def test_a_fork_near_the_end_costs_next_to_nothing() -> None:
    trainer = Trainer("two-layer", "xor")
    list(trainer.run(steps=1000))
    for turn in range(20):
        trainer.back()
        trainer.switch(lr=0.1 + 0.01 * (turn + 1))
        list(trainer.run(steps=1))
    own = [branch._own for branch in trainer.branches]
    kept = sum(sys.getsizeof(records.losses) + sys.getsizeof(records.epoch_starts) for records in own)
    assert kept < 20 * 400


def test_the_end_of_an_epoch_is_the_beginning_of_the_next_for_specs_and_seeks_alike() -> None:
    trainer = Trainer("two-layer", "xor")
    list(trainer.run(steps=6))
    with pytest.raises(SeekError, match=r"^0e\+4 does not exist: it is where epoch 1 begins\.$"):
        trainer.seek("0e+4")
    with pytest.raises(HltError):
        Trainer.from_spec("two-layer/xor @0e+4")
    trainer.switch(dataset="and")
    trainer.step()
    trainer.seek("1e+2")
    assert (trainer.steps, str(trainer.position)) == (6, "2e")
