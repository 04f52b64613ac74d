"""RunLog: reads the event log of a run that is over or still goes on, at any step, without torch.

A log is opened from both ends: its first line says how the run began, its last which step is complete. A step's line
is found by halving the bytes that it can be in, so that neither opening nor reading a step waits for the rest; what
needs every line, such as the exact lowest and highest losses, is gathered by ``refresh()``, some at a time.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator
from dataclasses import replace
from types import TracebackType

from hltcore.errors import RecordingError
from hltcore.events import Edited, EpochEvent
from hltcore.log_await import source_or_wait
from hltcore.log_curve import Losses
from hltcore.log_ends import first_step, head, tail
from hltcore.log_lines import Brief, read_line
from hltcore.log_scan import Scan
from hltcore.log_search import Anchors, complete_size, lines, sample, search
from hltcore.log_source import source_of
from hltcore.logged import LogEnd, LogProblem, LogStarted, LogStep

__all__ = ["RunLog"]

_CHUNK = 1 << 18
_TRIES = 64
"""Steps that are looked at for the nearest one with tensors."""


class RunLog:
    """The event log of one run.

    Use it from one thread at a time. What it holds in memory is bounded, whatever the length of the log.

    Args:
        log: The path of a log, or a binary stream of its lines, such as ``sys.stdin.buffer``; a stream is put by in a
            temporary file, by a thread of its own.
        awaits: Whether a file that is not there yet is waited for, if only its folder is there.

    Attributes:
        name: The path; "-" for a stream.
        generation: How many times the log was written anew since it was opened.
        started: How the run began; None where nothing is written yet, or the stream was joined later.
        first: The number of the first step there is; None where there is none yet.
        last: The number of the last one that is complete.
        ended: The log's last line, where the run was closed; None where it goes on or was killed.

    Raises:
        LogError: It cannot be opened, is no event log, or is of a version that cannot be read.
    """

    def __init__(self, log: str | os.PathLike[str] | io.BufferedIOBase, *, awaits: bool = False) -> None:
        self._source = (source_or_wait if awaits else source_of)(log)
        self.name = self._source.name
        self.generation = 0
        self._begin()
        try:
            self._look()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing more can be read."""
        self._source.close()

    def _begin(self) -> None:
        self.started: LogStarted | None = None
        self.first: int | None = None
        self.last: int | None = None
        self.ended: LogEnd | None = None
        self._last_loss = math.nan
        self._end = 0
        self._settled = False  # whether the stream had ended when it was looked at
        self._headed = False
        self._anchors = Anchors()
        self._scan = Scan()
        self._sample: list[Brief] = []
        self._sampled = False

    @property
    def steps(self) -> int:
        """How many steps are complete, counted from the run's beginning."""
        return 0 if self.last is None else self.last + 1

    @property
    def size(self) -> int:
        """How many bytes its complete lines have."""
        return self._end

    @property
    def awaited(self) -> str:
        """What is waited for where there is no file yet, in words; else empty."""
        return self._source.awaited

    @property
    def following(self) -> bool:
        """Whether more may come: the run was not closed, and the stream, where it is one, did not end."""
        return self.ended is None and not self._settled

    @property
    def complete(self) -> bool:
        """Whether all that is there by now was read through, and no stream brings more."""
        return self._scan.place >= self._end and (self._settled or not self._source.streams)

    @property
    def scanned(self) -> float:
        """The part of the log that was read through, from 0 to 1."""
        return self._scan.place / self._end if self._end else 1.0

    @property
    def losses(self) -> Losses:
        """The losses in a bounded number of stretches, for a plot."""
        scan = self._scan
        exact = scan.place >= self._end
        curve = scan.curve
        if not exact:
            curve = curve.copy()
            for told in self._sample:
                if told.step > scan.last:
                    curve.add(told.step, told.loss)
        return curve.view(self.steps, self._last_loss, exact)

    @property
    def tensor_steps(self) -> int:
        """How many steps have tensors, as far as the log was read through."""
        return self._scan.tensor_steps

    @property
    def edits(self) -> tuple[Edited, ...]:
        """The changes of a run of this library, as far as the log was read through; the last 10,000."""
        return tuple(self._scan.edits)

    @property
    def epoch_scores(self) -> tuple[EpochEvent, ...]:
        """The scores at the ends of its epochs, the same."""
        return tuple(self._scan.epochs)

    @property
    def problems(self) -> tuple[LogProblem, ...]:
        """The first hundred lines that are passed over, as far as the log was read through."""
        return tuple(self._scan.problems)

    @property
    def problem_count(self) -> int:
        """How many lines are passed over, as far as the log was read through."""
        return self._scan.problem_count

    def at(self, step: int) -> LogStep | None:
        """A step, or the nearest before it that is there and can be read; None where there is none.

        Args:
            step: The step's number; the first is 0.
        """
        for _ in range(_TRIES):
            found = search(self._source, self._anchors, step, self._scan.another or self._end)
            if found is None:
                return None
            try:
                fact = read_line(found.line)
            except RecordingError:  # its beginning is sound, and something after it is not
                fact = None
            if isinstance(fact, LogStep):
                return self._with_parameters(fact)
            step = found.brief.step - 1
        return None

    def with_tensors(self, step: int) -> LogStep | None:
        """The nearest step at or before one that has tensors; None where there is none near.

        Args:
            step: The step's number; the first is 0.
        """
        found = self.at(step)
        gap = max(self._scan.tensor_gap, 1 if self.started is None else self.started.every)
        for _ in range(_TRIES):
            if found is None or found.has_tensors:
                return found
            goal = found.step - 1
            found = self.at(goal - goal % gap)
        return None

    def walk(self, place: int = 0) -> Iterator[tuple[int, bytes]]:
        """The complete lines from a byte on, each with the byte after it: for what reads them one after the other.

        Args:
            place: Where a line begins.
        """
        for start, line in lines(self._source, place, self._end, chunk=_CHUNK):
            yield start + len(line), line

    def refresh(self, seconds: float = 0.02) -> bool:
        """Look whether the log has grown, and read on through it; whether anything changed.

        Args:
            seconds: About how long to read on at most.

        Raises:
            LogError: What came is no event log, or of a version that cannot be read.
        """
        before = self._state
        if self._source.anew():
            self.generation += 1
            self._begin()
        self._look()
        self._scan.advance(self._source, self._anchors, self._end, seconds)
        if self._scan.last >= self.steps:
            self._correct_last()
        return before != self._state

    @property
    def _state(self) -> tuple[object, ...]:
        return self.generation, self.last, self.ended, self._scan.place, self.awaited

    def _correct_last(self) -> None:
        """Go by what was read through: what stands at the end does not ascend, as it is of another run."""
        self.last = self._scan.last
        self._anchors = Anchors()
        self._look_for_first()
        found = self.at(self.last)
        self._last_loss = math.nan if found is None or found.loss is None else found.loss

    def _look(self) -> None:
        """Look at both ends."""
        ended = self._source.ended  # before the size: more may come between the two
        end = complete_size(self._source, self._source.size())
        if end > self._end:
            self._look_at_ends(end)
        self._settled = ended

    def _look_at_ends(self, end: int) -> None:
        self._end = end
        if not self._headed:
            self.started, self._headed = head(self._source, end), True
        if self.first is None:
            self._look_for_first()
        step, self.ended = tail(self._source, end)
        if step is not None and (self.last is None or step[0].step > self.last):
            self.last, self._last_loss = step[0].step, math.nan if step[0].loss is None else step[0].loss
            self._anchors.add(self.last, step[1])
        if not self._sampled:
            self._sampled = True
            self._sample = sample(self._source, self._anchors, end)

    def _look_for_first(self) -> None:
        found = first_step(self._source, self._end)
        if found is not None:
            self.first = found[0].step
            self._anchors.add(self.first, found[1])

    def _with_parameters(self, fact: LogStep) -> LogStep:
        """A step with the parameters before it, where they are recorded."""
        if fact.parameters or not fact.updated:
            return fact
        if fact.step == 0:
            return fact if self.started is None else replace(fact, parameters=self.started.parameters)
        found = search(self._source, self._anchors, fact.step - 1, self._scan.another or self._end)
        if found is None or found.brief.step != fact.step - 1 or not found.brief.tensors:
            return fact
        try:
            before = read_line(found.line)
        except RecordingError:
            return fact
        return replace(fact, parameters=before.updated) if isinstance(before, LogStep) else fact
