"""Log scan: reads an event log through, some at a time, for what is not to be had from single lines."""

from __future__ import annotations

from math import gcd
from time import perf_counter

from hltcore.errors import RecordingError
from hltcore.events import Edited, EpochEvent
from hltcore.log_curve import Stretches
from hltcore.log_lines import LONGEST, brief, read_line
from hltcore.log_search import Anchors
from hltcore.log_source import Source
from hltcore.logged import LogProblem, LogStarted, LogStep

__all__ = ["Scan"]

_CHUNK = 1 << 18
_KEPT = 100
_FACTS = 10_000
_SPACING = 1 << 19
"""Bytes between two places that are remembered."""
_AT_ONCE = 256
"""Lines between two looks at the clock."""


class Scan:
    """How far a log was read through, and what was found on the way.

    Attributes:
        place: The first byte that was not read through.
        lines: Lines read through.
        last: The number of the last step that counts; -1 before the first.
        curve: The losses.
        tensor_gap: The greatest number that divides the numbers of all steps with tensors; 0 before the second.
        tensor_steps: How many steps have tensors.
        edits: Changes of the run.
        epochs: Ends of epochs.
        another: The first byte of another run in the same file; 0 where there is none.
        problems: The first lines that are passed over.
        problem_count: How many such lines there are.
    """

    def __init__(self) -> None:
        self.place = 0
        self.lines = 0
        self.last = -1
        self.curve = Stretches()
        self.tensor_gap = 0
        self.tensor_steps = 0
        self.edits: list[Edited] = []
        self.epochs: list[EpochEvent] = []
        self.another = 0
        self.problems: list[LogProblem] = []
        self.problem_count = 0
        self._anchored = -_SPACING
        self._skipping = False

    def advance(self, source: Source, anchors: Anchors, end: int, seconds: float) -> bool:
        """Go on for some time; True if there was anything to read.

        Args:
            source: The log's bytes.
            anchors: Where places of steps are remembered.
            end: Where its complete lines end.
            seconds: About how long to read at most; some lines are read in any case.
        """
        if self.place >= end:
            return False
        until = perf_counter() + seconds
        chunk = _CHUNK
        while self.place < end:
            data = source.read(self.place, min(chunk, end - self.place))
            if not data:
                break
            cut = data.rfind(b"\n") + 1
            if not cut:
                if len(data) < chunk or (not self._skipping and chunk < LONGEST):
                    chunk *= 4
                    if self.place + len(data) >= end:
                        break
                    continue
                if not self._skipping:
                    self.lines += 1
                    self._problem(f"The line is longer than {LONGEST >> 20} MB.")
                self._skipping = True
                self.place += len(data)
            else:
                self._read(data, cut, anchors, until)
            chunk = _CHUNK
            if perf_counter() > until:
                break
        return True

    def _read(self, data: bytes, cut: int, anchors: Anchors, until: float) -> None:
        """Read complete lines, until it is time to stop."""
        start = 0
        add, last = self.curve.add, self.last
        count = 0
        if self._skipping:
            start = data.find(b"\n") + 1
            self._skipping = False
        while start < cut:
            stop = data.find(b"\n", start) + 1
            line = data[start:stop]
            self.lines += 1
            told = brief(line)
            if told is None:
                self._other(line, self.place + start)
            elif told.step <= last:
                self._problem(f"Step {told.step} comes after step {last}.")
            else:
                last = self.last = told.step
                add(last, told.loss)
                if told.tensors:
                    self.tensor_gap = gcd(self.tensor_gap, last)
                    self.tensor_steps += 1
                if self.place + start - self._anchored >= _SPACING:
                    self._anchored = self.place + start
                    anchors.add(last, self._anchored)
            start = stop
            count += 1
            if count % _AT_ONCE == 0 and perf_counter() > until:
                break
        self.place += start

    def _other(self, line: bytes, place: int) -> None:
        """A line that is no step."""
        if not line.strip():
            return
        try:
            fact = read_line(line)
        except RecordingError as error:
            self._problem(str(error))
            return
        if isinstance(fact, Edited):
            self.edits.append(fact)
            del self.edits[:-_FACTS]
        elif isinstance(fact, EpochEvent):
            self.epochs.append(fact)
            del self.epochs[:-_FACTS]
        elif isinstance(fact, LogStarted) and self.last >= 0:
            self.another = self.another or place
            self._problem("Another run begins here: a log holds one.")
        elif isinstance(fact, LogStep):
            self._problem("The line of a step does not end as it should.")

    def _problem(self, why: str) -> None:
        self.problem_count += 1
        if len(self.problems) < _KEPT:
            self.problems.append(LogProblem(self.lines, why))
