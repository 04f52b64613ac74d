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
from hltcore.survey import epoch_facts, numbers_of, prepare, start_facts

__all__ = ["Inspector"]

_SPACING = 64
"""Steps between two looks at all examples of small data, so that they cost little beside the steps."""
_NUMBERS = 32
"""Numbers in a forward pass on all examples that are worth one step more between two looks."""
_GROWTH = 2
"""How many times the steps so far may pass between two looks early in a run."""
_LATE = 128
"""The part of a long run so far that passes between two looks: what a line keeps of them stays small."""
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
        self._waiting: list[CheckEntry] = []
        self._waiting_odd: list[CheckEntry] = []
        self._branch: Branch | None = None  # on which these wait, since the last edit
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
        self._branch = None

    def start(self, engine: Engine, branch: Branch) -> None:
        """Look at the settings at the end of a line."""
        self.forget()
        if self._at_epochs:
            prepare(engine)
        checks = self._of("start")
        if checks:
            facts = start_facts(engine, branch)
            self._record(branch, self._ask(_fitting(checks, facts.functions, engine.dataset), facts, branch))

    def step(self, engine: Engine, branch: Branch, event: StepEvent, before: StepEvent | None, loss: float) -> None:
        """Look at a step that was just recorded."""
        large = _LARGE / max(event.lr, 1.0)
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
        checks = self._at_epochs
        if not checks or not _due(engine, branch):
            return
        try:
            facts = epoch_facts(engine, branch, epoch, event)
        except Exception as error:  # the run is to go on; its next step tells what is wrong
            self._broken.update(dict.fromkeys((check.name for check in checks), reason(error)))
            return
        norm, level = facts.norms[-1], facts.levels[-1]
        finite = math.isfinite(norm) and math.isfinite(level)  # else there is nothing more to be found out
        found = self._ask(_fitting(checks, facts.functions, facts.dataset), facts, branch) if finite else []
        found = [replace(finding, told=finding.told + _looked_at(facts.dataset)) for finding in found]
        lasting = {check.name: check.lasting for check in checks if check.lasting > 1}
        counted = [finding for finding in found if finding.check not in lasting]
        before = {(check, where): (since, times) for check, where, since, times in _held(branch)}
        held = []
        for finding in found:
            if finding.check in lasting:
                since, times = before.get((finding.check, finding.where), (finding.step, 0))
                held.append((finding.check, finding.where, since, times + 1))
                if times + 1 >= lasting[finding.check]:
                    counted.append(replace(finding, since=since))
        branch.look(Look(facts.step, norm, level, tuple(held)))
        if counted:
            self._record(branch, counted)

    def _ask(self, checks: Iterable[CheckEntry], facts: Any, branch: Branch) -> list[Finding]:
        found: list[Finding] = []
        for check in checks:
            try:
                found.extend(_sound(finding, facts.step) for finding in check.factory(facts))
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


def _looked_at(data: Dataset) -> str:
    """What a finding about an excerpt says besides."""
    return f" Looked at: {len(data):,} of {data.whole:,} examples." if data.rows else ""


def _known(branch: Branch) -> set[tuple[str, str]]:
    return {(finding.check, finding.where) for finding in branch.findings}


def _held(branch: Branch) -> tuple[tuple[str, str, int, int], ...]:
    """What has held at the last look, unless an edit was made since."""
    looks, entries = branch.looks, branch.entries
    return looks[-1].held if looks and not (entries and entries[-1].step >= looks[-1].step) else ()


def _due(engine: Engine, branch: Branch) -> bool:
    """Whether to look: often at first, and at the end of the next epoch where something has yet to last."""
    looks = branch.looks
    if not looks:
        return True
    last = looks[-1]
    passed = branch.steps - last.step
    if last.held and {(check, where) for check, where, _, _ in last.held} - _known(branch):
        return True
    if passed < min(_SPACING, _GROWTH * last.step):
        return False
    spacing = max(_SPACING + numbers_of(engine) // _NUMBERS, last.step // _LATE)
    return passed >= min(spacing, _GROWTH * last.step)
