"""Conditions: what a run can be trained on until, as words: ``loss<0.01``, ``all-right``, ``sign W.weight[0,1]``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hltcore.edits import Position
from hltcore.errors import ConditionError, SpecError, nearest, quoted
from hltcore.events import StepEvent

if TYPE_CHECKING:
    from hltcore.standing import Standing

__all__ = ["EXAMPLES", "Condition", "bound_in", "differs", "parse_condition"]

Watch = Callable[["StepEvent | None"], bool]

_BOUND = re.compile(r"(?P<what>mean-loss|loss)\s*(?P<sign>[<>])\s*(?P<bound>\S+)")
_CELL = re.compile(r"(?P<how>sign|changes)\s+(?P<name>[^\[\]\s]+)\[(?P<index>\d{1,18}(?:,\d{1,18})*)\]")
_FINDING = re.compile(r"finding(?:\s+(?P<check>\S+))?")
_CROSSES = re.compile(r"crosses(?:\s+(?P<label>.+))?")

EXAMPLES = (
    ("loss<0.01", "the loss of a step is below 0.01"),
    ("mean-loss<0.01", "the mean loss over all examples is below 0.01"),
    ("all-right", "every example is on the right side"),
    ("crosses", "some example's prediction changes sides"),
    ("crosses LABEL", "that example's prediction changes sides"),
    ("sign W.weight[0,1]", "that number changes its sign"),
    ("changes W.weight[0,1]", "that number changes"),
    ("finding", "a check finds something"),
    ("finding dead-unit", "that check finds something"),
    ("120", "120 steps are complete; 12e and 12e+3 say it in epochs"),
)
"""Every form of a condition, with its meaning."""


class Condition(Protocol):
    """Something that holds at some points of a run; ``str()`` gives its words."""

    def watch(self, run: Standing) -> Watch:
        """Begin to watch a run where it stands.

        Returns:
            A function that tells whether the condition holds here. It is called with None at first, and then with
            each step's event, after the step.

        Raises:
            ConditionError: The run has nothing of that name.
        """


@dataclass(frozen=True)
class _Loss:
    """The loss of the last step, or the mean of all examples' losses, is below or above a bound."""

    bound: float
    below: bool = True
    mean: bool = False

    def watch(self, run: Standing) -> Watch:
        def holds(event: StepEvent | None) -> bool:
            if self.mean:
                losses = run.evaluate().losses
                value = sum(losses) / len(losses)
            else:
                value = math.nan if event is None else event.loss
            return value < self.bound if self.below else value > self.bound

        return holds

    def __str__(self) -> str:
        return f"{'mean-loss' if self.mean else 'loss'}{'<' if self.below else '>'}{self.bound:g}"


@dataclass(frozen=True)
class _AllRight:
    """Every example is on the side of its target."""

    def watch(self, run: Standing) -> Watch:
        _check_classes(run, self)

        def holds(event: StepEvent | None) -> bool:
            targets = run.dataset.targets
            return run.evaluate().count_right(targets) == len(targets)

        return holds

    def __str__(self) -> str:
        return "all-right"


@dataclass(frozen=True)
class _Crosses:
    """The prediction of an example, or of any, is on the other side than before the last step."""

    label: str = ""

    def watch(self, run: Standing) -> Watch:
        _check_classes(run, self)
        labels = run.dataset.labels
        if self.label and self.label not in labels:
            raise ConditionError(f"There is no example {quoted(self.label)}: {nearest(self.label, labels)}")
        rows = [row for row, label in enumerate(labels) if self.label in ("", label)]
        before: list[int | None] = [None] * len(rows)

        def holds(event: StepEvent | None) -> bool:
            nonlocal before
            seen = run.evaluate()
            last, before = before, [seen.says(row) for row in rows]
            return any(None not in pair and pair[0] != pair[1] for pair in zip(last, before))

        return holds

    def __str__(self) -> str:
        return f"crosses {self.label}".rstrip()


@dataclass(frozen=True)
class _Cell:
    """A number of a parameter changes, or changes its sign."""

    name: str
    index: tuple[int, ...]
    sign: bool

    def watch(self, run: Standing) -> Watch:
        self._value(run)
        before = math.nan

        def holds(event: StepEvent | None) -> bool:
            nonlocal before
            now = self._value(run)
            last, before = before, now
            return differs(last, now, sign=self.sign)

        return holds

    def _value(self, run: Standing) -> float:
        parameters = run.parameters
        if self.name not in parameters:
            raise ConditionError(f"The model has no parameter {quoted(self.name)}: {nearest(self.name, parameters)}")
        value = parameters[self.name]
        try:
            for place in self.index:
                value = value[place]
            return float(value)
        except (IndexError, TypeError):
            raise ConditionError(f"{self.name} has no number at [{', '.join(map(str, self.index))}].") from None

    def __str__(self) -> str:
        return f"{'sign' if self.sign else 'changes'} {self.name}[{','.join(map(str, self.index))}]"


@dataclass(frozen=True)
class _Finding:
    """A check, or any, has found something just here."""

    check: str = ""

    def watch(self, run: Standing) -> Watch:
        from hltcore.diagnostics import registry  # late: the checks come with the trainer

        names = registry.names()
        if self.check and self.check not in names:
            raise ConditionError(f"There is no check {quoted(self.check)}: {nearest(self.check, names)}")
        findings = run.history.findings_until(run.steps)

        def holds(event: StepEvent | None) -> bool:
            nonlocal findings
            known, findings = len(findings), run.history.findings_until(run.steps)
            return any(self.check in ("", finding.check) for finding in findings[known:])

        return holds

    def __str__(self) -> str:
        return f"finding {self.check}".rstrip()


@dataclass(frozen=True)
class _Point:
    """So many steps, or epochs and steps, are complete."""

    position: Position

    def watch(self, run: Standing) -> Watch:
        goal = self.position

        def holds(event: StepEvent | None) -> bool:
            if goal.epoch is None:
                return run.steps >= goal.step
            here = run.position
            return (here.epoch or 0, here.step) >= (goal.epoch, goal.step)

        return holds

    def __str__(self) -> str:
        return str(self.position)


def _check_classes(run: Standing, condition: Condition) -> None:
    """Refuse to wait for a side where there are none."""
    if not run.dataset.classes:
        raise ConditionError(
            f"{quoted(condition)} holds at no point: the targets of {quoted(run.dataset.name)} are numbers, and no "
            "prediction is right or wrong."
        )


def differs(before: float, after: float, *, sign: bool) -> bool:
    """Whether a number changed, or changed its sign; what is no number has not."""
    if math.isnan(before) or math.isnan(after):
        return False
    return (before < 0) != (after < 0) if sign else before != after


def parse_condition(text: str) -> Condition:
    """Read a condition: one of the forms in ``EXAMPLES``.

    Raises:
        ConditionError: It is none of them.
    """
    words = " ".join(text.split())
    if match := _BOUND.fullmatch(words):
        return _Loss(bound_in(match["bound"]), match["sign"] == "<", match["what"] == "mean-loss")
    if match := _CELL.fullmatch(words):
        return _Cell(match["name"], tuple(map(int, match["index"].split(","))), match["how"] == "sign")
    if match := _CROSSES.fullmatch(words):
        return _Crosses(match["label"] or "")
    if match := _FINDING.fullmatch(words):
        return _Finding(match["check"] or "")
    if words in ("all-right", "all right"):
        return _AllRight()
    try:
        position = Position.parse(words.removeprefix("step ").removeprefix("epoch "))
    except SpecError:
        position = None
    if position is None or position.phase is not None:
        forms = (form for form, _ in EXAMPLES)
        raise ConditionError(f"{quoted(text)} is not a condition: {nearest(words, forms)}")
    return _Point(position)


def bound_in(word: str) -> float:
    """A bound of a loss.

    Raises:
        ConditionError: It is no number.
    """
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise ConditionError(f"{quoted(word)} is not a number that a loss could be below or above.")
    return value
