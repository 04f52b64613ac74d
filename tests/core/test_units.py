"""The forward pass in plain Python gives the library's numbers, and finds the units that no example opens."""

from __future__ import annotations

import math

import pytest

from hltcore import Trainer
from hltcore.units import FUNCTIONS, dead_units, forward

DEAD = {
    "linear1.weight": ((-1.0, -1.0), (1.0, 1.0)),
    "linear1.bias": (-0.5, 0.0),
    "linear2.weight": ((1.0, 1.0),),
    "linear2.bias": (0.0,),
}
XOR = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))


@pytest.mark.parametrize(
    "spec", ["logistic-regression/language-id @2e", "two-layer/xor seed=5 hidden=4 @3e", "eight-layer/language-id @7"]
)
def test_the_forward_pass_is_the_librarys(spec: str) -> None:
    trainer = Trainer.from_spec(spec)
    event = trainer.phase()
    layers = forward(trainer.parameters, trainer.functions, event.x)
    assert [layer.name for layer in layers] == list(event.pre_activations)
    for layer in layers:
        assert layer.pre_activations == pytest.approx(event.pre_activations[layer.name], rel=1e-5, abs=1e-5)
        assert layer.activations == pytest.approx(event.activations[layer.name], rel=1e-5, abs=1e-5)


def test_functions_are_known_before_any_step() -> None:
    assert Trainer("eight-layer", "xor").functions == ("clamp", *("identity",) * 7)


def test_a_unit_is_dead_when_no_example_opens_it() -> None:
    assert dead_units(DEAD, ("clamp", "identity"), XOR) == {("linear1", 0)}
    assert dead_units(DEAD, ("clamp", "identity"), [*XOR, (-1.0, 0.0)]) == frozenset()
    assert dead_units(DEAD, ("tanh", "identity"), XOR) == frozenset()


def test_clamp_is_open_at_0_and_relu_is_not() -> None:
    at_zero = {**DEAD, "linear1.bias": (0.0, 0.0)}
    only = ((0.0, 0.0),)
    assert dead_units(at_zero, ("clamp", "identity"), only) == frozenset()
    assert dead_units(at_zero, ("relu", "identity"), only) == {("linear1", 0), ("linear1", 1)}


def test_layers_above_are_looked_at_too() -> None:
    parameters = {**DEAD, "linear2.bias": (-9.0,)}
    assert dead_units(parameters, ("tanh", "relu"), XOR) == {("linear2", 0)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_number_is_too_large(name: str) -> None:
    low, high = FUNCTIONS[name](-math.inf), FUNCTIONS[name](math.inf)
    assert low <= FUNCTIONS[name](-800.0) <= FUNCTIONS[name](800.0) <= high
    assert math.isnan(FUNCTIONS[name](math.nan))
