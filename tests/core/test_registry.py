"""Registries are open: a course adds models, data sets, losses and optimizers of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hltcore import Dataset, Trainer, datasets, errors, initialisations, losses, models, optimizers
from hltcore._torch import torch
from hltcore.options import integer, number
from tests.core import plain

REGISTRIES = (models, datasets, losses, optimizers, initialisations)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = [module.registry.names() for module in REGISTRIES]
    yield
    for module, names in zip(REGISTRIES, before):
        for name in set(module.registry.names()) - set(names):
            module.registry.remove(name)
        assert module.registry.names() == names


class Bowl(torch.nn.Module):
    """A functional operation between modules, a bare parameter of no dimension, and a module of modules."""

    probability = False

    def __init__(self, inputs: int, width: int = 3) -> None:
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Linear(inputs, width), torch.nn.Tanh())
        self.out = torch.nn.Linear(width, 1)
        self.scale = torch.nn.Parameter(torch.tensor(1.5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.softplus(self.out(self.body(x) ** 2) * self.scale)


def train_both(net_class: type[torch.nn.Module], name: str, batch: int, **settings: Any) -> Trainer:
    torch.manual_seed(4)
    net = net_class(2)
    make = torch.optim.AdamW if settings.get("optimizer") == "adamw" else torch.optim.SGD
    optimizer = make(net.parameters(), lr=0.1)
    loop = plain.train(net, optimizer, torch.nn.MSELoss(reduction="sum"), plain.batches("language-id", batch), 8)
    trainer = Trainer(name, "language-id", seed=4, batch=batch, **settings)
    for expected, event in zip(loop, trainer.run(epochs=8), strict=True):
        assert plain.bits(event.prediction) == plain.bits(expected.prediction)
        assert plain.bits(event.loss) == plain.bits(expected.loss)
        assert plain.all_bits(event.parameters) == plain.all_bits(expected.before)
        assert plain.all_bits(event.updated) == plain.all_bits(expected.after)
        for (parameter, ours), theirs in zip(event.gradients.items(), expected.gradients):
            assert theirs is None or plain.bits(ours) == plain.bits(theirs), parameter
    return trainer


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
@pytest.mark.parametrize("batch", [1, 3])
def test_a_module_of_ones_own_is_exact_too(batch: int, optimizer: str) -> None:
    models.register("bowl", Bowl, options=(integer("width", 3, "units", minimum=1),))
    trainer = train_both(Bowl, "bowl", batch, optimizer=optimizer)
    event = trainer.last_event
    assert event is not None
    assert list(event.activations) == ["body.0", "body.1", "out", "output"]
    assert plain.bits(event.activations["output"]) == plain.bits(event.prediction)
    assert isinstance(event.parameters["scale"], float)

    trainer.set_parameter("scale", (), 0.25)
    assert Trainer.from_spec(str(trainer.spec)).spec == trainer.spec
    trainer.seek(3)
    before = trainer.parameters
    spec = f"bowl/language-id/mse/{optimizer} seed=4 batch={batch} @3"
    assert Trainer.from_spec(spec).parameters == before
    trainer.switch(width=4)
    trainer.seek(2)
    trainer.step()
    assert len(trainer.parameters["out.weight"][0]) == 4


class InPlace(torch.nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.one = torch.nn.Linear(inputs, 2)
        self.relu = torch.nn.ReLU(inplace=True)
        self.two = torch.nn.Linear(2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.two(self.relu(self.one(x))).sigmoid_()


def test_operations_in_place_leave_the_record_true() -> None:
    models.register("in-place", InPlace, output="probability")
    trainer = train_both(InPlace, "in-place", 1)
    trainer.load_parameters([[1, 0, 0, 1], [-1, 2], [1, 1], [0]])
    event = trainer.step()
    assert event.x == (0.4, 5.0)
    assert event.activations["one"] == pytest.approx((-0.6, 7.0))
    assert event.activations["relu"] == pytest.approx((0.0, 7.0))
    assert event.activations["two"] == pytest.approx((7.0,))
    assert event.prediction == pytest.approx(0.9990889)


class Frozen(torch.nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.fixed = torch.nn.Linear(inputs, 2)
        self.free = torch.nn.Linear(2, 1)
        self.fixed.requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.free(self.fixed(x).clamp(min=0))


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_frozen_parameters_stay(optimizer: str) -> None:
    models.register("frozen", Frozen)
    trainer = train_both(Frozen, "frozen", 1, optimizer=optimizer)
    start = Trainer("frozen", "language-id", seed=4).parameters
    assert trainer.parameters["fixed.weight"] == start["fixed.weight"]


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        (lambda inputs: torch.nn.Linear(inputs, 2), 'The model "Linear" must give one number an example; '),
        (
            lambda inputs: torch.nn.Sequential(torch.nn.BatchNorm1d(inputs), torch.nn.Linear(inputs, 1)),
            'The model "Sequential" changes 0.running_mean, 0.running_var, 0.num_batches_tracked as it computes, ',
        ),
        (
            lambda inputs: torch.nn.Sequential(torch.nn.Dropout(), torch.nn.Linear(inputs, 1)),
            'The model "Sequential" draws random numbers as it computes ',
        ),
        (lambda inputs: torch.nn.Linear(inputs, 1).double(), 'The model "Linear" must have parameters, and all of '),
        (lambda inputs: torch.nn.ReLU(), 'The model "ReLU" must have parameters, and all of '),
    ],
    ids=["two outputs", "buffers", "dropout", "float64", "no parameters"],
)
def test_a_module_that_cannot_be_kept_is_refused(module: Any, sentence: str) -> None:
    models.register("odd", module)
    trainer = Trainer("two-layer", "xor")
    with pytest.raises(errors.ShapeError, match=sentence):
        trainer.switch(model="odd")
    assert trainer.settings.model == "two-layer"


def make_cube(output: str, power: float) -> Any:
    return lambda prediction, target: ((prediction - target).abs() ** power).sum()


def test_a_data_set_a_loss_an_optimizer_and_an_initialisation_of_ones_own() -> None:
    datasets.register("ramp", lambda: Dataset("ramp", ("x",), ("a", "b"), [[1], [2]], [0, 1]))  # type: ignore[arg-type]
    losses.register("cube", make_cube, options=(number("power", 3, ""),))
    optimizers.register("rprop", lambda parameters, lr: torch.optim.Rprop(parameters, lr=lr), aliases=("resilient",))
    initialisations.register("half", lambda m: [torch.nn.init.constant_(p, 0.5) for p in m.parameters()] and None)

    trainer = Trainer("two-layer", "ramp", loss="cube", optimizer="resilient", init="half", power=2)
    assert str(trainer.spec) == "two-layer/ramp/cube/rprop init=half power=2.0"
    assert trainer.parameters["linear1.weight"] == ((0.5,), (0.5,))
    events = list(trainer.run(epochs=5))
    assert events[0].loss == pytest.approx(events[0].prediction ** 2)
    trainer.seek(3)
    assert list(trainer.run(steps=7)) == events[3:]
    assert all(type(n) is float for e in events for n in (*e.x, e.target))
    assert len(set(events)) == 10


@pytest.mark.parametrize("name", ["", "Two", "a b", "-a", "a-", "a--b", "é", "a/b", "a=b", "@1", "a_b", "a\n"])
def test_malformed_names_are_refused(name: str) -> None:
    for module in REGISTRIES:
        before = module.registry.names()
        with pytest.raises(errors.RegistryError, match="use lower-case letters, digits and single hyphens"):
            module.registry.add(type(next(iter(module.registry)))(name, dict))  # type: ignore[arg-type]
        assert module.registry.names() == before


def test_taken_names_are_refused() -> None:
    for names in (("two-layer", ()), ("new", ("logistic",)), ("lr", ()), ("new", ("two-layer",)), ("new", ("new",))):
        with pytest.raises(errors.RegistryError, match="is registered already"):
            models.register(names[0], Bowl, aliases=names[1])
    assert "new" not in models.registry.names()


def test_removing() -> None:
    models.register("bowl", Bowl, aliases=("dish",))
    models.registry.remove("dish")
    with pytest.raises(errors.UnknownNameError):
        models.registry.get("dish")
    models.register("dish", Bowl)
    with pytest.raises(errors.UnknownNameError, match='Unknown model "bowl"'):
        models.registry.remove("bowl")
