"""Findings: what a run's checks find stays with its line, whichever way it is reached."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from hltcore import Trainer, diagnostics
from hltcore.diagnostics import Finding
from hltcore.diagnostics.check import When
from hltcore.errors import ConditionError, NotReachedError, OptionError

DYING = "two-layer/xor seed=3 lr=0.5"


@pytest.fixture
def added() -> Iterator[Any]:
    """Registers checks for one test."""
    names: list[str] = []

    def add(name: str, check: Any, **how: Any) -> None:
        diagnostics.register(name, check, **how)
        names.append(name)

    yield add
    for name in names:
        diagnostics.registry.remove(name)


def named(trainer: Trainer) -> list[str]:
    return [finding.check for finding in trainer.findings]


def test_each_is_found_once_and_kept_when_the_run_goes_back() -> None:
    trainer = Trainer.from_spec(f"{DYING} @40e")
    found = trainer.findings
    assert len({(finding.check, finding.where) for finding in found}) == len(found) > 0
    assert [finding.step for finding in found] == sorted(finding.step for finding in found)
    trainer.back(100)
    assert trainer.findings == found
    assert trainer.history.findings_until(trainer.steps) == [f for f in found if f.step <= trainer.steps]
    list(trainer.run(steps=100))
    assert trainer.findings == found


@pytest.mark.parametrize("spec", [DYING, "two-layer/language-id/difference", "eight-layer/xor/l1 lr=0.3 batch=3"])
@pytest.mark.parametrize("fork", [3, 8, 40, 64, 101])
def test_a_fork_finds_what_its_line_finds_however_it_came_about(spec: str, fork: int) -> None:
    trainer = Trainer.from_spec(f"{spec} @150")
    first = trainer.findings
    trainer.seek(fork)
    trainer.switch(lr=0.05)
    assert list(trainer.findings) == [finding for finding in first if finding.step <= fork]
    list(trainer.run(steps=90))
    forked = trainer.findings
    assert forked == Trainer.from_spec(str(trainer.line)).findings
    (left,) = trainer.branches
    assert tuple(left.findings) == first
    trainer.checkout(left)
    assert trainer.findings == first
    trainer.checkout(trainer.branches[0])
    assert trainer.findings == forked


def test_a_step_that_fails_leaves_no_finding(added: Any) -> None:
    def stop(facts: Any) -> Iterator[Finding]:
        if facts.step == 9:
            raise KeyboardInterrupt
        yield Finding("every-step", facts.step, facts.step, str(facts.step), "There was a step.", "Nothing.")

    added("every-step", lambda facts: (), when="step")
    added("stop", stop, when="step")
    trainer = Trainer("two-layer", "xor")
    list(trainer.run(steps=8))
    before = trainer.findings
    with pytest.raises(KeyboardInterrupt):
        trainer.step()
    assert (trainer.findings, trainer.steps) == (before, 8)


def test_a_check_that_fails_breaks_no_run_and_is_told_of(added: Any) -> None:
    def broken(facts: Any) -> Iterator[Finding]:
        raise ValueError("no such thing")

    for when in ("start", "step", "epoch"):
        added(f"broken-{when}", broken, when=when)
    trainer = Trainer.from_spec(f"{DYING} @40e")
    assert trainer.parameters == Trainer.from_spec(f"{DYING} @40e").parameters
    assert {(item.check, item.why) for item in trainer.unchecked} == {
        (f"broken-{when}", "ValueError: no such thing") for when in ("start", "step", "epoch")
    }
    assert "dead-unit" in named(trainer)


def test_data_too_large_to_prove_are_told_as_unchecked_until_there_are_others() -> None:
    def untold(trainer: Trainer) -> list[str]:
        told = [item.why for item in trainer.unchecked if item.check == "not-separable"]
        assert not told or "not-separable" not in named(trainer)
        return told

    trainer = Trainer("logistic", "word-list", features="letters")
    whys = ["The data have 12150 numbers: whether a line separates the classes is proved up to 10000."]
    assert untold(trainer) == whys
    trainer.switch(features="pairs")  # a perceptron proves that a plane does
    assert untold(trainer) == []
    trainer.switch(features="letters")
    list(trainer.run(steps=3))
    assert untold(trainer) == untold(trainer.copy()) == whys
    trainer.switch(dataset="xor")
    assert (untold(trainer), named(trainer)[-1]) == ([], "not-separable")
    left = trainer.history
    trainer.seek(2)
    trainer.switch(lr=0.2)
    assert untold(trainer) == whys
    trainer.checkout(left)
    assert untold(trainer) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (lambda step: "text", 'TypeError: it gave "t" in the place of a finding'),
        (lambda step: [Finding("odd", step + 1, 0, "", "", "")], "ValueError: it gave a finding of step"),
        (lambda step: [Finding("odd", step, step + 1, "", "", "")], "ValueError: a finding of step"),
        (lambda step: [Finding("odd", math.nan, 0, "", "", "")], "TypeError: a finding has"),  # type: ignore[arg-type]
        (lambda step: [Finding("odd", step, step, ["x"], "", "")], "TypeError: a finding has"),  # type: ignore[arg-type]
        (lambda step: [Finding("odd", step, step, "", "", None)], "TypeError: a finding has"),  # type: ignore[arg-type]
    ],
)
@pytest.mark.parametrize("when", ["start", "step", "epoch"])
def test_a_check_that_finds_nonsense_breaks_no_run(added: Any, given: Any, why: str, when: When) -> None:
    added("odd", lambda facts: given(facts.step), when=when)
    trainer = Trainer("two-layer", "xor")
    list(trainer.run(epochs=2))
    assert trainer.parameters == Trainer.from_spec("two-layer/xor @2e").parameters
    assert [item.why.startswith(why) for item in trainer.unchecked if item.check == "odd"] == [True]


def test_a_run_stops_where_something_is_found() -> None:
    trainer = Trainer.from_spec(DYING)
    list(trainer.run_until("finding dead-unit"))
    (first, *_) = [finding for finding in trainer.findings if finding.check == "dead-unit"]
    assert trainer.steps == first.step
    again = Trainer.from_spec(f"{DYING} @40e")
    again.seek(0)
    list(again.run_until("finding  dead-unit"))
    assert again.steps == first.step
    with pytest.raises(NotReachedError):
        list(again.run_until("finding loss-below-zero", at_most=20))
    with pytest.raises(ConditionError, match='no check "ded-unit": did you mean "dead-unit"'):
        list(again.run_until("finding ded-unit"))


def test_what_lasts_is_found_after_an_epoch_with_the_step_since_which_it_holds(added: Any) -> None:
    def low(facts: Any) -> Iterator[Finding]:
        if facts.step >= 12:
            yield Finding("low", facts.step, facts.step, "", "It is low.", "Nothing.")

    added("low", low, lasting=2)
    trainer = Trainer.from_spec("two-layer/xor @40e")
    (finding,) = [finding for finding in trainer.findings if finding.check == "low"]
    assert (finding.step, finding.since) == (16, 12)


def test_without_checks_nothing_is_looked_for_and_that_is_said() -> None:
    trainer = Trainer("two-layer", "xor", checks=False)
    list(trainer.run(epochs=20))
    with pytest.raises(OptionError, match="checks=False"):
        trainer.findings  # noqa: B018
    checked = Trainer("two-layer", "xor")
    list(checked.run(epochs=20))
    assert checked.findings
    assert checked.copy().findings == checked.findings
    assert trainer.parameters == checked.parameters
