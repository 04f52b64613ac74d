"""Travel: a phase, an epoch, a line of history back; on to a point, or until something holds."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hltcore import Trainer
from hltcore.errors import ConditionError, NotReachedError, SeekError, SpecError

SEED = 5


def trained(spec: str = "two-layer/xor/mse/sgd seed=3 @12e", **settings: object) -> Trainer:
    return Trainer.from_spec(spec)


def state(trainer: Trainer) -> tuple[object, ...]:
    return (str(trainer.spec), trainer.parameters, trainer.last_event, trainer.last_phase)


@given(done=st.integers(1, 12))
@settings(max_examples=8, deadline=None)
def test_phase_by_phase_back_is_the_way_there_reversed(done: int) -> None:
    trainer = Trainer("two-layer", "xor", seed=3, optimizer="adam" if done % 2 else "sgd")
    list(trainer.run(steps=2))
    trainer.set_parameter("linear1.bias", 0, 0.5)
    seen = [state(trainer)]
    for _ in range(done):
        trainer.phase()
        seen.append(state(trainer))
    for expected in reversed(seen[:-1]):
        trainer.back_phase()
        now = state(trainer)
        assert now[:2] == expected[:2]
        assert now[3] == (None if trainer.position.phase is None else expected[3])


def test_a_phase_back_from_the_start_is_refused() -> None:
    trainer = Trainer()
    with pytest.raises(SeekError, match="by a phase: no step is complete"):
        trainer.back_phase()
    with pytest.raises(SeekError, match="by an epoch: no step is complete"):
        trainer.back_epoch()


def test_an_epoch_back_goes_to_where_it_began_and_then_to_the_one_before() -> None:
    trainer = trained()
    list(trainer.run(steps=3))
    visited = []
    for _ in range(3):
        trainer.back_epoch()
        visited.append(str(trainer.position))
    assert visited == ["12e", "11e", "10e"]
    trainer.phase()
    trainer.back_epoch()
    assert str(trainer.position) == "10e"


@pytest.mark.parametrize("point", ["5", "3e", "3e+2", "3e+2:backward", "20e", "20e+1:loss", "100"])
def test_going_to_a_point_seeks_or_trains_on(point: str) -> None:
    trainer = trained()
    events = list(trainer.run_to(point))
    assert trainer.parameters == Trainer.from_spec(f"two-layer/xor/mse/sgd seed=3 @{point}").parameters
    assert trainer.last_phase == Trainer.from_spec(f"two-layer/xor/mse/sgd seed=3 @{point}").last_phase
    assert bool(events) == (trainer.history.steps > 48 or point == "20e+1:loss")


def test_a_point_that_an_epoch_does_not_have_is_refused() -> None:
    with pytest.raises(SpecError, match="@20e\\+9 does not exist"):
        list(trained().run_to("20e+9"))
    with pytest.raises(SeekError):
        list(trained().run_to("3e+9"))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("loss<0.01", lambda t, before: t.last_event.loss < 0.01),
        ("loss > 1", lambda t, before: t.last_event.loss > 1),
        ("mean-loss<0.3", lambda t, before: sum(t.evaluate().losses) / 4 < 0.3),
        ("crosses", lambda t, before: sides(t) != before["sides"]),
        ("crosses 1 xor 0", lambda t, before: sides(t)[1] != before["sides"][1]),
        ("sign linear2.weight[0,1]", lambda t, before: (number(t) < 0) != (before["number"] < 0)),
        ("changes linear2.weight[0,1]", lambda t, before: number(t) != before["number"]),
        ("7", lambda t, before: t.steps == 7),
        ("step 7", lambda t, before: t.steps == 7),
        ("2e+1", lambda t, before: str(t.position) == "2e+1"),
        ("epoch 2e", lambda t, before: str(t.position) == "2e"),
    ],
)
def test_a_run_until_stops_at_the_first_step_where_it_holds(condition: str, holds) -> None:  # type: ignore[no-untyped-def]
    trainer = Trainer("two-layer", "xor", seed=SEED, lr=0.3)
    events = list(trainer.run_until(condition))
    again = Trainer("two-layer", "xor", seed=SEED, lr=0.3)
    held = []
    for _ in events:
        before = {"sides": sides(again), "number": number(again)}
        again.step()
        held.append(holds(again, before))
    assert held == [False] * (len(events) - 1) + [True]
    assert trainer.parameters == again.parameters


def sides(trainer: Trainer) -> list[bool]:
    return [prediction >= 0.5 for prediction in trainer.evaluate().predictions]


def number(trainer: Trainer) -> float:
    return float(trainer.parameters["linear2.weight"][0][1])


def test_all_right_holds_at_once_where_everything_is() -> None:
    trainer = Trainer("two-layer", "and", seed=0, hidden=4)
    assert list(trainer.run_until("all-right"))
    assert sides(trainer) == [False, False, False, True]
    assert list(trainer.run_until("all-right")) == []


def test_what_never_holds_is_said_after_so_many_steps() -> None:
    trainer = Trainer("logistic-regression", "xor")
    with pytest.raises(NotReachedError, match=r"all-right did not hold at any of the 40 steps"):
        list(trainer.run_until("all-right", at_most=40))
    assert trainer.steps == 40


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("los<1", "is not a condition: did you mean"),
        ("loss<x", '"x" is not a number that a loss could be'),
        ("sign W.wight[0,0]", "The model has no parameter"),
        ("sign W.weight[0,7]", "has no number at"),
        ("sign W.weight[0]", "has no number at"),
        ("crosses gatto", 'There is no example "gatto": did you mean "gatos"?'),
        ("12e+1:loss", "is not a condition"),
        ("", "is not a condition"),
    ],
)
def test_a_bad_condition_is_refused_and_nothing_is_run(text: str, message: str) -> None:
    trainer = Trainer()
    with pytest.raises(ConditionError) as refused:
        list(trainer.run_until(text))
    assert message in str(refused.value)
    assert trainer.steps == 0


def test_a_left_line_can_be_reached_again_and_gone_on() -> None:
    trainer = trained()
    first = (trainer.history, list(trainer.history.losses), trainer.parameters)
    trainer.seek(20)
    trainer.switch(lr=0.5)
    list(trainer.run(steps=40))
    second = (trainer.history, list(trainer.history.losses), trainer.parameters)
    assert first[0].shared_with(second[0]) == second[0].shared_with(first[0]) == 20
    for branch, losses, parameters in (first, second, first, second):
        trainer.checkout(branch)
        assert trainer.history is branch
        assert list(branch.losses) == losses
        trainer.seek(branch.steps)
        assert trainer.parameters == parameters
        assert trainer.parameters == Trainer.from_spec(str(branch.line)).parameters
    trainer.checkout(first[0])
    assert trainer.steps == 48
    trainer.step()
    assert trainer.spec == Trainer.from_spec(str(trainer.spec)).spec
    with pytest.raises(SeekError):
        Trainer().checkout(first[0])


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 5), st.integers(0, 30)), min_size=1, max_size=8))
@example([(3, 0, 0), (2, 0, 0), (0, 1, 0), (0, 3, 0), (1, 0, 1)])  # an edit where a checkpoint is, on both lines
@settings(max_examples=12, deadline=None)
def test_any_forks_and_returns_keep_every_line(moves: list[tuple[int, int, int]]) -> None:
    trainer = Trainer("logistic-regression", "xor", seed=1)
    list(trainer.run(steps=70))
    for place, choice, steps in moves:
        lines = [trainer.history, *trainer.branches]
        trainer.seek(min(place, trainer.history.steps))
        if choice < 3:
            trainer.switch(lr=0.1 + 0.01 * place + 0.5 * choice)
            list(trainer.run(steps=steps))
        else:
            trainer.checkout(lines[choice % len(lines)]) if len(lines) > 1 and choice % len(lines) else None
        expected = {id(branch): list(branch.losses) for branch in lines if branch is not trainer.history}
        for branch in lines:
            if id(branch) in expected:
                assert list(branch.losses) == expected[id(branch)]
                assert branch.steps == len(expected[id(branch)])
    for branch in (trainer.history, *trainer.branches):
        fresh = Trainer.from_spec(str(branch.line))
        assert list(fresh.history.losses) == list(branch.losses)
        assert [str(entry.mark) for entry in fresh.history.entries] == [str(entry.mark) for entry in branch.entries]


@pytest.mark.parametrize("place", [0, 3, 64])
def test_a_fork_where_a_checkpoint_stands_leaves_the_old_line_as_it_was(place: int) -> None:
    trainer = Trainer("two-layer", "xor", seed=1)
    list(trainer.run(steps=3))
    trainer.switch(lr=0.2)
    list(trainer.run(steps=70))
    first, end = trainer.history, trainer.parameters
    trainer.seek(place)
    spec, start = trainer.spec, trainer.parameters
    trainer.set_parameter("linear1.bias", 0, 5.0)
    trainer.step()
    second, edited = trainer.history, trainer.parameters
    trainer.checkout(first)
    trainer.seek(place)
    assert (trainer.spec, trainer.parameters) == (spec, start)
    trainer.seek(first.steps)
    assert trainer.parameters == end
    trainer.checkout(second)
    trainer.seek(second.steps)
    assert trainer.parameters == edited == Trainer.from_spec(second.line).parameters


def test_another_spec_opens_as_a_line_of_its_own() -> None:
    trainer = trained()
    events = list(trainer.open("logistic-regression/and/mse/sgd @2e loss=l1 @3e"))
    assert (trainer.steps, str(trainer.spec)) == (12, "logistic-regression/and/mse/sgd @2e loss=l1 @3e")
    assert len(events) == 13
    (left,) = trainer.branches
    assert (left.steps, left.shared_with(trainer.history)) == (48, None)
    with pytest.raises(SpecError):
        list(trainer.open("two-layer/xor @oops"))
    assert trainer.steps == 12


def test_changes_of_one_number_are_found_in_both_directions() -> None:
    trainer = Trainer("two-layer", "xor", seed=3, lr=0.3)
    list(trainer.run(steps=100))
    trainer.set_parameter("linear1.weight", (0, 0), 7.0)
    list(trainer.run(steps=50))
    where = ("linear1.weight", (0, 0))
    values = []
    for step in range(trainer.history.steps + 1):
        trainer.seek(step)
        values.append(trainer.parameters["linear1.weight"][0][0])
    for sign in (False, True):
        changed = [
            s
            for s in range(1, len(values))
            if ((values[s] < 0) != (values[s - 1] < 0) if sign else values[s] != values[s - 1])
        ]
        for here in (0, 1, 63, 64, 65, 100, 101, 128, 150):
            trainer.seek(here)
            assert trainer.next_change(*where, sign=sign) == min((s for s in changed if s > here), default=None)
            assert trainer.previous_change(*where, sign=sign) == max((s for s in changed if s < here), default=None)
            assert trainer.steps == here
    assert trainer.path(*where).points() == tuple(enumerate(values))


def test_a_search_for_a_change_can_be_given_up() -> None:
    trainer = Trainer("two-layer", "xor", seed=3)
    list(trainer.run(steps=150))
    trainer.seek(100)
    search = trainer.search_change("linear1.weight", (0, 0), forwards=False)
    assert [next(search), next(search)] == [None, None]
    search.close()  # type: ignore[attr-defined]
    assert trainer.steps == 100


def test_a_path_follows_the_run_and_its_edits() -> None:
    trainer = Trainer("two-layer", "xor", seed=3)
    path = trainer.path("linear1.bias", (1,))
    for _ in range(3):
        list(trainer.run(steps=5))
        assert path.points()[-1] == (trainer.steps, trainer.parameters["linear1.bias"][1])
        trainer.set_parameter("linear1.bias", 1, trainer.steps)
        assert path.points()[-1] == (trainer.steps, float(trainer.steps))
    list(trainer.run(steps=700))
    points = path.points()
    assert [step for step, _ in points] == [*range(513), *range(576, 716, 64)]
    trainer.seek(640)
    assert dict(points)[640] == trainer.parameters["linear1.bias"][1]
