"""The end of an epoch as an event: how well the model does on the rows trained on, and on those held out."""

from __future__ import annotations

import math

import pytest

from hltcore import EpochEvent, StepEvent, Trainer, recording
from hltcore.errors import RecordingError, SeekError
from hltcore.events import Edited, PhaseEvent, Score
from hltcore.spec import RunSpec

SPEC = "logistic/word-list size=24 features=letters"


def scored(trainer: Trainer, *, held_out: bool) -> Score:
    data = trainer.dataset.held_out if held_out else trainer.dataset
    assert data is not None
    evaluation = trainer.evaluate(held_out=held_out)
    right = sum(evaluation.right(row, target) for row, target in enumerate(data.targets))
    assert right == evaluation.count_right(data.targets)
    return Score(sum(evaluation.losses) / len(data), right, len(data))


def close(score: Score, other: Score) -> bool:
    return (score.right, score.count) == (other.right, other.count) and score.loss == pytest.approx(
        other.loss, rel=1e-5
    )


@pytest.mark.parametrize("spec", [SPEC, f"{SPEC} batch=5 l2=0.1", "mlp/moons/cross-entropy/adam size=20 batch=all"])
def test_it_tells_what_the_examples_say(spec: str) -> None:
    trainer = Trainer.from_spec(spec)
    events = []
    for event in trainer.with_epochs(trainer.run(epochs=3)):
        events.append(event)
        if isinstance(event, EpochEvent):
            assert (event.step, event.epoch) == (trainer.steps, trainer.position.epoch)
            assert close(event.training, scored(trainer, held_out=False))
            assert close(event.held_out, scored(trainer, held_out=True))
            assert event.training.accuracy == event.training.right / len(trainer.dataset)
    ends = [event for event in events if isinstance(event, EpochEvent)]
    assert tuple(ends) == trainer.epochs
    assert [event.epoch for event in ends] == [1, 2, 3]
    again = Trainer.from_spec(spec)
    assert [event for event in events if isinstance(event, StepEvent)] == list(again.run(epochs=3))
    assert again.epochs == trainer.epochs


def test_they_stay_wherever_the_run_goes() -> None:
    trainer = Trainer.from_spec(f"{SPEC} @12e")
    before = trainer.epochs
    trainer.seek("7e+3")
    assert trainer.epochs == before[:7]
    list(trainer.run(epochs=3))
    assert trainer.epochs == before[:10]
    trainer.seek("5e")
    trainer.switch(lr=2.0)
    list(trainer.run(epochs=2))
    assert trainer.epochs[:5] == before[:5]
    assert trainer.epochs[5:] != before[5:7]
    (left,) = trainer.branches
    assert tuple(left.epoch_event(epoch) for epoch in range(1, 13)) == before
    trainer.checkout(left)
    trainer.seek("12e")
    assert trainer.epochs == before


def test_other_data_have_other_counts_or_none() -> None:
    trainer = Trainer.from_spec(f"{SPEC} @1e+2")
    trainer.switch(held_out=0.5)  # breaks the epoch off
    list(trainer.run(epochs=1))
    trainer.switch(dataset="xor")
    list(trainer.run(epochs=2))
    trainer.switch(dataset="moons", size=10)
    list(trainer.run(epochs=1))
    assert [(e.epoch, e.training.count, e.held_out.count) for e in trainer.epochs] == [
        (1, 18, 6),
        (2, 18, 6),
        (3, 12, 12),
        (6, 7, 3),
    ]
    assert trainer.history.epoch_event(4) is None
    for epoch in (0, 7):
        with pytest.raises(SeekError, match=f"^Epoch {epoch} is not over"):
            trainer.history.epoch_event(epoch)


def test_following_a_spec_tells_them_where_they_end() -> None:
    spec = RunSpec.parse("logistic/moons size=4 held_out=0.5 @1e lr=0.2 @1e+1 dataset=xor @3e @3e+1:forward")
    trainer = Trainer.from_spec(spec.start)
    kinds = [type(event) for event in trainer.follow(spec.marks)]
    assert kinds == [
        *(StepEvent, StepEvent, EpochEvent, Edited, StepEvent, EpochEvent, Edited),
        *([StepEvent] * 4),
        StepEvent,
        PhaseEvent,
    ]
    list(trainer.run_to("4e"))
    assert all(type(event) is StepEvent for event in trainer.run(epochs=1))


def test_what_cannot_be_computed_is_not_right() -> None:
    trainer = Trainer.from_spec("mlp/moons/mse size=20 lr=1e6 batch=all activation=identity")
    list(trainer.run(epochs=40))
    last = trainer.epochs[-1]
    assert math.isnan(last.held_out.loss)
    assert (last.training.right, last.held_out.right) == (0, 0)


def test_they_are_recorded_to_the_bit() -> None:
    trainer = Trainer.from_spec(f"{SPEC} @3e")
    for event in trainer.epochs:
        line = recording.dumps(event)
        assert line.startswith('{"event": "epoch"')
        assert recording.loads(line) == event
    broken = EpochEvent(4, 1, Score(math.nan, 0, 4), Score(math.inf, 1, 2))
    read = recording.loads(recording.dumps(broken))
    assert isinstance(read, EpochEvent)
    assert math.isnan(read.training.loss)
    assert read.held_out == broken.held_out
    wrong = (line.replace('"right": ', '"right": 99'), line.replace("count", "size"), line.replace('"step"', '"stop"'))
    for text in wrong:
        with pytest.raises(RecordingError):
            recording.loads(text)
