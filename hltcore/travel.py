"""Travel: how a run is taken to another point of its history, or on until something holds; a part of ``Trainer``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from hltcore.changes import whole
from hltcore.conditions import Condition, parse_condition
from hltcore.edits import Mark, Position
from hltcore.errors import NotReachedError, OptionError, SeekError, SpecError, quoted
from hltcore.events import Edited, EpochEvent, PhaseEvent, StepEvent
from hltcore.history import Branch
from hltcore.phase import Phase
from hltcore.scout import Path, next_change, previous_change
from hltcore.spec import RunSpec
from hltcore.standing import Standing

__all__ = ["Travel"]

AT_MOST = 10_000
"""Steps after which ``run_until`` gives up, when nobody says how many."""


class Travel(Standing):
    """Takes a run to another point."""

    def back(self, n: int = 1) -> None:
        """Go back n steps; out of a paused step, the first of them goes to that step's beginning.

        Raises:
            SeekError: There are not so many.
        """
        inside = int(self._run.inside)
        if isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= self.steps + inside:
            done = "no step is complete" if self.steps == 0 else f"steps complete: {self.steps}"
            raise SeekError(f"Cannot go back by {quoted(n)[1:-1]}: {done}.")
        if n:
            self._run.seek(self.steps - n + inside)

    def back_phase(self) -> None:
        """Go back one phase: from the end of a step into it, from the first phase to the step's beginning.

        Raises:
            SeekError: There is none.
        """
        phases = list(Phase)
        done = self._run.phase
        if done is None and self.steps == 0:
            raise SeekError("Cannot go back by a phase: no step is complete.")
        kept = phases.index(done) if done else len(phases) - 1
        self._run.seek(self.steps if done else self.steps - 1)
        for _ in range(kept):
            self._run.next_phase()

    def back_epoch(self) -> None:
        """Go back to where this epoch began, or from there to where the one before it began.

        Raises:
            SeekError: There is none.
        """
        starts = [start for start in self.history.epoch_starts if start < self.steps + int(self._run.inside)]
        if not starts:
            raise SeekError("Cannot go back by an epoch: no step is complete.")
        self._run.seek(starts[-1])

    def seek(self, point: int | str | Position) -> None:
        """Go to a point of the run, with the edits made there.

        Args:
            point: Completed steps; or a point as in a spec, such as ``"12e+3"``.

        Raises:
            SeekError: The run has not come that far.
            SpecError: The text is not a point.
        """
        goal = _position(point)
        self._run.seek(self._run.branch.find(goal))
        while self.position.phase is not goal.phase:
            self._run.next_phase()

    def run_to(self, point: int | str | Position) -> Iterator[StepEvent | PhaseEvent]:
        """Go to a point of the run; where it has not come that far yet, train on until it has.

        Args:
            point: As for ``seek``.

        Returns:
            An event for each step done, and each phase of a last step not completed.

        Raises:
            SeekError: The point lies in the past and does not exist.
            SpecError: The text is not a point, or its epoch has no such step.
        """
        goal = _position(point)
        if not self.history.ends_before(goal):
            self.seek(goal)
            return
        self._run.seek(self.history.steps)
        for event in self.follow([Mark(goal)]):
            assert not isinstance(event, Edited)
            if not isinstance(event, EpochEvent):
                yield event

    def run_until(self, condition: str | Condition, *, at_most: int = AT_MOST) -> Iterator[StepEvent]:
        """Train on to the first point at which something holds.

        Args:
            condition: Such as ``"loss<0.01"``, ``"all-right"`` or ``"sign linear1.weight[0,1]"``: see ``conditions``.
            at_most: Steps after which to give up.

        Returns:
            An event for each step; none when the condition holds already.

        Raises:
            ConditionError: The text is not a condition, or the run has nothing of that name.
            OptionError: ``at_most`` is no whole number from 0 on.
            NotReachedError: It held at none of these points.
        """
        wanted = parse_condition(condition) if isinstance(condition, str) else condition
        if isinstance(at_most, bool) or not isinstance(at_most, int) or at_most < 0:
            raise OptionError(f"run_until() takes at most a whole number of steps from 0 on, not {quoted(at_most)}.")
        watch = wanted.watch(self)
        if watch(None):
            return
        for event in self._while_steps(at_most):
            yield event
            if watch(event):
                return
        raise NotReachedError(f"{wanted} did not hold at any of the {at_most:,} steps up to here.")

    def _while_steps(self, count: int) -> Iterator[StepEvent]:
        last = self._run.steps + count
        return self._while(lambda: self._run.steps < last)

    def _while(self, go_on: Callable[[], bool]) -> Iterator[StepEvent]:
        step = self._run.step
        while go_on():
            yield step()

    def follow(self, marks: Sequence[Mark]) -> Iterator[StepEvent | EpochEvent | Edited | PhaseEvent]:
        """Run from point to point and make the edits that stand there, each when its event is asked for.

        Returns:
            An event for each step, each epoch that ends with held-out rows, each edit that changes something, and
            each phase of a last step not completed.

        Raises:
            SpecError: A point lies behind, or its epoch has no such step.
            HltError: An edit is not allowed.
        """
        for mark in marks:
            yield from self.with_epochs(self._advance(mark.position))
            self._check_phase(mark.position)
            epoch = self._run.epoch
            if mark.edit is not None and self._run.apply(mark.edit):
                yield from self._ended(epoch)
                record = self.history.entries[-1]
                yield Edited(record.step, str(record.edit), str(self.spec))
            while self.position.phase is not mark.position.phase:
                yield self._run.next_phase()

    def with_epochs(self, events: Iterable[StepEvent]) -> Iterator[StepEvent | EpochEvent]:
        """The steps of this run as they come, and behind each that ends an epoch how well the model does then.

        Args:
            events: What ``run`` or ``run_until`` returned.

        Returns:
            The same events, with an ``EpochEvent`` at the end of each epoch of data with held-out rows.
        """
        for event in events:
            yield event
            yield from self._ended(event.epoch)

    def _ended(self, epoch: int) -> Iterator[EpochEvent]:
        """The end of the epoch, if it has come."""
        if self._run.epoch > epoch:
            event = self.history.epoch_event(self._run.epoch)
            if event is not None:
                yield event

    def _check_phase(self, goal: Position) -> None:
        """Refuse a point inside the present step that lies behind, or before that step is begun."""
        done = self._run.phase
        if done is not None and (goal.phase is None or goal.phase.number < done.number):
            raise SpecError(f"The point @{goal} lies before @{self.position}.")

    def _advance(self, goal: Position) -> Iterator[StepEvent]:
        run = self._run
        if goal.epoch is None:
            if goal.step < run.steps:
                raise SpecError(f"The point @{goal} lies before step {run.steps}.")
            yield from self._while(lambda: run.steps < goal.step)
            return
        end = (goal.epoch, goal.step)
        if goal.step >= self.steps_per_epoch:
            raise SpecError(f"The point @{goal} does not exist: an epoch has {self.steps_per_epoch} steps.")
        if end < (run.epoch, run.offset):
            raise SpecError(f"The point @{goal} lies before @{self.position}.")
        yield from self._while(lambda: (run.epoch, run.offset) < end)

    def checkout(self, branch: Branch) -> None:
        """Return to a line of the run that was left, to the same step, or to its end where it is shorter.

        Args:
            branch: One of ``branches``.

        Raises:
            SeekError: It is not one of them.
        """
        self._run.checkout(branch)

    def open(self, spec: str | RunSpec) -> Iterator[StepEvent | EpochEvent | Edited | PhaseEvent]:
        """Leave this line and begin another one, along a spec.

        Returns:
            The events on the way, as from ``follow``.

        Raises:
            HltError: The line cannot be read, or its marks cannot be reached.
        """
        line = RunSpec.parse(spec) if isinstance(spec, str) else spec
        self._run.begin(line.start)
        yield from self.follow(line.marks)

    def next_change(self, name: str, index: int | Sequence[int], *, sign: bool = False) -> int | None:
        """The next step of this line, after this point, that changed a number.

        Args:
            name: The parameter.
            index: Its place there.
            sign: Whether only a change of its sign counts.

        Returns:
            How many steps are complete after it; None when there is none.

        Raises:
            ShapeError: There is no such number.
        """
        return _found(self.search_change(name, index, forwards=True, sign=sign))

    def previous_change(self, name: str, index: int | Sequence[int], *, sign: bool = False) -> int | None:
        """The step of this line before this point that changed a number last; arguments as for ``next_change``.

        Raises:
            ShapeError: There is no such number.
        """
        return _found(self.search_change(name, index, forwards=False, sign=sign))

    def search_change(
        self, name: str, index: int | Sequence[int], *, forwards: bool, sign: bool = False
    ) -> Iterator[int | None]:
        """The same as a search that can be broken off.

        Returns:
            An item for each step looked at: None, and at last the step that was found, if there is one.

        Raises:
            ShapeError: There is no such number.
        """
        place = whole(index)
        self._run.engine.buffer.place(name, place)
        if forwards:
            return next_change(self.history, name, place, self.steps, sign=sign)
        return previous_change(self.history, name, place, self.steps + int(self._run.inside), sign=sign)

    def path(self, name: str, index: int | Sequence[int]) -> Path:
        """A number's values along this line, to be asked for as the run goes on.

        Raises:
            ShapeError: There is no such number.
        """
        place = whole(index)
        self._run.engine.buffer.place(name, place)
        return Path(self.history, name, place)


def _found(search: Iterator[int | None]) -> int | None:
    return next((step for step in search if step is not None), None)


def _position(point: int | str | Position) -> Position:
    if isinstance(point, str):
        return Position.parse(point)
    if isinstance(point, Position):
        return point
    if isinstance(point, bool) or not isinstance(point, int) or not 0 <= point < 2**63:
        raise SeekError(f"{quoted(point)} is not a number of completed steps.")
    return Position(point)
