"""Log findings: the checks of ``diagnostics`` over an event log, some steps at a time, while it grows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from time import perf_counter
from typing import Any

from hltcore.diagnostics import Finding, StepFacts, Unchecked, registry
from hltcore.errors import RecordingError, UncheckedError, reason
from hltcore.events import Edited, EpochEvent
from hltcore.log import RunLog
from hltcore.log_checks import AT_EPOCHS, AT_ODD_STEPS, CANNOT, dead_units, unowned
from hltcore.log_facts import Settings, Stretch, told
from hltcore.log_lines import Brief, brief, read_line
from hltcore.logged import LogStep

__all__ = ["LogCheckup"]

_LARGE = 1e6
_PAST = 20
_HELD_OUT = 200
_SEEN = 32
"""Steps of an epoch whose tensors are looked at."""
_LONGEST = 1000
"""Steps after which an epoch is taken to be over where the log does not say so."""
_SPACING = 64
_LATE = 128
_AT_ONCE = 64
"""Lines between two looks at the clock."""
_LASTING = {"dead-unit": 2}
_NO_STEP = "No step is complete yet."
_NO_EPOCH = "No epoch is complete yet."
_UNMARKED = f"The log has no epochs; without them it is looked at after each {_LONGEST:,} steps."
_OTHER = "It looks at more than a log holds."

Check = Callable[[Any], Iterable[Finding]]


class LogCheckup:
    """What checks find in a log; use it from the thread that uses the log.

    An epoch without a mark in the log is taken to be over after a thousand steps (``unmarked``). Some example counts as
    wrong as long as the mean loss is above a tenth of the first epoch's, since a log cannot tell which are.

    Args:
        log: The log.

    Attributes:
        findings: What was found, in order; each kind once for each place.
        steps: Steps looked at.
        unmarked: Whether an epoch was taken to be over by its length.
    """

    def __init__(self, log: RunLog) -> None:
        self._log = log
        self._begin()

    def _begin(self) -> None:
        self.findings: tuple[Finding, ...] = ()
        self.steps = 0
        self.unmarked = False
        self._generation = self._log.generation
        self._place = 0
        self._reached = 0  # the log's size when it was looked at to its end
        self._unable: dict[str, str] = {}
        self._looked: set[str] = set()
        self._known: set[tuple[str, str]] = set()
        self._began = False
        self._anew(0)

    def _anew(self, step: int) -> None:
        """Nothing of what was before an edit counts."""
        self._first = step
        self._passes: int | None = None
        self._total, self._count = 0.0, 0
        self._numbers: list[int] = []  # of steps with tensors in this epoch
        self._earlier: list[int] = []  # of the last one before it
        self._losses: list[float] = []
        self._earliest = math.nan
        self._scores: list[EpochEvent] = []
        self._norms: list[float] = []
        self._levels: list[float] = []
        self._held: dict[tuple[str, str], tuple[int, int]] = {}
        self._last_look = 0

    @property
    def done(self) -> bool:
        """Whether all that the log has by now was looked at."""
        return self._reached >= self._log.size

    @property
    def unchecked(self) -> tuple[Unchecked, ...]:
        """The checks that have not looked, and why."""
        return tuple(Unchecked(name, why) for name in registry.names() if (why := self._why(name)))

    @property
    def checked(self) -> tuple[str, ...]:
        """The names of those that have."""
        return tuple(name for name in registry.names() if not self._why(name))

    def _why(self, name: str) -> str:
        if name in CANNOT or name in self._unable:
            return CANNOT.get(name) or self._unable[name]
        if name in self._looked:
            return ""
        if name in AT_ODD_STEPS:
            return "" if self.steps else _NO_STEP
        if name in (*AT_EPOCHS, "dead-unit"):
            return _UNMARKED if self.steps and self._passes is None else _NO_EPOCH
        return _NO_STEP if name == "unowned-parameters" else _OTHER

    def advance(self, seconds: float = 0.02) -> bool:
        """Look at more of the log; whether anything was found.

        Args:
            seconds: About how long at most; some steps are looked at in any case.
        """
        if self._generation != self._log.generation:
            self._begin()
        before = len(self.findings)
        until = perf_counter() + seconds
        if not self._began and (self._log.started is not None or self._log.last is not None):
            self._began = True
            self._ask("unowned-parameters", unowned, self._log.started)
        size = self._log.size
        for count, (place, line) in enumerate(self._log.walk(self._place), 1):
            self._place = place
            at_step = brief(line)
            if at_step is None:
                self._other(line)
            elif at_step.step >= self.steps:
                self._step(at_step)
            if count % _AT_ONCE == 0 and perf_counter() > until:
                break
        else:
            self._reached = size
        return len(self.findings) > before

    def _other(self, line: bytes) -> None:
        try:
            fact = read_line(line) if line.strip() else None
        except RecordingError:
            return
        if isinstance(fact, Edited):
            self._anew(fact.step)
        elif isinstance(fact, EpochEvent):
            self._scores.append(fact)
            del self._scores[:-_HELD_OUT]

    def _step(self, at: Brief) -> None:
        """Take one step into account."""
        passes = None if at.epoch is None else math.floor(at.epoch) if math.isfinite(at.epoch) else None
        if self._count and (passes != self._passes or at.step - self._first >= _LONGEST):
            self.unmarked |= passes == self._passes
            self._end_epoch(at.step, passes)
        self._passes = passes
        self.steps = at.step + 1
        if at.tensors:
            self._numbers.append(at.step)
        if at.loss is not None:
            self._total += at.loss
            self._count += 1
            if not 0 <= at.loss <= _LARGE:
                self._odd(at.step, at.loss)

    def _odd(self, number: int, loss: float) -> None:
        """Look at a step whose loss is below 0, very large or no number."""
        waiting = [name for name in AT_ODD_STEPS if all(finding.check != name for finding in self.findings)]
        step = self._log.at(number) if waiting else None
        if step is None or step.step != number:
            return
        before = self._log.at(number - 1)
        earlier = None if before is None else told(before, seek=True)
        facts = StepFacts(Settings(), told(step, seek=True), earlier, loss, _finite(step, loss))  # type: ignore[arg-type]
        for name in waiting:
            self._ask(name, registry.get(name).factory, facts)

    def _end_epoch(self, step: int, passes: int | None) -> None:
        mean, numbers = self._total / self._count, self._numbers
        self._first, self._total, self._count, self._numbers = step, 0.0, 0, []
        self._losses.append(mean)
        del self._losses[: -_PAST - 1]
        if math.isnan(self._earliest):
            self._earliest = abs(mean)
        passed = step - self._last_look
        waiting = any(pair not in self._known for pair in self._held)
        due = not self._last_look or passed >= min(max(_SPACING, step // _LATE), 2 * self._last_look)
        if waiting or due:
            self._last_look = step
            if math.isfinite(mean):
                self._look(step, 0 if passes is None else passes, numbers)
        self._earlier = numbers[-1:] or self._earlier

    def _look(self, end: int, passes: int, numbers: list[int]) -> None:
        """Ask the checks at the end of an epoch, of whose steps some have tensors."""
        seen = [step for number in _spread(numbers) if (step := self._log.at(number)) and step.step == number]
        last = seen[-1] if seen else self._log.at(end - 1)
        if last is None:
            return
        earlier = numbers[-2:-1] or self._earlier
        facts = Stretch(
            self._log.started,
            end,
            passes,
            last,
            self._log.at(earlier[0]) if earlier else None,
            seen,
            tuple(self._losses[-_PAST:]),
            self._earliest,
            tuple(score.training.loss for score in self._scores),
            tuple(score.held_out.loss for score in self._scores),
            tuple(self._norms[-_PAST:]),
            tuple(self._levels[-_PAST:]),
        )
        found: list[Finding] = []
        for name in AT_EPOCHS:
            if name != "diverging" or facts.wrong:  # what is next to 0 may double by chance
                found += self._asked(name, registry.get(name).factory, facts)
        found += self._asked("dead-unit", dead_units, facts)
        if not math.isnan(facts.norm):
            self._norms.append(facts.norm)
            self._levels.append(self._losses[-1])
            del self._norms[: -_PAST - 1], self._levels[: -_PAST - 1]
        self._count_lasting(found)

    def _count_lasting(self, found: list[Finding]) -> None:
        """Record what has lasted as long as it must to count."""
        held = {}
        for finding in found:
            pair = (finding.check, finding.where)
            since, times = self._held.get(pair, (finding.step, 0))
            held[pair] = (since, times + 1)
            lasting = _LASTING.get(finding.check) or registry.get(finding.check).lasting
            if times + 1 >= lasting:
                self._record(replace(finding, since=since))
        self._held = held

    def _ask(self, name: str, check: Check, facts: Any) -> None:
        for finding in self._asked(name, check, facts):
            self._record(finding)

    def _asked(self, name: str, check: Check, facts: Any) -> list[Finding]:
        try:
            found = list(check(facts))
        except UncheckedError as error:
            self._unable[name] = str(error)
            return []
        except Exception as error:  # a check that fails must not break the rest
            self._unable[name] = reason(error)
            return []
        self._looked.add(name)
        self._unable.pop(name, None)
        return found

    def _record(self, finding: Finding) -> None:
        pair = (finding.check, finding.where)
        if pair not in self._known:
            self._known.add(pair)
            self.findings = (*self.findings, finding)


def _finite(step: LogStep, loss: float) -> bool:
    tensors = (*step.updated.values(), *step.gradients.values())
    return math.isfinite(loss) and not any(tensor.not_finite for tensor in tensors)


def _spread(numbers: list[int]) -> list[int]:
    """Some numbers from all over a list, its last among them."""
    if len(numbers) <= _SEEN:
        return numbers
    return [numbers[(part + 1) * len(numbers) // _SEEN - 1] for part in range(_SEEN)]
