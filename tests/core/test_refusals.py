"""Bad input: one clear sentence in a typed error, and the trainer as it was before."""

# ruff: noqa: E501 (one case a line)
from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hltcore import Dataset, Trainer, datasets, errors
from hltcore.edits import Mark, Position
from hltcore.phase import Phase

Change = Callable[[Trainer], Any]
HUGE = 10**5000

REFUSALS: list[tuple[Change, type[errors.HltError], str]] = [
    (lambda t: t.switch(model="two-layre"), errors.UnknownNameError, 'Unknown model "two-layre": did you mean "two-layer"?'),
    (lambda t: t.switch(dataset="xr"), errors.UnknownNameError, 'Unknown data set "xr": did you mean "xor"?'),
    (lambda t: t.switch(loss="msee"), errors.UnknownNameError, 'Unknown loss "msee": did you mean "mse"?'),
    (lambda t: t.switch(optimizer="adm"), errors.UnknownNameError, 'Unknown optimizer "adm": did you mean "adam"?'),
    (lambda t: t.switch(init="zero"), errors.UnknownNameError, 'Unknown initialisation "zero": did you mean "zeros"?'),
    (lambda t: t.switch(updates="two"), errors.UnknownNameError, 'Unknown model "two": did you mean "two-layer"?'),
    (lambda t: t.switch(zzzzz=1), errors.OptionError, 'Unknown setting "zzzzz": choose from '),
    (lambda t: t.switch(momentun=1), errors.OptionError, 'Unknown setting "momentun": did you mean "momentum"?'),
    (lambda t: t.switch(lr=-1), errors.OptionError, "lr=-1 is not allowed: it must be a finite number at least 0."),
    (lambda t: t.switch(lr=math.nan), errors.OptionError, "lr=nan is not allowed: it must be a finite number at least 0."),
    (lambda t: t.switch(lr=math.inf), errors.OptionError, "lr=inf is not allowed: it must be a finite number at least 0."),
    (lambda t: t.switch(lr=1e39), errors.OptionError, "lr=1e+39 is not allowed: it must be a finite number at least 0."),
    (lambda t: t.switch(lr="fast"), errors.OptionError, "lr=fast is not allowed: it must be a number."),
    (lambda t: t.switch(lr=True), errors.OptionError, "lr=True is not allowed: it must be a number."),
    (lambda t: t.switch(seed=-1), errors.OptionError, "seed=-1 is not allowed: it must be at least 0."),
    (lambda t: t.reseed(-1), errors.OptionError, "seed=-1 is not allowed: it must be at least 0."),
    (lambda t: t.reseed(1.5), errors.OptionError, "seed=1.5 is not allowed: it must be a whole number."),  # type: ignore[arg-type]
    (lambda t: t.reseed(HUGE), errors.OptionError, "seed=a number of very many digits is not allowed: it must be at least 0."),
    (lambda t: t.switch(batch=7), errors.OptionError, "batch=7 is not allowed: xor has 4 examples."),
    (lambda t: t.switch(batch=0), errors.OptionError, "batch=0 is not allowed: it must be at least 1."),
    (lambda t: t.switch(shuffle="maybe"), errors.OptionError, "shuffle=maybe is not allowed: it must be true or false."),
    (lambda t: t.switch(hidden=0), errors.OptionError, "hidden=0 is not allowed: it must be at least 1 and at most 256."),
    (lambda t: t.switch(nesterov=True), errors.OptionError, "nesterov=true needs a momentum above 0, "),
    (lambda t: t.switch(optimizer="adam", beta1=1), errors.OptionError, "beta1=1 is not allowed: it must be a finite number at least 0 and below 1."),
    (lambda t: t.switch(dataset="grades", loss="cross-entropy"), errors.TargetError, "The loss cross-entropy needs targets in [0, 1], and the data set has 2."),
    (lambda t: t.load_parameters([[1, 2, 3, 4]]), errors.ShapeError, "The model has 4 parameters (linear1.weight, linear1.bias, linear2.weight, linear2.bias), not 1."),
    (lambda t: t.load_parameters([[1, 2, 3], [1, 2], [1, 2], [1]]), errors.ShapeError, "linear1.weight has shape 2×2: it takes 4 numbers, not 3."),
    (lambda t: t.load_parameters([[1, 2, 3, 4], [1, 2], [1, 2], [math.nan]]), errors.ShapeError, 'linear2.bias cannot be set to "nan": it must be finite in float32.'),
    (lambda t: t.load_parameters([1, 2, 3, 4]), errors.ShapeError, '"[1, 2, 3, 4]" is not one list of numbers for each of linear1.weight, '),  # type: ignore[list-item]
    (lambda t: t.load_parameters([[[1, 2], [3, 4]], [1, 2], [1, 2], [1]]), errors.ShapeError, "linear1.weight has shape 2×2: it takes 4 numbers, not 2."),  # type: ignore[list-item]
    (lambda t: t.set_parameter("linear1.bias", 0, math.nan), errors.ShapeError, 'linear1.bias cannot be set to "nan": it must be finite in float32.'),
    (lambda t: t.set_parameter("linear1.bias", 0, -math.inf), errors.ShapeError, 'linear1.bias cannot be set to "-inf": it must be finite in float32.'),
    (lambda t: t.set_parameter("linear1.bias", 0, 1e39), errors.ShapeError, 'linear1.bias cannot be set to "1e+39": it must be finite in float32.'),
    (lambda t: t.set_parameter("linear1.bias", 0, HUGE), errors.ShapeError, "linear1.bias cannot be set to "),
    (lambda t: t.set_parameter("linear1.bias", 0, "x"), errors.ShapeError, 'linear1.bias cannot be set to "x": it must be a number.'),  # type: ignore[arg-type]
    (lambda t: t.set_parameter("linear1.bias", 2, 0.5), errors.ShapeError, "linear1.bias has shape 2, and no number at [2]."),
    (lambda t: t.set_parameter("linear1.bias", -1, 0.5), errors.ShapeError, "linear1.bias has shape 2, and no number at [-1]."),
    (lambda t: t.set_parameter("linear1.weight", 0, 0.5), errors.ShapeError, "linear1.weight has shape 2×2, and no number at [0]."),
    (lambda t: t.set_parameter("linear1.bias", 0.0, 0.5), errors.ShapeError, '"0.0" is not the place of a number: write whole numbers from 0 on.'),  # type: ignore[arg-type]
    (lambda t: t.set_parameter("linear1.bais", 0, 0.5), errors.ShapeError, 'The model has no parameter "linear1.bais": did you mean "linear1.bias"?'),
    (lambda t: t.set_parameter(3, 0, 0.5), errors.ShapeError, 'The model has no parameter "3": choose from '),  # type: ignore[arg-type]
    (lambda t: t.seek(7), errors.SeekError, "Step 7 is past the end: the run has 6 steps so far."),
    (lambda t: t.seek(-1), errors.SeekError, '"-1" is not a number of completed steps.'),
    (lambda t: t.seek(HUGE), errors.SeekError, '"a number of very many digits" is not a number of completed steps.'),
    (lambda t: t.seek("2e"), errors.SeekError, "2e is past the end: the run is in epoch 1."),
    (lambda t: t.seek("1e+3"), errors.SeekError, "1e+3 does not exist: epoch 1 has 2 steps so far."),
    (lambda t: t.seek("soon"), errors.SpecError, '"soon" is not a point in a run: write 120 (steps), 12e (epochs) or 12e+3.'),
    (lambda t: t.seek(Position(2, phase=Phase.UPDATE)), errors.SpecError, "@2:update is not a point in a run: after the update the step is complete."),
    (lambda t: t.seek(Position(-2)), errors.SpecError, "@-2 is not a point in a run: steps and epochs count from 0."),
    (lambda t: list(t.follow([Mark(Position(2))])), errors.SpecError, "The point @2 lies before step 6."),
    (lambda t: list(t.follow([Mark(Position(4, 2))])), errors.SpecError, "The point @2e+4 does not exist: an epoch has 4 steps."),
    (lambda t: t.back(8), errors.SeekError, 'Cannot go back by 8: steps complete: 6.'),
    (lambda t: t.back(-1), errors.SeekError, 'Cannot go back by -1: steps complete: 6.'),
    (lambda t: t.back(HUGE), errors.SeekError, 'Cannot go back by a number of very many digits: steps complete: 6.'),
    (lambda t: t.run(), errors.OptionError, "run() takes either steps or epochs."),
    (lambda t: t.run(steps=1, epochs=1), errors.OptionError, "run() takes either steps or epochs."),
    (lambda t: t.run(steps=-1), errors.OptionError, 'run() takes a whole number from 0 on, not "-1".'),
    (lambda t: t.predict([1, 2, 3]), errors.ShapeError, 'x needs 2 numbers (first, second), not "[1, 2, 3]".'),
    (lambda t: t.predict(["a", "b"]), errors.ShapeError, "\"['a', 'b']\" is not a row of numbers, nor a sequence of such rows."),
    (lambda t: t.predict([10**400, 1]), errors.ShapeError, ""),
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def grades() -> Iterator[None]:
    data = Dataset("grades", ("first", "second"), ("a", "b"), ((0.0, 0.0), (1.0, 0.0)), (0.0, 2.0))
    datasets.register("grades", lambda: data)
    yield
    datasets.registry.remove("grades")


def state(trainer: Trainer) -> tuple[Any, ...]:
    branch = trainer.history
    return (
        str(trainer.spec),
        trainer.settings,
        trainer.parameters,
        trainer.position,
        trainer.steps,
        trainer.last_event,
        list(branch.entries),
        list(branch.losses),
        trainer.branches,
        trainer.evaluate(),
    )


def ready(phases: int = 0) -> Trainer:
    trainer = Trainer("two-layer", "xor")
    list(trainer.run(steps=6))
    for _ in range(phases):
        trainer.phase()
    return trainer


@pytest.mark.parametrize(("change", "error", "sentence"), REFUSALS, ids=[s[:50] or "?" for _, _, s in REFUSALS])
@pytest.mark.parametrize("phases", [0, 3])
def test_nothing_has_changed(change: Change, error: type[Exception], sentence: str, phases: int) -> None:
    trainer, same = ready(phases), ready(phases)
    with pytest.raises(error) as raised:
        change(trainer)
    message = str(raised.value)
    assert message.startswith(sentence)
    assert type(raised.value) is error
    assert state(trainer) == state(same)
    assert trainer.phase() == same.phase()
    assert (trainer.step(), trainer.step()) == (same.step(), same.step())


def test_of_a_large_batch_a_few_predictions_are_named() -> None:
    trainer = Trainer("embedding", "word-list", loss="cross-entropy", features="word", batch="all", lr=1e38)
    with pytest.raises(errors.StepError, match=r"for the prediction nan, nan, nan and \d+ more\.$"):
        list(trainer.run(steps=9))


def test_a_loss_that_is_not_defined_stops_the_step_and_nothing_else() -> None:
    trainer = Trainer("logistic-regression", "xor", loss="cross-entropy", lr=3e38, weight_decay=10)
    with pytest.raises(
        errors.StepError, match=r"^The loss cannot be computed: it is not defined for the prediction nan\.$"
    ):
        list(trainer.run(steps=20))
    before = state(trainer)
    for attempt in (trainer.step, lambda: [trainer.phase() for _ in range(5)]):
        with pytest.raises(errors.StepError):
            attempt()
        assert repr(state(trainer)) == repr(before)
    trainer.back()
    assert trainer.steps == len(trainer.history.losses) - 1
