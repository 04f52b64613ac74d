"""Reel: an event log, and the point in it where one stands."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

from hltcore.errors import SpecError
from hltcore.log import RunLog
from hltcore.log_findings import LogCheckup
from hltcore.logged import LogStep
from hltcore.phase import Phase
from tui.formatting import tally

__all__ = ["Reel"]

_LAST_PHASE = Phase.BACKWARD  # after the next one the step is complete


class Reel:
    """One log; points are counted in completed steps.

    Args:
        log: The log.
        follows: Whether to stand at its end, also as it grows.

    Attributes:
        log: The log.
        here: Steps that are complete at this point.
        phase: The last phase that is done of the step that follows; None between two steps.
        following: Whether it stands at the end, also as the log grows.
        checkup: What looks for findings.
        gone: Whether there is no file of its name any more; what was read of it stays.
    """

    def __init__(self, log: RunLog, *, follows: bool) -> None:
        self.log = log
        self.following = follows
        self.phase: Phase | None = None
        self.checkup = LogCheckup(log)
        self.gone = False
        self._generation = log.generation
        self._goes_on = log.following
        self.here = self.last if follows else self.first

    @property
    def first(self) -> int:
        """The earliest point there is: the run's beginning, or behind the first step of a log that was joined later."""
        return self.log.first + 1 if self.log.first else 0

    @property
    def last(self) -> int:
        """The latest point there is."""
        return max(self.log.steps, self.first)

    def refresh(self, seconds: float) -> bool:
        """Look what is new, and read on for some time; whether anything is.

        Raises:
            LogError: What came is no event log.
        """
        changed = self.log.refresh(seconds / 2)
        state = (self.gone, self._goes_on)
        self.gone = self.log.name != "-" and not self.log.awaited and not os.path.exists(self.log.name)
        self._goes_on = self.log.following
        changed |= state != (self.gone, self._goes_on)
        if self.log.generation != self._generation:
            self._generation = self.log.generation
            self.here, self.phase = self.first, None
        if self.following and not self._goes_on:
            self.end(follow=False)
        if self.following:
            self.here, self.phase = self.last, None
        self.here = min(max(self.here, self.first), self.last)
        return self.checkup.advance(seconds / 2) or changed

    @property
    def is_busy(self) -> bool:
        """Whether there is more to be read than was read so far."""
        return self.log.scanned < 1 or not self.checkup.done

    def go(self, point: int) -> None:
        """Go to a point, or the nearest one there is; it is followed no more."""
        self.here, self.phase, self.following = min(max(point, self.first), self.last), None, False

    def end(self, *, follow: bool) -> None:
        """Go to the end, and stay there as it grows where that is wanted and more may come."""
        self.go(self.last)
        self.following = follow and self.log.following

    def step_at(self, point: int) -> LogStep | None:
        """The step that leads to a point; None where it is missing."""
        step = self.log.at(point - 1) if point > 0 else None
        return step if step is not None and step.step == point - 1 else None

    def held_at(self, point: int) -> LogStep | None:
        """The last step until a point whose tensors were recorded."""
        return self.log.with_tensors(point - 1) if point > 0 else None

    # Phases, where steps were recorded with them

    def phase_on(self) -> None:
        """Go one phase on; where steps have none, to the next step with tensors."""
        following = self.step_at(self.here + 1)
        if following is not None and following.event is not None:
            if self.phase is _LAST_PHASE:
                self.go(self.here + 1)
            else:
                done = 0 if self.phase is None else self.phase.number
                self.phase, self.following = tuple(Phase)[done], False
            return
        self.go(self._next_held())

    def phase_back(self) -> None:
        """Go one phase back, or to the step before that has tensors."""
        if self.phase is not None:
            done = self.phase.number
            self.phase = None if done == 1 else tuple(Phase)[done - 2]
            return
        led = self.step_at(self.here)
        if led is not None and led.event is not None:
            self.go(self.here - 1)
            self.phase = _LAST_PHASE
            return
        held = self.held_at(self.here - 1)
        self.go(self.first if held is None else held.step + 1)

    def _next_held(self) -> int:
        """The next point with tensors, or the last point."""
        gap = 1
        while self.here + gap < self.last and not self._holds_after(self.here + gap):
            gap *= 2
        low, high = self.here, min(self.here + gap, self.last)
        while high - low > 1:  # the first point by which there are new tensors
            middle = (low + high) // 2
            low, high = (low, middle) if self._holds_after(middle) else (middle, high)
        return high

    def _holds_after(self, point: int) -> bool:
        held = self.held_at(point)
        return held is not None and held.step >= self.here

    # Epochs

    def epoch_after(self, point: int) -> int:
        """The epoch that lies open at a point.

        Raises:
            SpecError: The log does not tell epochs.
        """
        step = self.log.at(point)
        if step is None:
            return 0
        if step.epoch is None:
            raise SpecError("This log does not tell epochs: watch.step(loss=…, epoch=…) records them.")
        return math.floor(step.epoch) + (step.step < point and point >= self.last)

    def epoch_start(self, point: int) -> int:
        """Where the epoch began that lies open at a point; no earlier than the earliest point."""
        goal = self.epoch_after(point)
        low, high = self.first - 1, point
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.epoch_after(middle) >= goal else (middle, high)
        return max(high, self.first)

    def epoch_end(self) -> int:
        """Where the epoch that lies open ends, as far as the log goes."""
        goal = self.epoch_after(self.here)
        low, high = self.here, self.last
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.epoch_after(middle) > goal else (middle, high)
        return high

    def epoch_begin(self, epoch: int) -> int:
        """Where an epoch begins.

        Raises:
            SpecError: The log has no such epoch, or tells none.
        """
        low, high = self.first - 1, self.last
        if self.epoch_after(high) < epoch:
            raise SpecError(f"The log has {tally(self.epoch_after(high), 'epoch')} so far, and not {epoch:,}.")
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.epoch_after(middle) >= epoch else (middle, high)
        return max(high, self.first)

    # Searches

    def losses_where(self, low: float, high: float) -> Iterator[int]:
        """Points after this one, one by one, up to the first whose loss lies between two bounds.

        Stretches of steps that have no such loss are passed over as a whole, as far as the log was read through.

        Yields:
            Points that were looked at; the last one is the one looked for.

        Raises:
            SpecError: There is none.
        """
        point = self.here + 1
        losses = self.log.losses
        while point <= self.last:
            stretch = (point - 1) // losses.stride
            known = losses.exact and stretch < len(losses.lows)
            if known and not (losses.lows[stretch] < high and losses.highs[stretch] > low):
                point = (stretch + 1) * losses.stride + 1
                continue
            step = self.step_at(point)
            yield point
            if step is not None and step.loss is not None and low < step.loss < high:
                return
            point += 1
        raise SpecError("No step after this one has such a loss, as far as the log goes.")
