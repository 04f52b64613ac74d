"""Inspection: looks at a run with every check, as its steps are recorded for the first time.

What is found depends on the line of history alone, not on the way that led along it: between two looks nothing is kept
but what the line keeps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hltcore.dataset import Dataset
from hltcore.diagnostics import CheckEntry, Finding, StepFacts, Unchecked, registry
from hltcore.engine import Engine
from hltcore.errors import UncheckedError, quoted, reason
from hltcore.events import StepEvent
from hltcore.history import Branch
from hltcore.records import Look, Skip
from hltcore.survey import Survey

__all__ = ["Inspector"]

_SPACING = 64
"""Steps between two looks at all examples of small data, so that they cost little beside the steps."""
_NUMBERS = 32
"""Numbers in a forward pass on all examples that are worth one step more between two looks."""
_GROWTH = 2
"""How many times the steps so far may pass between two looks early in a run."""
_LATE = 128
"""The part of a long run so far that passes between two looks: what a line keeps of them stays small."""
Held = tuple[str, str, int, int]
"""Something in ``Look.held``."""
_NO_STEP = "No step is complete yet."
_NO_EPOCH = "No epoch is complete yet."
_LARGE = 1e6
"""The loss, times the learning rate where that is above 1, from which on a step is odd."""


class Inspector:
    """Asks the checks, and records what they find.

    Args:
        checks: The checks to ask.
    """

    def __init__(self, checks: Iterable[CheckEntry] | None = None) -> None:
        self._checks = tuple(registry if checks is None else checks)
        self._at_steps, self._at_odd_steps = self._of("step"), self._of("odd-step")
        self._at_epochs = self._of("epoch")
        self._lasting = {check.name: check.lasting for check in self._at_epochs if check.lasting > 1}
        self._waiting: list[CheckEntry] = []
        self._waiting_odd: list[CheckEntry] = []
        self._branch: Branch | None = None  # on which these wait, since the last edit
        self._resting: Branch | None = None  # on which no look is due before the next one's step
        self._next = 0
        self._survey: Survey | None = None
        self._fit: list[CheckEntry] = []  # those at epochs that can look at what it surveys
        self._broken: dict[str, str] = {}

    @property
    def looks(self) -> bool:
        """Whether there is any check that looks."""
        return bool(self._checks)

    def _of(self, when: str) -> tuple[CheckEntry, ...]:
        return tuple(check for check in self._checks if check.when == when)

    def unchecked(self, functions: tuple[str, ...], classes: bool, branch: Branch) -> tuple[Unchecked, ...]:
        """The checks that have not looked at a line, or could not tell or failed when they did, and why.

        Args:
            functions: The activation functions of the model's layers; none if it is not a row of layers.
            classes: Whether the data have two classes.
            branch: The line.
        """
        no_step, no_epoch = "" if branch.steps else _NO_STEP, "" if branch.looks else _NO_EPOCH
        not_yet = {"start": "", "step": no_step, "odd-step": no_step, "epoch": no_epoch}
        edits = len(branch.entries)
        unable = {skip.check: skip.why for skip in branch.skips if skip.edits == edits}
        told = []
        for check in self._checks:
            other_kind = "" if functions or not check.layers else "The model is not a row of layers."
            other_kind = other_kind or ("" if classes or not check.classes else "The targets are numbers, not classes.")
            why = self._broken.get(check.name) or other_kind or unable.get(check.name) or not_yet[check.when]
            if why:
                told.append(Unchecked(check.name, why))
        return tuple(told)

    def checked(self, functions: tuple[str, ...], classes: bool, branch: Branch) -> tuple[str, ...]:
        """The names of the checks that have looked at a line."""
        missing = {item.check for item in self.unchecked(functions, classes, branch)}
        return tuple(check.name for check in self._checks if check.name not in missing)

    def forget(self) -> None:
        """Look anew at what was found: something may be gone."""
        self._branch = self._resting = None

    def _survey_of(self, engine: Engine) -> Survey:
        """The same as the last time for the same engine."""
        if self._survey is None or self._survey.engine is not engine:
            self._survey = Survey(engine)
            self._fit = _fitting(self._at_epochs, self._survey.functions, engine.dataset)
        return self._survey

    def start(self, engine: Engine, branch: Branch) -> None:
        """Look at the settings at the end of a line."""
        self.forget()
        if self._at_epochs:
            self._survey_of(engine).prepare()
        checks = self._of("start")
        if checks:
            facts = self._survey_of(engine).start(branch)
            self._record(branch, self._ask(_fitting(checks, facts.functions, engine.dataset), facts, branch))

    def step(self, engine: Engine, branch: Branch, event: StepEvent, before: StepEvent | None, loss: float) -> None:
        """Look at a step that was just recorded."""
        lr = event.lr
        large = _LARGE if lr <= 1 else _LARGE / lr
        odd = not 0 <= loss <= large
        if not odd and not self._at_steps:
            return
        if branch is not self._branch:
            self._wait_on(branch, event.layout.functions, engine.dataset)
        waiting = self._waiting + self._waiting_odd if odd else self._waiting
        finite = math.isfinite(loss)
        if finite and abs(loss) > large:
            finite = math.isfinite(engine.buffer.values.sum().item())
        found = self._ask(waiting, StepFacts(engine.spec, event, before, loss, finite), branch)
        if found:
            self._record(branch, found)

    def _wait_on(self, branch: Branch, functions: tuple[str, ...], data: Dataset) -> None:
        """Ask those at steps that have not found anything on a line."""
        names = {finding.check for finding in branch.findings}
        self._branch = branch
        self._waiting, self._waiting_odd = (
            [check for check in _fitting(checks, functions, data) if check.name not in names]
            for checks in (self._at_steps, self._at_odd_steps)
        )

    def epoch(self, engine: Engine, branch: Branch, epoch: int, event: StepEvent) -> None:
        """Look at all examples at the end of an epoch, if the last look is long enough ago."""
        step = event.step + 1
        if not self._at_epochs or (branch is self._resting and step < self._next):
            return
        try:
            survey = self._survey_of(engine)
            self._resting, self._next = branch, _due(branch, survey)
            if step < self._next:
                return
            facts = survey.epoch(branch, epoch, event)
        except Exception as error:  # the run is to go on; its next step tells what is wrong
            self._resting = None
            self._broken.update(dict.fromkeys((check.name for check in self._at_epochs), reason(error)))
            return
        self._resting = None
        norm, level = facts.norms[-1], facts.levels[-1]
        finite = math.isfinite(norm) and math.isfinite(level)  # else there is nothing more to be found out
        found = self._ask(self._fit, facts, branch) if finite else []
        held, counted = self._held(found, branch) if found else ((), [])
        branch.look(Look(step, norm, level, held))
        if counted:
            self._record(branch, [_excerpted(finding, facts.dataset) for finding in counted])

    def _held(self, found: list[Finding], branch: Branch) -> tuple[tuple[Held, ...], list[Finding]]:
        """What holds but must last to count, and the findings that count and were not known before."""
        known = _known(branch)
        before = {(check, where): (since, times) for check, where, since, times in _held_last(branch)}
        held, at_once, lasted = [], [], []
        for finding in found:
            pair = finding.check, finding.where
            lasting = self._lasting.get(finding.check, 1)
            if lasting > 1:
                since, times = before.get(pair, (finding.step, 0))
                held.append((*pair, since, times + 1))
                if times + 1 >= lasting and pair not in known:
                    lasted.append(replace(finding, since=since))
            elif pair not in known:
                at_once.append(finding)
        return tuple(held), at_once + lasted

    def _ask(self, checks: Iterable[CheckEntry], facts: Any, branch: Branch) -> list[Finding]:
        found: list[Finding] = []
        for check in checks:
            try:
                for finding in check.factory(facts):
                    found.append(_sound(finding, facts.step))
            except UncheckedError as error:
                skip = Skip(facts.step, len(branch.entries), check.name, str(error))
                if skip not in branch.skips:
                    branch.skip(skip)
            except Exception as error:  # a check that fails must not break the run
                self._broken[check.name] = reason(error)
        return found

    def _record(self, branch: Branch, found: Iterable[Finding]) -> None:
        """Record what was not found before along this line."""
        self.forget()
        known = _known(branch)
        for finding in found:
            if (finding.check, finding.where) not in known:
                known.add((finding.check, finding.where))
                branch.find_out(finding)


def _sound(finding: object, step: int) -> Finding:
    """What a check gave, if it is a finding of a step that is complete."""
    if not isinstance(finding, Finding):
        raise TypeError(f"it gave {quoted(finding)} in the place of a finding")
    if finding.step > step:
        raise ValueError(f"it gave a finding of step {finding.step} after step {step}")
    return finding


def _fitting(checks: Iterable[CheckEntry], functions: tuple[str, ...], data: Dataset) -> list[CheckEntry]:
    """The checks that can look at a model whose layers have these functions, and at these data."""
    able = [check for check in checks if functions or not check.layers]
    return [check for check in able if data.classes or not check.classes]


def _excerpted(finding: Finding, data: Dataset) -> Finding:
    """A finding about an excerpt says so."""
    if not data.rows:
        return finding
    return replace(finding, told=f"{finding.told} Looked at: {len(data):,} of {data.whole:,} examples.")


def _known(branch: Branch) -> set[tuple[str, str]]:
    return {(finding.check, finding.where) for finding in branch.findings}


def _held_last(branch: Branch) -> tuple[Held, ...]:
    """What has held at the last look, unless an edit was made since."""
    looks, entries = branch.looks, branch.entries
    return looks[-1].held if looks and not (entries and entries[-1].step >= looks[-1].step) else ()


def _due(branch: Branch, survey: Survey) -> int:
    """The step from which on to look: soon at first, and at once where something has yet to last."""
    looks = branch.looks
    if not looks:
        return 0
    last = looks[-1]
    if last.held and {(check, where) for check, where, _, _ in last.held} - _known(branch):
        return 0
    spacing = max(_SPACING + survey.numbers // _NUMBERS, last.step // _LATE)
    return last.step + min(spacing, _GROWTH * last.step)
