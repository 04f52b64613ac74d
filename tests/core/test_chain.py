"""The chain rule, factor by factor, against autograd."""

import math

import pytest

from hltcore import Trainer, losses, models
from hltcore.chain import chain
from hltcore.errors import ChainError, ShapeError

MODELS = ("logistic-regression", "two-layer", "eight-layer")
LOSSES = ("difference", "l1", "mse", "cross-entropy")


def form(trainer):
    output = models.registry.get(trainer.settings.model).output
    return losses.registry.get(trainer.settings.loss).form_for(output)


def places(tensor, prefix=()):
    if not isinstance(tensor, tuple):
        return [prefix]
    return [place for i, item in enumerate(tensor) for place in places(item, (*prefix, i))]


def at(tensor, place):
    for i in place:
        tensor = tensor[i]
    return tensor


@pytest.mark.parametrize("batch", ["1", "3"])
@pytest.mark.parametrize("dataset", ["language-id", "xor"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("model", MODELS)
def test_every_gradient_is_the_product_that_the_story_tells(model, loss, dataset, batch):
    for seed in range(3):
        trainer = Trainer(model, dataset, loss=loss, seed=seed, batch=batch, lr=0.01)
        for event in trainer.run(steps=8):
            check(event, chain(event, form(trainer)))


def check(event, told):
    for name, gradient in event.gradients.items():
        for place in places(gradient):
            story = told.story(name, place)
            expected = at(gradient, place)
            assert story.gradient == pytest.approx(expected, rel=2e-5, abs=1e-6)
            assert story.value == at(event.parameters[name], place)


@pytest.mark.parametrize("batch", ["1", "3"])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "identity"])
def test_every_activation_function_has_its_slope(activation, depth, batch):
    trainer = Trainer("mlp", "language-id", activation=activation, depth=depth, hidden=3, batch=batch, lr=0.02)
    for event in trainer.run(steps=8):
        check(event, chain(event, form(trainer)))


@pytest.mark.parametrize(("l1", "l2"), [(0.05, 0), (0, 0.3), (0.05, 0.3)])
@pytest.mark.parametrize("model", MODELS)
def test_regularisation_is_a_summand_of_each_weights_gradient(model, l1, l2):
    trainer = Trainer(model, "xor", batch=3, lr=0.05, l1=l1, l2=l2)
    trainer.set_parameter(next(iter(trainer.parameters)), (0, 0), 0.0)
    for event in trainer.run(steps=8):
        check(event, chain(event, form(trainer), l1=l1, l2=l2))


def test_the_penalties_are_told_with_their_numbers():
    trainer = Trainer("two-layer", "xor", l1=0.01, l2=0.5)
    trainer.set_parameter("linear1.weight", (1, 0), -0.25)
    told = chain(trainer.step(), form(trainer), l1=0.01, l2=0.5)
    absolute, squared = told.story("linear1.weight", (1, 0)).penalties
    assert (absolute.symbol, absolute.value, absolute.formula) == ("l1·sign(w)", -0.01, "0.01·sign(-0.2500)")
    assert (squared.symbol, squared.value, squared.formula) == ("l2·w", -0.125, "0.5·(-0.2500)")
    assert told.story("linear1.bias", (1,)).penalties == ()
    assert chain(trainer.step(), form(trainer)).story("linear1.weight", (1, 0)).penalties == ()


def test_the_factors_of_a_product_are_named_and_multiply_to_the_gradient():
    trainer = Trainer("two-layer", "xor", seed=11)
    event = list(trainer.run(steps=2))[-1]
    story = chain(event, form(trainer)).story("linear1.weight", (1, 0))
    [(label, factors)] = story.products
    assert label == "1 xor 0"
    assert [factor.symbol for factor in factors] == ["∂loss/∂linear1[1]", "clamp′(z[1])", "x[0]"]
    assert math.prod(factor.value for factor in factors) == pytest.approx(event.gradients["linear1.weight"][1][0])
    assert "open" in factors[1].formula


def test_a_closed_unit_has_a_factor_of_0():
    trainer = Trainer("two-layer", "xor", seed=3)
    events = list(trainer.run(epochs=49))
    told = chain(events[-1], form(trainer))
    closed = [unit for unit, z in enumerate(events[-1].pre_activations["linear1"]) if z < 0]
    assert closed
    [(_, factors)] = told.story("linear1.bias", (closed[0],)).products
    assert factors[-1].value == 0
    assert "closed" in factors[-1].formula


def test_a_phase_can_be_told_from_forward_on():
    trainer = Trainer("two-layer", "and")
    whole = Trainer("two-layer", "and").step()
    told = chain(trainer.phase(), form(trainer)).story("linear2.bias", (0,))
    assert told.gradient == pytest.approx(whole.gradients["linear2.bias"][0], rel=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", ["real", "probability"])
def test_value_and_slope_of_a_loss_are_pytorchs(loss, output):
    from hltcore._torch import torch

    form = losses.registry.get(loss).form_for(output)
    function = losses.registry.get(loss).factory(output)
    predictions = (0.03, 0.31, 0.5, 0.97) if output == "probability" else (-7.5, -0.2, 0.31, 1.0, 12.0)
    for prediction in predictions:
        for target in (0.0, 1.0):
            p = torch.tensor([prediction], dtype=torch.float64, requires_grad=True)
            value = function(p, torch.tensor([target], dtype=torch.float64))
            value.backward()
            assert form.value(prediction, target) == pytest.approx(value.item(), rel=1e-9, abs=1e-12)
            assert form.slope(prediction, target) == pytest.approx(p.grad.item(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("name", "place"), [("linear1.wieght", (0, 0)), ("linear1.weight", (2, 0)), ("W", (0,))])
def test_a_number_that_is_not_there_is_refused(name, place):
    trainer = Trainer("two-layer", "xor")
    told = chain(trainer.step(), form(trainer))
    with pytest.raises(ShapeError):
        told.story(name, place)


def test_a_model_of_another_kind_is_refused(event_of_a_hooked_model):
    with pytest.raises(ChainError, match="rows of linear layers"):
        chain(event_of_a_hooked_model, losses.Form(slope=lambda prediction, target: 1.0))


@pytest.fixture
def event_of_a_hooked_model():
    from hltcore._torch import torch

    models.register("bare", lambda inputs: torch.nn.Linear(inputs, 1))
    yield Trainer("bare", "xor").step()
    models.registry.remove("bare")


def test_what_is_no_number_and_what_is_huge_are_said_as_such():
    trainer = Trainer.from_spec("two-layer/xor lr=1e30 @9")
    told = chain(trainer.step(), form(trainer))
    texts = [factor.formula for unit in (0, 1) for factor in told.story("linear1.weight", (unit, 0)).products[0][1]]
    assert "nan is not above 0: closed" in texts
    assert "-4.9e+28 < 0: closed" in texts
