"""Edits as data: what is none is refused, and what changes nothing leaves no trace."""

from __future__ import annotations

from typing import Any

import pytest

from hltcore import Trainer
from hltcore.edits import SetParameter
from hltcore.errors import OptionError, ShapeError


def past() -> Trainer:
    trainer = Trainer("two-layer", "xor")
    list(trainer.run(steps=10))
    trainer.back(4)
    return trainer


@pytest.mark.parametrize("edit", ["loss=l1", None, 3, object])
def test_what_is_no_edit_is_refused(edit: Any) -> None:
    trainer = past()
    with pytest.raises(OptionError, match="is not an edit"):
        trainer.apply(edit)
    assert (trainer.branches, trainer.history.steps) == ((), 10)


@pytest.mark.parametrize("index", [(0.0, 1.0), ("0", "1"), None, "01"])
def test_a_place_of_other_than_whole_numbers_is_refused_before_the_fork(index: Any) -> None:
    trainer = past()
    with pytest.raises(ShapeError, match="is not the place of a number"):
        trainer.apply(SetParameter("linear1.weight", index, 0.5))
    assert (trainer.branches, trainer.history.steps) == ((), 10)


def test_setting_a_number_to_what_it_is_changes_nothing() -> None:
    trainer = past()
    event, value = trainer.last_event, trainer.parameters["linear1.weight"][0][1]
    trainer.set_parameter("linear1.weight", (0, 1), value)
    assert (trainer.branches, trainer.history.steps, trainer.history.entries) == ((), 10, [])
    assert trainer.last_event is event


def test_minus_zero_is_another_number() -> None:
    trainer = past()
    trainer.set_parameter("linear1.bias", 0, 0.0)
    trainer.set_parameter("linear1.bias", 0, -0.0)
    assert len(trainer.history.entries) == 2


def test_an_optimizer_given_back_to_its_model_is_told_as_that() -> None:
    trainer = Trainer.from_spec("eight-layer/xor updates=two-layer @4 updates=eight-layer")
    assert [entry.edit.title for entry in trainer.history.entries_at(4)] == ["updates=this model"]
