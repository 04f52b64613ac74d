"""Goals: each holds where it should and only there, and what is no goal is refused with the nearest."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hltcore import Trainer
from tests.tui.panels import look
from tui.course.goals import MATCHES, QUANTITIES, SHARES, STATES, GoalError, parse_goal
from tui.course.scene import Scene
from tui.snapshot import Snapshot

FOCUS = ("linear1.weight", (1, 0))


def scene(spec: str, *, back: int = 0, twin: bool = False) -> Scene:
    trainer = Trainer.from_spec(spec)
    if back:
        trainer.back(back)
    snapshot = look(trainer)
    if twin:
        object.__setattr__(snapshot, "twin", snapshot)
    return Scene(snapshot, FOCUS, frozenset({"parameters", "story"}), frozenset({"perro"}))


FRESH = "two-layer/xor seed=1"
STEPPED = f"{FRESH} @9"
DEAD = "two-layer/xor seed=0 lr=0.5 @40e"


@pytest.mark.parametrize(
    ("spec", "holding", "failing"),
    [
        (STEPPED, ["steps=9", "steps>8", "steps<=9", "epoch=2", "epoch>=2"], ["steps<9", "epoch>2", "steps=8.5"]),
        (FRESH, ["lr=0.1", "steps=0"], ["loss<1", "loss>0", "loss=l1", "edits>0"]),
        (f"{FRESH} @1", ["loss<0.1", "loss=mse", "mean-loss>0.1"], ["loss>0.1", "mean-loss<0.01", "loss=bce"]),
        ("logistic/and lr=1 @200e", ["right=all", "right=4", "wrong=0"], ["right<4", "wrong>0"]),
        ("logistic/xor @9", ["wrong>0", "right<4"], ["right=all", "held-out-accuracy>=0"]),
        (
            "logistic/circles held_out=0.5 @1e",
            ["held-out-accuracy>=0", "held-out-accuracy<=1"],
            ["held-out-accuracy<0"],
        ),
        (f"{FRESH} lr=0.2 @3 lr=0.5 @4", ["edits=1", "lr=0.5", "seed=1"], ["lr=0.2", "seed=0"]),
        (f"{FRESH} @3 linear1.weight[1,0]=0.3", ["linear1.weight[1,0]=0.3", "edits>=1"], ["linear1.weight[1,0]<0.3"]),
        (FRESH, ["linear1.weight[0,0]<9"], ["linear1.weight[7,0]<9", "W.weight[0,0]>-9", "W.weight[0,0]<9"]),
        (f"{FRESH} @3:backward", ["phase=backward", "steps=3"], ["phase=forward", "phase=loss"]),
        (STEPPED, ["focus=linear1.weight[1,0]", "focus=linear1.weight[1]", "focus=linear1.weight"], ["phase=loss"]),
        (STEPPED, ["focus=linear1", "panel=story", "tried", "tried=Perro"], ["focus=linear1.weight[0]", "tried=cat"]),
        (STEPPED, ["batch=1", "shuffle=false", "hidden=2"], ["focus=linear", "focus=linear2", "panel=loss", "twin"]),
        (
            STEPPED,
            ["model=2-layer", "dataset=xor", "optimizer=sgd", "init=pytorch"],
            ["momentum=0.9", "model=logistic"],
        ),
        (DEAD, ["finding", "finding=dead-unit"], ["no-finding", "finding=diverging"]),
        (FRESH, ["no-finding", "lines=1"], ["finding", "finding=dead-unit", "behind", "lines>1"]),
    ],
)
def test_each_holds_where_it_should(spec: str, holding: list[str], failing: list[str]) -> None:
    seen = scene(spec)
    assert [words for words in holding if not parse_goal(words).holds(seen)] == []
    assert [words for words in failing if parse_goal(words).holds(seen)] == []


def test_going_back() -> None:
    seen = scene(DEAD, back=159)
    assert parse_goal("behind").holds(seen)
    assert parse_goal("no-finding").holds(seen), "what was found lies ahead"


def test_a_twin_and_an_empty_sheet() -> None:
    assert parse_goal("twin").holds(scene(FRESH, twin=True))
    bare = Scene(look(FRESH))
    assert not any(parse_goal(words).holds(bare) for words in ("tried", "focus=linear1", "panel=loss"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("behnd", 'did you mean "behind"?'),
        ("loss", 'did you mean "loss<…"?'),
        ("los<1", 'did you mean "loss"?'),
        ("loss<small", '"small" is no number'),
        ("steps=nan", '"nan" is no number'),
        ("loss=msee", 'Unknown loss "msee": did you mean "mse"?'),
        ("lr<0.5", '"lr" is a setting: compare it with ='),
        ("lr=fast", "lr=fast is not allowed"),
        ("hiden=3", 'did you mean "hidden"?'),
        ("phase=backwards", 'There is no phase "backwards": did you mean "backward"?'),
        ("phase=update", 'There is no phase "update"'),
        ("finding=dead", 'There is no check "dead": did you mean "dead-unit"?'),
        ("panel=storry", 'There is no panel "storry": did you mean "story"?'),
        ("finding<3", '"finding" is compared with a word: write finding=…, not finding<…'),
        ("panel>=story", '"panel" is compared with a word'),
        ("behind=3", '"behind" is compared with nothing: write it alone.'),
        ("twin=1", '"twin" is compared with nothing'),
        ("no-finding<2", '"no-finding" is compared with nothing'),
        ("held-out-accuracy>=80", 'held-out-accuracy is a share: compare it with a number from 0 to 1, not with "80"'),
        ("held-out-accuracy<-0.1", 'from 0 to 1, not with "-0.1"'),
        ("focus=a b", '"a b" is no place'),
        ("right=most", '"most" is no number'),
        ("", '"" is no goal'),
        ("<3", '"<3" is no goal'),
        ("loss<", '"loss<" is no goal'),
    ],
)
def test_what_is_no_goal_gets_one_sentence(words: str, said: str) -> None:
    with pytest.raises(GoalError) as raised:
        parse_goal(words)
    assert said in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


@given(st.text(max_size=30) | st.from_regex(r"[a-z\-]{1,9}[<>=]{1,2}[a-z0-9.\[\],]{0,9}", fullmatch=True))
def test_any_text_is_a_goal_or_refused(text: str) -> None:
    with suppress(GoalError):
        assert parse_goal(text).holds(Scene(look_once())) in (True, False)


@cache
def look_once() -> Snapshot:
    return look(STEPPED)


@given(st.sampled_from([*QUANTITIES, "loss"]), st.floats(-1e6, 1e6))
def test_of_below_above_and_equal_exactly_one_holds(name: str, bound: float) -> None:
    seen = Scene(look_once())
    bound = bound % 1 if name in SHARES else bound
    goals = [parse_goal(f"{name}{sign}{bound!r}") for sign in ("<", ">")]
    held = sum(goal.holds(seen) for goal in goals)
    equal = QUANTITIES[name](seen) == bound
    assert held + equal == (0 if name == "held-out-accuracy" else 1)


def test_the_tables_are_told_apart() -> None:
    assert not set(QUANTITIES) & (set(STATES) | set(MATCHES))
