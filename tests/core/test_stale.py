"""The stale optimizer: it holds another model's parameters, so nothing moves and gradients add up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hltcore import Trainer, optimizers
from hltcore._torch import torch
from tests.core import plain


@pytest.mark.parametrize(
    ("model", "other", "dataset"),
    [("two-layer", "logistic-regression", "xor"), ("eight-layer", "two-layer", "language-id")],
)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_it_is_the_plain_loop_with_the_wrong_parameters(model: str, other: str, dataset: str, optimizer: str) -> None:
    wrong = plain.MODELS[other](2)
    torch.manual_seed(6)
    net = plain.MODELS[model](2)
    make = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
    loop = plain.train(
        net, make(wrong.parameters(), lr=0.1), torch.nn.MSELoss(reduction="sum"), plain.batches(dataset), 10
    )
    trainer = Trainer(model, dataset, optimizer=optimizer, seed=6, updates=other)
    start = trainer.parameters

    for expected, event in zip(loop, trainer.run(epochs=10), strict=True):
        assert plain.bits(event.prediction) == plain.bits(expected.prediction)
        assert plain.bits(event.loss) == plain.bits(expected.loss)
        assert plain.all_bits(event.gradients) == plain.all_bits(expected.gradients)
        assert event.parameters == event.updated == start
    assert trainer.parameters == start


def test_every_epoch_repeats_the_first() -> None:
    trainer = Trainer("eight-layer", "language-id", updates="two-layer")
    epochs = [[(e.prediction, e.loss) for e in trainer.run(epochs=1)] for _ in range(49)]
    assert epochs == [epochs[0]] * 49


def test_gradients_add_up_and_zero_grad_throws_nothing_away() -> None:
    trainer = Trainer("logistic-regression", "xor", updates="two-layer", batch="all")
    first = trainer.step().gradients["W.bias"][0]
    assert trainer.step().gradients["W.bias"][0] == pytest.approx(2 * first)
    _, _, zeroed = (trainer.phase() for _ in range(3))
    assert zeroed.gradients["W.bias"][0] == pytest.approx(2 * first)


def test_gradients_left_by_training_go_on_into_the_accident() -> None:
    """Switching to the stale optimizer keeps what the last backward left, as in a notebook."""
    torch.manual_seed(0)
    net = plain.TwoLayer(2)
    loss = torch.nn.MSELoss(reduction="sum")
    right = torch.optim.SGD(net.parameters(), lr=0.1)
    wrong = torch.optim.SGD(plain.LogisticRegression(2).parameters(), lr=0.1)
    for _ in plain.train(net, right, loss, plain.batches("and"), 3):
        pass
    expected = list(plain.train(net, wrong, loss, plain.batches("xor"), 2))

    trainer = Trainer("two-layer", "and")
    list(trainer.run(epochs=3))
    trainer.switch(dataset="xor", updates="logistic-regression")
    for step, event in zip(expected, trainer.run(epochs=2), strict=True):
        assert plain.all_bits(event.gradients) == plain.all_bits(step.gradients)
        assert plain.all_bits(event.updated) == plain.all_bits(step.after)


def test_its_own_model_is_no_accident() -> None:
    trainer = Trainer("two-layer", "xor", updates="two-layer")
    assert str(trainer.spec) == "two-layer/xor/mse/sgd"
    assert trainer.step().updated != trainer.step().updated


@pytest.fixture
def partly() -> Iterator[torch.nn.Parameter]:
    """An optimizer that was given the last layer alone, and a tensor of another model's."""
    other = torch.nn.Parameter(torch.ones(3))
    optimizers.register("partly", lambda parameters, lr: torch.optim.SGD([*parameters[2:], other], lr=lr, momentum=0.5))
    yield other
    optimizers.registry.remove("partly")


def test_an_optimizer_that_holds_a_part_is_the_plain_loop_with_that_part(partly: torch.nn.Parameter) -> None:
    torch.manual_seed(6)
    net = plain.TwoLayer(2)
    optimizer = torch.optim.SGD([*list(net.parameters())[2:], partly], lr=0.1, momentum=0.5)
    loop = plain.train(net, optimizer, torch.nn.MSELoss(reduction="sum"), plain.batches("xor"), 5)
    trainer = Trainer("two-layer", "xor", optimizer="partly", seed=6)
    for expected, event in zip(loop, trainer.run(epochs=5), strict=True):
        assert plain.bits(event.loss) == plain.bits(expected.loss)
        assert plain.all_bits(event.gradients) == plain.all_bits(expected.gradients)
        assert plain.all_bits(event.updated) == plain.all_bits(expected.after)
    end = trainer.parameters
    trainer.seek(0)
    trainer.seek(20)
    assert trainer.parameters == end


def test_what_an_optimizer_was_given_is_compared_both_ways(partly: torch.nn.Parameter) -> None:
    (finding,) = (f for f in Trainer("two-layer", "xor", optimizer="partly").findings if "unowned" in f.check)
    assert finding.told == (
        'The optimizer "partly" was not given 2 of the 4 parameters of two-layer, linear1.weight and linear1.bias: '
        "no step will change them, and their gradients are never emptied; it holds 3 numbers that are not this "
        "model's."
    )
    assert (finding.where, finding.place, finding.since) == ("linear1.weight", ("linear1.weight", (0, 0)), 0)


def test_an_optimizer_that_holds_more_than_the_model_is_told_of() -> None:
    other = torch.nn.Parameter(torch.ones(3))
    optimizers.register("greedy", lambda parameters, lr: torch.optim.SGD([*parameters, other], lr=lr, momentum=0.5))
    try:
        (finding,) = Trainer("two-layer", "xor", optimizer="greedy").findings
        assert finding.told == 'The optimizer "greedy" holds 3 numbers that are not two-layer\'s.'
        assert Trainer.from_spec("two-layer/xor/mse/greedy frozen=linear1.weight").findings[0].told == finding.told
        assert not Trainer.from_spec("two-layer/xor/mse/adam frozen=linear1.weight").findings
    finally:
        optimizers.registry.remove("greedy")
