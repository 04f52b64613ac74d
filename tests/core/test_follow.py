"""Following a spec's marks tells all that happens on the way."""

from __future__ import annotations

from hltcore import RunSpec, Trainer
from hltcore.events import Edited, PhaseEvent, StepEvent


def test_steps_edits_and_phases_come_as_events() -> None:
    spec = RunSpec.parse("two-layer/xor @2 loss=l1 @3 loss=l1 @1e:loss")
    trainer = Trainer.from_spec(spec.start)
    events = list(trainer.follow(spec.marks))
    kinds = [StepEvent, StepEvent, Edited, StepEvent, StepEvent, PhaseEvent, PhaseEvent]
    assert list(map(type, events)) == kinds
    assert events[2] == Edited(2, "loss=l1", "two-layer/xor/mse/sgd @0e+2 loss=l1")
    assert events[-1] == trainer.last_phase
    assert str(trainer.spec) == "two-layer/xor/mse/sgd @0e+2 loss=l1 @1e:loss"
