"""Time: back, seek and forward give the same bits, across every kind of change; and a spec leads to the same state."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hltcore import HltError, Trainer
from tests.core.plain import bits

# Commands that only go forward or change something, and commands that travel.
changes = st.one_of(
    st.tuples(st.just("switch"), st.sampled_from(("logistic-regression", "two-layer")).map(lambda m: {"model": m})),
    st.tuples(st.just("switch"), st.sampled_from(("xor", "and", "language-id")).map(lambda d: {"dataset": d})),
    st.tuples(st.just("switch"), st.sampled_from(("mse", "l1", "cross-entropy")).map(lambda n: {"loss": n})),
    st.tuples(
        st.just("switch"),
        st.sampled_from(({"optimizer": "sgd"}, {"optimizer": "sgd", "momentum": 0.9}, {"optimizer": "adam"})),
    ),
    st.tuples(st.just("switch"), st.sampled_from((0.0, 0.01, 0.1)).map(lambda lr: {"lr": lr})),
    st.tuples(st.just("switch"), st.sampled_from(("1", "3", "all")).map(lambda b: {"batch": b})),
    st.tuples(st.just("switch"), st.booleans().map(lambda on: {"shuffle": on})),
    st.tuples(st.just("switch"), st.sampled_from(("", "eight-layer")).map(lambda m: {"updates": m})),
    st.tuples(st.just("switch"), st.sampled_from(("zeros", "xavier")).map(lambda n: {"init": n})),
    st.tuples(st.just("reseed"), st.integers(0, 3)),
    st.tuples(st.just("set"), st.floats(-2, 2, width=32)),
)
forward = st.one_of(
    st.tuples(st.just("run"), st.integers(1, 9)),
    st.tuples(st.just("run"), st.just(70)),
    st.tuples(st.just("phase"), st.integers(1, 7)),
)
travels = st.one_of(
    st.tuples(st.just("back"), st.integers(0, 12)),
    st.tuples(st.just("seek"), st.floats(0, 1)),
    st.just(("reset", None)),
)
commands = st.lists(st.one_of(changes, forward, travels), max_size=12)


def do(trainer: Trainer, command: tuple[str, Any]) -> None:
    name, argument = command
    if name == "run":
        list(trainer.run(steps=argument))
    elif name == "phase":
        for _ in range(argument):
            trainer.phase()
    elif name == "switch":
        trainer.switch(**argument)
    elif name == "reseed":
        trainer.reseed(argument)
    elif name == "set":
        parameter = next(name for name in trainer.parameters if name.endswith(".bias"))
        trainer.set_parameter(parameter, 0, argument)
    elif name == "back":
        trainer.back(min(argument, trainer.steps))
    elif name == "seek":
        trainer.seek(round(argument * trainer.history.steps))
    elif name == "reset":
        trainer.reset()


def run(script: list[tuple[str, Any]]) -> Trainer:
    trainer = Trainer("two-layer", "xor", seed=1)
    for command in script:
        do(trainer, command)
    return trainer


def facts(trainer: Trainer) -> tuple[Any, ...]:
    return (
        str(trainer.spec),
        trainer.settings,
        trainer.steps,
        trainer.position,
        trainer.last_event,
        {name: bits(value) for name, value in trainer.parameters.items()},
    )


many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(commands, st.integers(1, 80))
def test_back_and_forward_again_is_where_it_was(script: list[tuple[str, Any]], n: int) -> None:
    trainer = run(script)
    if trainer.position.phase is not None:
        trainer.step()
    losses = list(trainer.history.losses)
    here, steps = facts(trainer), trainer.steps
    trainer.back(min(n, steps))
    middle = facts(trainer)
    again = list(trainer.run(steps=steps - trainer.steps))
    assert facts(trainer) == here
    assert list(trainer.history.losses) == losses
    trainer.back(min(n, steps))
    assert facts(trainer) == middle
    assert [trainer.step() for _ in again] == again
    trainer.seek(0)
    trainer.seek(steps)
    assert facts(trainer) == here


@many
@given(commands)
def test_the_spec_of_a_run_leads_to_the_same_state_and_the_same_future(script: list[tuple[str, Any]]) -> None:
    trainer = run(script)
    other = Trainer.from_spec(str(trainer.spec))
    if trainer.position.phase is None:
        assert facts(other) == facts(trainer)
    else:
        assert (str(other.spec), other.position) == (str(trainer.spec), trainer.position)
    assert other.spec == trainer.spec
    at_the_end = trainer.steps == trainer.history.steps  # otherwise edits already made may lie ahead
    assert other.step() == trainer.step()
    if at_the_end:
        assert [other.step() for _ in range(3)] == [trainer.step() for _ in range(3)]
        assert facts(other) == facts(trainer)


@many
@given(commands)
def test_points_in_epochs_and_in_steps_are_the_same_points(script: list[tuple[str, Any]]) -> None:
    trainer = run([*script, ("run", 1)])
    end = trainer.history.steps
    for steps in {0, end // 2, max(end - 1, 0)}:
        trainer.seek(steps)
        here, position = facts(trainer), trainer.position
        trainer.seek(end)
        trainer.seek(str(position))
        assert facts(trainer) == here


def test_any_step_of_a_long_run_with_a_change_at_a_checkpoint() -> None:
    trainer = Trainer("two-layer", "xor", optimizer="adam")
    assert list(trainer.run(steps=128))
    trainer.switch(loss="l1")
    list(trainer.run(steps=128))
    states = {}
    for steps in (256, 255, 193, 192, 191, 129, 128, 127, 65, 64, 63, 1, 0):
        trainer.seek(steps)
        states[steps] = facts(trainer)
    fresh = Trainer("two-layer", "xor", optimizer="adam")
    for steps in range(257):
        if steps == 128:
            fresh.switch(loss="l1")
        if steps in states:
            assert facts(fresh) == states[steps]
        fresh.step()


def test_seek_into_a_step() -> None:
    trainer = Trainer("two-layer", "xor")
    list(trainer.run(steps=9))
    trainer.seek("1e+2:backward")
    assert (trainer.steps, str(trainer.position)) == (6, "1e+2:backward")
    with pytest.raises(HltError):
        trainer.seek(10)
    assert str(trainer.position) == "1e+2:backward"
    trainer.seek(9)
    assert trainer.last_event is not None
    assert trainer.last_event.step == 8
