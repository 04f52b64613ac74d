"""Phases: five make a step; a step can be paused after each of them, finished, undone and left."""

from __future__ import annotations

import pytest

from hltcore import Phase, Trainer
from tests.core.plain import all_bits

ORDER = ["forward", "loss", "zero-grad", "backward", "update"]


def trained(steps: int = 5, **settings: str) -> Trainer:
    trainer = Trainer("two-layer", "xor", **settings)
    list(trainer.run(steps=steps))
    return trainer


def test_five_phases_are_one_step() -> None:
    by_phases, by_step = trained(), trained()
    events = [by_phases.phase() for _ in range(5)]
    assert [str(event.phase) for event in events] == ORDER
    assert [event.phase.number for event in events] == [1, 2, 3, 4, 5]
    assert by_phases.last_event == by_step.step()
    assert (by_phases.spec, by_phases.position) == (by_step.spec, by_step.position)


def test_what_is_known_after_each_phase() -> None:
    trainer = trained()
    before = trainer.last_event
    assert before is not None
    step = trained().step()
    forward, loss, zeroed, backward, update = (trainer.phase() for _ in range(5))
    for event in (forward, loss, zeroed, backward, update):
        assert (event.step, event.example, event.x, event.target) == (step.step, step.example, step.x, step.target)
        assert (event.prediction, event.activations) == (step.prediction, step.activations)
        assert event.parameters == step.parameters
    assert forward.loss is None
    assert loss.loss == zeroed.loss == backward.loss == update.loss == step.loss
    assert forward.gradients == loss.gradients == before.gradients == zeroed.discarded
    assert forward.discarded is loss.discarded is None
    assert backward.discarded == update.discarded == zeroed.discarded
    assert set(b"".join(all_bits(zeroed.gradients))) <= {0x00, 0x80}
    assert backward.gradients == update.gradients == step.gradients
    assert forward.updated is loss.updated is zeroed.updated is backward.updated is None
    assert update.updated == step.updated


@pytest.mark.parametrize("phases", [1, 2, 3, 4])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
class TestPaused:
    def paused(self, phases: int, optimizer: str) -> Trainer:
        trainer = trained(optimizer=optimizer)
        for _ in range(phases):
            trainer.phase()
        assert str(trainer.position) == f"1e+1:{ORDER[phases - 1]}"
        return trainer

    def test_step_finishes_it(self, phases: int, optimizer: str) -> None:
        trainer = self.paused(phases, optimizer)
        assert trainer.step() == trained(optimizer=optimizer).step()
        assert str(trainer.position) == "1e+2"

    def test_run_counts_it_as_one(self, phases: int, optimizer: str) -> None:
        events = list(self.paused(phases, optimizer).run(steps=2))
        assert events == list(trained(optimizer=optimizer).run(steps=2))

    def test_back_goes_to_its_beginning(self, phases: int, optimizer: str) -> None:
        trainer, same = self.paused(phases, optimizer), trained(optimizer=optimizer)
        trainer.back()
        assert (trainer.spec, trainer.parameters, trainer.last_event) == (same.spec, same.parameters, same.last_event)
        assert trainer.phase() == same.phase()

    def test_back_two_goes_one_step_further(self, phases: int, optimizer: str) -> None:
        trainer = self.paused(phases, optimizer)
        trainer.back(2)
        assert trainer.steps == 4

    def test_an_edit_undoes_it(self, phases: int, optimizer: str) -> None:
        trainer, same = self.paused(phases, optimizer), trained(optimizer=optimizer)
        for each in (trainer, same):
            each.switch(loss="l1")
        assert (trainer.spec, trainer.parameters) == (same.spec, same.parameters)
        assert [trainer.phase() for _ in range(7)] == [same.phase() for _ in range(7)]

    def test_looking_changes_nothing(self, phases: int, optimizer: str) -> None:
        trainer = self.paused(phases, optimizer)
        trainer.evaluate()
        trainer.predict([1, 0])
        assert trainer.step() == trained(optimizer=optimizer).step()

    def test_its_spec_leads_there(self, phases: int, optimizer: str) -> None:
        trainer = self.paused(phases, optimizer)
        other = Trainer.from_spec(str(trainer.spec))
        assert (other.spec, other.position) == (trainer.spec, trainer.position)
        assert other.phase() == trainer.phase()

    def test_reset_forgets_it(self, phases: int, optimizer: str) -> None:
        trainer = self.paused(phases, optimizer)
        trainer.reset()
        assert str(trainer.position) == "0e"
        assert trainer.phase().phase is Phase.FORWARD
