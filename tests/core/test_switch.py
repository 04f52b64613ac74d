"""Switches: what goes on, what starts anew, and what is left alone when a switch is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hltcore import Trainer

Change = Callable[[Trainer], Any]


def trained(model: str = "two-layer", dataset: str = "xor", **settings: Any) -> Trainer:
    trainer = Trainer(model, dataset, **settings)
    list(trainer.run(steps=6))
    return trainer


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": "and"},
        {"loss": "l1"},
        {"optimizer": "adam"},
        {"lr": 0.5},
        {"batch": 2},
        {"shuffle": True},
        {"dataset": "language-id", "loss": "cross-entropy", "momentum": 0.9},
        {"updates": "eight-layer"},
    ],
    ids=str,
)
def test_weights_go_on(change: dict[str, Any]) -> None:
    trainer = trained()
    before = trainer.parameters
    trainer.switch(**change)
    assert trainer.parameters == before != Trainer("two-layer", "xor").parameters
    assert trainer.last_event is None
    event = trainer.step()
    assert (event.step, event.parameters) == (6, before)


@pytest.mark.parametrize(
    "change",
    [{"model": "eight-layer"}, {"hidden": 3}, {"seed": 5}, {"seed": 0}, {"init": "ones"}],
    ids=str,
)
def test_weights_start_anew_from_the_seed(change: dict[str, Any]) -> None:
    trainer = trained()
    trainer.switch(**change)
    assert trainer.parameters == Trainer(**{"model": "two-layer", "dataset": "xor", **change}).parameters
    assert (trainer.steps, str(trainer.position)) == (6, "2e")


def test_every_change_is_an_entry_in_the_history() -> None:
    trainer = trained()
    trainer.switch(dataset="and")
    trainer.switch(loss="l1", lr=0.2)
    trainer.step()
    trainer.reseed(7)
    trainer.set_parameter("linear1.bias", 1, 0.25)
    trainer.load_parameters([[1, 2, 3, 4], [5, 6], [7, 8], [9]])
    entries = [(entry.step, str(entry.edit)) for entry in trainer.history.entries]
    assert entries == [
        (6, "dataset=and"),
        (6, "loss=l1 lr=0.2"),
        (7, "seed=7"),
        (7, "linear1.bias[1]=0.25"),
        (7, "linear1.weight[]=1,2,3,4 linear1.bias[]=5,6 linear2.weight[]=7,8 linear2.bias[]=9"),
    ]
    assert trainer.parameters["linear1.weight"] == ((1.0, 2.0), (3.0, 4.0))


@pytest.mark.parametrize("change", [{}, {"lr": 0.1}, {"model": "2-layer", "loss": "MSE"}, {"hidden": 2}], ids=str)
def test_a_switch_to_what_is_in_force_is_none(change: dict[str, Any]) -> None:
    trainer = trained()
    event = trainer.last_event
    trainer.switch(**change)
    assert (trainer.history.entries, trainer.last_event) == ([], event)


def test_an_optimizers_memory_goes_on_across_data_and_starts_anew_with_its_options() -> None:
    def next_update(**change: Any) -> Any:
        trainer = trained(optimizer="adam")
        trainer.switch(**change)
        trainer.load_parameters([[1, 1, 1, 1], [1, 1], [1, 1], [0]])
        return trainer.step().updated

    assert next_update(loss="l1") != next_update(loss="l1", beta1=0.8)
    fresh = Trainer("two-layer", "xor", optimizer="adam", loss="l1", beta1=0.8)
    list(fresh.run(steps=2))
    fresh.reset()
    assert fresh.steps == 0
    assert fresh.last_event is None
    assert fresh.parameters == Trainer("two-layer", "xor").parameters


def test_another_data_set_begins_a_new_epoch() -> None:
    trainer = trained()
    trainer.switch(dataset="language-id")
    assert (str(trainer.position), trainer.steps_per_epoch) == ("2e", 6)
    assert (trainer.step().example, trainer.step().example) == (0, 1)


def test_a_loss_goes_on_within_the_epoch() -> None:
    trainer = trained()
    trainer.switch(loss="l1")
    assert str(trainer.position) == "1e+2"
    assert trainer.step().example == 2


def test_the_stale_optimizer_can_be_switched_off_again() -> None:
    trainer = trained(updates="logistic-regression")
    trainer.switch(updates="")
    trainer.step()
    again = Trainer.from_spec(str(trainer.spec))
    assert (again.spec, again.parameters) == (trainer.spec, trainer.parameters)


def test_options_of_a_replaced_part_go_with_it() -> None:
    trainer = trained(optimizer="sgd", momentum=0.9)
    trainer.switch(optimizer="adam")
    assert trainer.settings.options == ()
    trainer.switch(optimizer="sgd")
    assert trainer.settings.options == ()
