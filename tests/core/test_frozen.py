"""Frozen numbers: no update changes a bit of them, and all the rest goes on as if nothing were frozen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore import RunSpec, Trainer
from hltcore._torch import torch
from hltcore.errors import OptionError, ShapeError
from hltcore.places import Place, read, write
from tests.core import plain
from tests.core.test_exactness import make_optimizer

PLACES = "linear1.bias+linear1.weight[0,1]"
OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("sgd", {}),
    ("sgd", {"momentum": 0.9, "weight_decay": 0.1}),
    ("adam", {"weight_decay": 0.1}),
    ("adagrad", {}),
]


def frozen_numbers(parameters: dict[str, Any]) -> bytes:
    return plain.bits((parameters["linear1.weight"][0][1], parameters["linear1.bias"]))


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_it_is_the_plain_loop_that_puts_the_numbers_back(optimizer: tuple[str, dict[str, Any]]) -> None:
    name, options = optimizer
    torch.manual_seed(0)
    net = plain.TwoLayer(2)
    weight, bias = net.linear1.weight, net.linear1.bias
    kept = weight[0, 1].item(), bias.detach().clone()
    optimizer_ = make_optimizer(name, net.parameters(), 0.1, options)
    trainer = Trainer("two-layer", "xor", optimizer=name, frozen=PLACES, **options)
    loss = torch.nn.MSELoss(reduction="sum")
    gradients = set()
    for expected, event in zip(plain.train(net, optimizer_, loss, plain.batches("xor"), 10), trainer.run(epochs=10)):
        with torch.no_grad():
            weight[0, 1], bias[:] = kept
        assert plain.all_bits(event.gradients) == plain.all_bits(expected.gradients)
        assert plain.all_bits(event.updated) == plain.all_bits(plain.copies(net.parameters()))
        gradients.add(event.gradients["linear1.bias"])
    assert len(gradients) > 1, "what is frozen still has its gradient"


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_back_and_forth_and_the_line_that_leads_there(optimizer: str) -> None:
    trainer = Trainer("two-layer", "xor", optimizer=optimizer, lr=0.05)
    trainer.set_parameter("linear1.bias", 1, -0.0)
    list(trainer.run(steps=6))
    at_freezing = frozen_numbers(trainer.parameters)
    trainer.switch(frozen=PLACES)
    assert (trainer.steps, str(trainer.position)) == (6, "1e+2")
    frozen = list(trainer.run(steps=70))
    assert {frozen_numbers(event.updated) for event in frozen} == {at_freezing}
    trainer.switch(frozen="")
    free = list(trainer.run(epochs=1))[-1]
    assert frozen_numbers(free.updated) != at_freezing

    trainer.seek(70)
    assert trainer.step() == frozen[64]
    trainer.seek(free.step)
    assert trainer.step() == free
    again = Trainer.from_spec(str(trainer.spec))
    assert (again.spec, again.last_event) == (trainer.spec, trainer.last_event)
    assert f"frozen={PLACES} @" in str(trainer.spec)


def test_the_optimizers_memory_goes_on() -> None:
    trainer, same = (Trainer("two-layer", "xor", momentum=0.9, lr=0.01) for _ in range(2))
    list(trainer.run(steps=5))
    trainer.switch(frozen="linear2.bias")
    trainer.switch(frozen="")
    assert [e.updated for e in trainer.run(steps=5)] == [e.updated for e in same.run(steps=10)][5:]


def test_with_the_stale_optimizer() -> None:
    trainer, same = (
        Trainer("two-layer", "xor", updates="eight-layer", **settings) for settings in ({"frozen": PLACES}, {})
    )
    assert list(trainer.run(steps=9)) == list(same.run(steps=9))
    trainer.switch(updates="")
    event = trainer.step()
    assert frozen_numbers(event.updated) == frozen_numbers(event.parameters)
    assert event.updated["linear2.bias"] != event.parameters["linear2.bias"]


def test_its_places_go_with_the_model() -> None:
    spec = RunSpec.parse(f"two-layer/xor frozen={PLACES}")
    for change in ({"model": "eight-layer"}, {"hidden": 3}):
        assert spec.changed(**change).frozen == ""
        assert spec.changed(**change, frozen="linear2.bias").frozen == "linear2.bias"
    for change in ({"dataset": "and", "lr": 1}, {"seed": 4, "init": "ones"}, {"model": "2-layer"}, {"hidden": 2}):
        assert spec.changed(**change).frozen == PLACES
    trainer = Trainer.from_spec(f"two-layer/xor frozen={PLACES} @3 hidden=3 @5")
    assert Trainer.from_spec(str(trainer.spec)).parameters == trainer.parameters


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("b+a", "a+b"),
        ("a[10]+a[9]+a[9]", "a[9]+a[10]"),
        ("a[0,1]+a+b[1]", "a+b[1]"),
        ("linear1.weight[00,1]", "linear1.weight[0,1]"),
        ("", ""),
    ],
)
def test_the_canonical_text(text: str, canonical: str) -> None:
    assert RunSpec(frozen=text).frozen == canonical


names = st.text(st.characters(exclude_characters="[]=+", exclude_categories=["Z", "C"]), min_size=1)
indices = st.lists(st.integers(0, 10**9), max_size=3).map(tuple)


@given(st.lists(st.builds(Place, names, indices)))
def test_any_places_come_back(places: list[Place]) -> None:
    assert read(write(places)) == read(write(reversed(places)))
    for place in places:
        assert any(kept.holds(place.name, place.index) for kept in read(write(places)))
    line = str(RunSpec(frozen=write(places)))
    assert str(RunSpec.parse(line)) == line


@pytest.mark.parametrize("text", ["a[", "a[]", "a[x]", "a[-1]", "[0]", "a++b", "+", "a b", "a=1", "a[0]b", "a[1.5]"])
def test_no_place(text: str) -> None:
    with pytest.raises(OptionError, match=r" is no place in the parameters: write linear1\.bias or linear1\.weight"):
        RunSpec(frozen=text)


@pytest.mark.parametrize(
    ("frozen", "sentence"),
    [
        ("linear1.bais", 'The model has no parameter "linear1.bais": did you mean "linear1.bias"?'),
        ("linear1.weight[0,2]", r"linear1.weight has shape 2×2, and no number at \[0, 2\]."),
        ("linear1.weight[0]", r"linear1.weight has shape 2×2, and no number at \[0\]."),
    ],
)
def test_a_place_that_the_model_has_not(frozen: str, sentence: str) -> None:
    with pytest.raises(ShapeError, match=sentence):
        Trainer("two-layer", "xor", frozen=frozen)
    trainer = Trainer("two-layer", "xor")
    with pytest.raises(ShapeError, match=sentence):
        trainer.switch(frozen=frozen)
    assert (trainer.settings.frozen, trainer.history.entries) == ("", [])


def test_a_number_is_frozen_and_let_go_by_name() -> None:
    trainer = Trainer("two-layer", "xor", seed=5)
    trainer.freeze("linear1.weight", (0, 1))
    trainer.freeze("linear1.bias")
    assert trainer.settings.frozen == "linear1.bias+linear1.weight[0,1]"
    trainer.thaw("linear1.bias", 0)
    assert trainer.settings.frozen == "linear1.bias[1]+linear1.weight[0,1]"
    trainer.thaw("linear1.weight")
    trainer.thaw("linear1.bias", 1)
    assert trainer.settings.frozen == ""
    before = str(trainer.spec)
    for bad in (lambda: trainer.freeze("linear1.wieght", (0, 1)), lambda: trainer.thaw("linear1.bias", 7)):
        with pytest.raises(ShapeError):
            bad()
    assert str(trainer.spec) == before
