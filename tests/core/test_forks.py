"""Forks: going back and doing something else starts a new line from there, and keeps the old one."""

from __future__ import annotations

from hltcore import Trainer


def trained(steps: int = 10) -> Trainer:
    trainer = Trainer("two-layer", "xor")
    list(trainer.run(steps=steps))
    return trainer


def test_going_back_alone_forks_nothing() -> None:
    trainer = trained()
    trainer.back(4)
    list(trainer.run(steps=4))
    assert trainer.branches == ()
    assert trainer.history.steps == 10


def test_a_change_in_the_past_forks() -> None:
    trainer = trained()
    losses = list(trainer.history.losses)
    trainer.back(4)
    trainer.switch(loss="l1")
    (left,) = trainer.branches
    assert list(left.losses) == losses
    assert list(trainer.history.losses) == losses[:6]
    new = [event.loss for event in trainer.run(steps=3)]
    assert list(trainer.history.losses) == losses[:6] + new != losses[:9]
    assert list(left.losses) == losses


def test_a_change_at_the_end_does_not() -> None:
    trainer = trained()
    trainer.switch(loss="l1")
    trainer.step()
    trainer.back()
    trainer.switch(loss="mse")
    assert [branch.steps for branch in trainer.branches] == [11]
    assert [str(entry.edit) for entry in trainer.history.entries] == ["loss=l1", "loss=mse"]


def test_a_fork_before_an_edit_leaves_it_behind() -> None:
    trainer = trained()
    trainer.set_parameter("linear1.bias", 0, 1.5)
    list(trainer.run(steps=5))
    trainer.seek(8)
    trainer.switch(lr=0.3)
    assert [str(entry.edit) for entry in trainer.history.entries] == ["lr=0.3"]
    assert str(trainer.spec) == "two-layer/xor/mse/sgd @2e lr=0.3"
    (left,) = trainer.branches
    assert [str(entry.edit) for entry in left.entries] == ["linear1.bias[0]=1.5"]


def test_forks_of_forks_are_kept_oldest_first() -> None:
    trainer = trained(80)
    for steps, lr in ((70, 0.2), (66, 0.3), (64, 0.4), (1, 0.5)):
        trainer.seek(steps)
        trainer.switch(lr=lr)
        list(trainer.run(steps=4))
    assert [branch.steps for branch in trainer.branches] == [80, 74, 70, 68]
    fresh = Trainer.from_spec(str(trainer.spec))
    assert (fresh.parameters, fresh.last_event) == (trainer.parameters, trainer.last_event)
    for branch in trainer.branches:
        assert list(branch.losses[:1]) == list(trainer.history.losses[:1])


def test_reset_starts_again_with_the_present_settings() -> None:
    trainer = trained()
    trainer.switch(loss="l1", seed=4)
    trainer.step()
    trainer.reset()
    assert str(trainer.spec) == "two-layer/xor/l1/sgd seed=4"
    assert trainer.parameters == Trainer("two-layer", "xor", loss="l1", seed=4).parameters
    assert (trainer.steps, trainer.history.steps, trainer.last_event) == (0, 0, None)
    assert [branch.steps for branch in trainer.branches] == [11]
