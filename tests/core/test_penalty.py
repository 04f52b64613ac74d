"""L1 and L2 regularisation: the plain loop with the two sums written into its loss."""

from __future__ import annotations

import pytest

from hltcore import RunSpec, Trainer, recording
from hltcore._torch import torch
from hltcore.errors import OptionError
from hltcore.phase import Phase
from tests.core import plain
from tests.core.test_exactness import make_optimizer


@pytest.mark.parametrize(("l1", "l2"), [(0.01, 0.0), (0.0, 0.1), (0.03, 0.1)])
@pytest.mark.parametrize(("optimizer", "batch"), [("sgd", 1), ("adam", 3)])
@pytest.mark.parametrize("model", plain.MODELS)
def test_bit_for_bit(model: str, optimizer: str, batch: int, l1: float, l2: float) -> None:
    torch.manual_seed(0)
    net = plain.MODELS[model](2)
    weights = [w for w in net.parameters() if w.dim() > 1]
    criterion = torch.nn.MSELoss(reduction="sum")

    def objective(p: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        if not l2:
            return criterion(p, y) + l1 * sum(w.abs().sum() for w in weights)
        if not l1:
            return criterion(p, y) + l2 / 2 * sum((w * w).sum() for w in weights)
        return criterion(p, y) + l1 * sum(w.abs().sum() for w in weights) + l2 / 2 * sum((w * w).sum() for w in weights)

    loop = plain.train(
        net, make_optimizer(optimizer, net.parameters(), 0.1, {}), objective, plain.batches("xor", batch), 12
    )
    trainer = Trainer(model, "xor", optimizer=optimizer, batch=batch, l1=l1, l2=l2)
    for expected, event in zip(loop, trainer.run(epochs=12), strict=True):
        assert plain.bits(event.loss) == plain.bits(expected.loss)
        assert plain.all_bits(event.gradients) == plain.all_bits(expected.gradients)
        assert plain.all_bits(event.updated) == plain.all_bits(expected.after)
        data_loss = sum((p - y) ** 2 for p, y in zip(event.predictions, event.batch.targets))
        assert event.loss - event.penalty == pytest.approx(data_loss, rel=1e-5, abs=1e-6)
        assert recording.loads(recording.dumps(event)) == event


def test_weights_pay_and_biases_do_not() -> None:
    trainer = Trainer("two-layer", "xor", l1=0.5, l2=0.25)
    trainer.load_parameters([[1, -2, 0, 4], [9, 9], [3, -1], [9]])
    evaluation = trainer.evaluate()
    event = trainer.step()
    assert event.penalty == 0.5 * 11 + 0.25 / 2 * 31
    assert event.loss == pytest.approx(evaluation.losses[0] + event.penalty)
    trainer.back()
    trainer.switch(l1=0, l2=0)
    assert trainer.evaluate() == evaluation


def test_without_it_there_is_no_penalty() -> None:
    event = Trainer("two-layer", "xor").step()
    assert event.penalty == 0.0
    assert "penalty" not in recording.dumps(event)


def test_it_is_known_from_the_loss_phase_on() -> None:
    trainer = Trainer("two-layer", "xor", l2=0.1)
    phases = [trainer.phase() for _ in Phase]
    assert [event.penalty > 0 for event in phases] == [False, True, True, True, True]
    assert {event.penalty for event in phases[1:]} == {Trainer("two-layer", "xor", l2=0.1).step().penalty}
    for event in phases:
        assert recording.loads(recording.dumps(event)) == event


def test_a_setting_and_a_loss_of_one_name() -> None:
    trainer = Trainer.from_spec("logistic/xor/l1/sgd l1=0.01")
    assert (trainer.settings.loss, trainer.settings.l1) == ("l1", 0.01)
    assert str(trainer.spec) == "logistic-regression/xor/l1/sgd l1=0.01"
    list(trainer.run(steps=6))
    before = trainer.parameters
    trainer.switch(l1=0.02, l2=0.1, loss="mse")
    assert (trainer.parameters, str(trainer.position)) == (before, "1e+2")
    list(trainer.run(steps=6))
    again = Trainer.from_spec(str(trainer.spec))
    assert (again.spec, again.last_event) == (trainer.spec, trainer.last_event)
    trainer.seek(8)
    assert trainer.step().penalty > 0
    trainer.switch(l1=0, l2=0)
    assert trainer.step().penalty == 0


@pytest.mark.parametrize("value", [-0.1, "much", float("inf")])
def test_a_strength_is_a_number_from_0_on(value: object) -> None:
    for name in ("l1", "l2"):
        with pytest.raises(OptionError, match=rf"^{name}="):
            RunSpec().changed(**{name: value})
