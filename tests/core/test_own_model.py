"""A model and data of one's own, passed as objects: exact, replayed, and named by no line."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from hltcore import Dataset, RunSpec, Trainer, errors
from hltcore._torch import torch
from hltcore.chain import chain
from tests.core import plain

nn, functional = torch.nn, torch.nn.functional
Tensor = torch.Tensor
XS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
NAND = Dataset("my [b]nand\x1b/", ("p", "q"), ("00", "10", "01", "11"), XS, (1.0, 1.0, 1.0, 0.0))


class Three(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.second = nn.Linear(3, 2, bias=False)
        self.third = nn.Linear(2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.third(functional.relu(self.second(self.first(x).tanh()))))


class Skip(nn.Module):
    """As most people write it: for a batch of rows only."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(2, 3)
        self.out = nn.Linear(5, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(torch.cat((x, torch.tanh(self.hidden(x))), dim=1))


class Scaled(Skip):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * self.scale


def sequential() -> Any:
    return nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.Tanh(), nn.Linear(3, 1)))


MODELS: tuple[Callable[[], Any], ...] = (Three, Skip, Scaled, sequential)


@pytest.mark.parametrize("make", MODELS)
@pytest.mark.parametrize("batch", [1, 3])
def test_it_trains_as_the_plain_loop_does_and_is_not_touched(make: Callable[[], Any], batch: int) -> None:
    torch.manual_seed(3)
    mine = make()
    loop_model, before = copy.deepcopy(mine), copy.deepcopy(mine.state_dict())
    optimizer = torch.optim.SGD(loop_model.parameters(), lr=0.2)
    trainer = Trainer(model=mine, dataset=NAND, loss="mse", lr=0.2, batch=batch)
    events = list(trainer.run(epochs=6))
    for event in events:
        x = torch.tensor([event.x] if batch == 1 or len(event.batch.rows) == 1 else event.x)
        target = torch.tensor(event.batch.targets).unsqueeze(1)
        if batch == 1 and trainer.functions:
            x, target = x[0], target[0]  # what can take one row alone gets it alone
        optimizer.zero_grad()
        prediction = loop_model(x)
        loss = functional.mse_loss(prediction, target, reduction="sum")
        loss.backward()
        optimizer.step()
        assert plain.bits(event.loss) == plain.bits(loss.item())
        assert plain.bits(event.predictions) == plain.bits(tuple(prediction.reshape(-1).tolist()))
    for (name, ours), theirs in zip(trainer.model.named_parameters(), loop_model.parameters()):
        assert torch.equal(ours, theirs), name
    assert all(torch.equal(value, before[name]) for name, value in mine.state_dict().items())

    trainer.back(7)
    twin = trainer.copy()
    assert list(trainer.run(steps=7)) == events[-7:] == list(twin.run(steps=7))
    again = Trainer.from_spec(trainer.spec)
    assert again.parameters == trainer.parameters
    trainer.reset()
    assert list(trainer.run(epochs=6)) == events


@pytest.mark.parametrize("make", MODELS)
def test_all_that_a_run_tells_is_there(make: Callable[[], Any]) -> None:
    trainer = Trainer(model=make(), dataset=NAND, loss="mse", l2=0.01)
    for phase in range(5):
        assert trainer.phase().phase.number == phase + 1
    list(trainer.run(epochs=9))
    assert all(check.agrees for check in trainer.check_gradients())
    assert len(trainer.checked) + len(trainer.unchecked) == 22
    assert not any("Error" in item.why for item in trainer.unchecked)
    assert trainer.surface(4, 3, units=(4, 3)) is not None
    assert trainer.evaluate().predictions == tuple(map(trainer.predict, XS))
    assert trainer.embedding is None


def test_of_a_row_of_layers_everything_is_known() -> None:
    trainer = Trainer(model=Three(), dataset=NAND, loss="mse", batch=2)
    assert trainer.functions == ("tanh", "relu", "sigmoid")
    event = trainer.step()
    for place, x in enumerate(event.batch.xs):
        z = trainer_layer(event.parameters, "first", x)
        assert event.pre_activations["first"][place] == pytest.approx(z)
        assert event.activations["first"][place] == pytest.approx(tuple(map(math.tanh, z)))
    told = chain(event, _mse())
    for name, rows in event.gradients.items():
        flat = [((i, j), v) for i, row in enumerate(rows) for j, v in enumerate(row)] if "weight" in name else None
        for place, gradient in flat or [((i,), v) for i, v in enumerate(rows)]:
            assert told.story(name, place).gradient == pytest.approx(gradient, abs=1e-6)


def _mse() -> Any:
    from hltcore import losses

    return losses.registry.get("mse").form_for("real")


def trainer_layer(parameters: dict[str, Any], name: str, x: tuple[float, ...]) -> tuple[float, ...]:
    weights, biases = parameters[f"{name}.weight"], parameters[f"{name}.bias"]
    return tuple(sum(w * a for w, a in zip(row, x)) + bias for row, bias in zip(weights, biases))


class Written(nn.Module):
    """Two layers, and between them what is given."""

    def __init__(self, between: Callable[[Tensor], Tensor], **more: nn.Module) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(2, 2), nn.Linear(2, 1)
        self.between = between
        for name, module in more.items():
            self.add_module(name, module)

    def forward(self, x: Tensor) -> Tensor:
        return self.b(self.between(self.a(x)))


class Backwards(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.last, self.first = nn.Linear(2, 1), nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.relu(self.first(x)))


class Choosing(Written):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) if x.sum() > 1 else self.b(x)


class Twice(Written):
    def forward(self, x: Tensor) -> Tensor:
        return self.b(torch.relu(self.a(torch.relu(self.a(x)))))


@pytest.mark.parametrize(
    ("model", "functions"),
    [
        (Written(lambda z: z), ("identity", "identity")),
        (Written(lambda z: z.clamp(min=0)), ("clamp", "identity")),
        (Written(lambda z: torch.clamp(z, 0)), ("clamp", "identity")),
        (Written(lambda z: functional.relu(z, inplace=True)), ("relu", "identity")),
        (nn.Sequential(nn.Linear(2, 2), nn.ReLU(inplace=True), nn.Linear(2, 1), nn.Sigmoid()), ("relu", "sigmoid")),
        (nn.Sequential(nn.Linear(2, 2), nn.Identity(), nn.Tanh(), nn.Linear(2, 1)), ("tanh", "identity")),
        (Written(lambda z: z.clamp(min=0, max=1)), ()),
        (Written(lambda z: z.clamp(min=0.5)), ()),
        (Written(lambda z: z.relu().tanh()), ()),
        (Written(lambda z: z + z), ()),
        (Written(functional.softplus), ()),
        (Written(torch.relu, spare=nn.Linear(1, 1)), ()),
        (nn.Sequential(nn.Tanh(), nn.Linear(2, 1)), ()),
        (nn.Sequential(nn.Linear(2, 2), nn.LeakyReLU(), nn.Linear(2, 1)), ()),
        (nn.Sequential(nn.Linear(2, 4), nn.LayerNorm(4), nn.Linear(4, 1)), ()),
        (Backwards(), ()),
        (Choosing(torch.relu), ()),
        (Twice(torch.relu), ()),
    ],
    ids=lambda value: "+".join(value) or "no row" if isinstance(value, tuple) else type(value).__name__,
)
def test_what_is_a_row_of_layers_and_what_is_none(model: Any, functions: tuple[str, ...]) -> None:
    trainer = Trainer(model=model, dataset="xor")
    events = list(trainer.run(epochs=2))
    assert trainer.functions == functions
    assert list(events[0].pre_activations) == [n for n, m in model.named_modules() if type(m) is nn.Linear] or not (
        functions
    )
    trainer.back(5)
    assert list(trainer.run(steps=5)) == events[-5:]


def test_a_hook_that_changes_what_a_layer_gives_makes_it_no_row() -> None:
    model = Written(torch.relu)
    model.b.register_forward_hook(lambda module, inputs, output: output * 2)
    between = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    between[1].register_forward_hook(lambda module, inputs, output: output * 2)
    assert Trainer(model=between, dataset="xor").functions == ()
    assert Trainer(model=model, dataset="xor").step().loss >= 0


def test_no_line_names_it_anywhere_else() -> None:
    trainer = Trainer(model=Three(), dataset=NAND, lr=0.2)
    trainer.step()
    assert str(trainer.spec) == "own:Three/own:my-b-nand/mse/sgd lr=0.2 @0e+1"
    assert trainer.spec.own == ("own:Three", "own:my-b-nand") or len(trainer.spec.own) == 2
    for make in (Trainer.from_spec, RunSpec.parse):
        with pytest.raises(errors.OwnPartError, match=r'^The model "own:Three" is an object of the script that made'):
            make(str(trainer.spec))
    other = Trainer(model=Three(), dataset=NAND, lr=0.2)
    assert str(other.spec.start) == str(trainer.spec.start)
    assert other.spec.start != trainer.spec.start
    assert copy.deepcopy(trainer.spec) == trainer.spec
    with pytest.raises(errors.OptionError, match=r"^own:Three is an object of this program"):
        pickle.dumps(trainer.spec)


def test_one_can_switch_to_it_and_from_it_and_go_back() -> None:
    trainer, mine = Trainer("two-layer", "xor", seed=2), Three()
    before = list(trainer.run(steps=3))
    trainer.switch(model=mine, dataset=NAND)
    there = list(trainer.run(steps=3))
    trainer.switch(dataset=NAND)  # the same data: nothing to do
    assert len(trainer.history.entries) == 1
    trainer.switch(model="mlp")
    list(trainer.run(steps=3))
    trainer.seek(0)
    assert list(trainer.run(steps=6)) == before + there
    trainer.seek(3)
    assert trainer.parameters["first.weight"] == tuple(map(tuple, mine.first.weight.tolist()))
    assert len(trainer.spec.own) == 2


def test_another_seed_draws_what_the_class_itself_would_have_drawn() -> None:
    torch.manual_seed(8)
    first = Three()
    trainer = Trainer(model=first, dataset=NAND, seed=4)
    assert trainer.parameters["first.bias"] == tuple(first.first.bias.tolist())
    trainer.reseed(11)
    torch.manual_seed(11)
    for ours, theirs in zip(trainer.model.parameters(), Three().parameters()):
        assert torch.equal(ours, theirs)
    trainer.reseed(4)
    assert trainer.parameters["first.bias"] == tuple(first.first.bias.tolist())
    scaled = Trainer(model=Scaled(), dataset=NAND)
    with pytest.raises(errors.OptionError, match=r'^seed=1 cannot draw scale anew: no part of "Scaled" has a reset_'):
        scaled.reseed(1)
    assert scaled.settings.seed == 0
    assert not scaled.history.entries


class Pair(Three):
    def forward(self, x: Tensor) -> Any:
        return super().forward(x), x


class Counting(Skip):
    """Another one each time, with no buffer and no random number of torch's."""

    calls = 0

    def forward(self, x: Tensor) -> Tensor:
        Counting.calls += 1
        return super().forward(x) + Counting.calls


NORMED = (nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(), nn.Linear(3, 1))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"model": nn.Sequential(*NORMED[:2], NORMED[3])}, 'The model "Sequential" changes 1.running_mean, 1.running_'),
        ({"model": nn.Sequential(NORMED[0], *NORMED[2:])}, 'The model "Sequential" draws random numbers as it comp'),
        ({"model": Counting()}, 'The model "Counting" gives another output for the same input the second time'),
        ({"model": Pair()}, 'The model "Pair" must give a tensor, with one number an example; it gave "tuple".'),
        ({"model": nn.Linear(3, 1)}, 'The model "Linear" cannot take x of shape (2,): RuntimeError: '),
        ({"model": nn.Linear(2, 2)}, 'The model "Linear" must give one number an example; for x of shape (2,) it g'),
        ({"model": nn.Sequential(nn.LazyLinear(1))}, 'The model "Sequential" has parameters without a shape yet'),
        ({"model": Three}, "is not allowed: give the name of a model, or a torch.nn.Module (not its class)."),
        ({"dataset": XS}, "is not allowed: give the name of a data set, or a hltcore.Dataset."),
        ({"loss": nn.MSELoss()}, 'loss="MSELoss()" is not allowed: give a name; hltcore.losses.register gives a loss'),
        ({"optimizer": torch.optim.Adam}, "hltcore.optimizers.register gives an optimizer of your own one."),
        ({"model": "own:Three"}, 'The model "own:Three" is an object of the script that made the run'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_be_is_refused_in_a_sentence(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(errors.HltError) as raised:
        Trainer(**{"dataset": "xor", **settings})
    assert sentence in str(raised.value)
    trainer = Trainer("two-layer", "xor")
    trainer.step()
    with pytest.raises(errors.HltError) as again:
        trainer.switch(**settings)
    assert sentence in str(again.value)
    assert str(trainer.spec) == "two-layer/xor/mse/sgd @0e+1"


def test_what_only_looks_random_is_taken_once_it_is_not() -> None:
    model = nn.Sequential(*NORMED).eval()
    state = torch.get_rng_state()
    trainer = Trainer(model=model, dataset=NAND)
    assert torch.equal(state, torch.get_rng_state())
    events = list(trainer.run(epochs=3))
    trainer.back(5)
    assert list(trainer.run(steps=5)) == events[-5:]
    assert all(check.agrees for check in trainer.check_gradients())
