"""One step of training, in the textbook's order."""

from __future__ import annotations

from collections.abc import Iterator

from hltcore.events import Layout, PhaseEvent, StepEvent
from hltcore.feed import Examples
from hltcore.parameters import ParameterBuffer
from hltcore.passes import Passes
from hltcore.phase import Phase
from hltcore.updaters import Updater

__all__ = ["Step"]


class Step:
    """One update, which can be paused after each of its phases.

    Iterating over ``phases()`` does the work; ``event()`` tells what was done, as far as it has come.

    Args:
        number: Which update this is; the first is 0.
        epoch: Completed passes through the data.
        examples: The batch.
        layout: Names and shapes of the numbers to be kept.
        before: The parameters, packed.
    """

    def __init__(self, number: int, epoch: int, examples: Examples, layout: Layout, before: bytes) -> None:
        self._number = number
        self._epoch = epoch
        self._examples = examples
        self._layout = layout
        self._before = before
        self._lr = 0.0
        self._forward = self._gradients = b""
        self._loss: bytes | None = None
        self._discarded: bytes | None = None
        self._updated: bytes | None = None

    def phases(self, passes: Passes, optimizer: Updater, parameters: ParameterBuffer) -> Iterator[Phase]:
        """Do one phase after the other, and yield each when it is done.

        What a model, a loss or an optimizer raises comes out as it is.
        """
        self._lr = optimizer.lr

        prediction, self._forward = passes.forward(self._examples.x)
        self._gradients = parameters.gradient_snapshot()
        yield Phase.FORWARD

        loss = passes.loss(prediction, self._examples.target)
        self._loss = loss.packed
        yield Phase.LOSS

        self._discarded = self._gradients
        optimizer.zero_grad()
        self._gradients = parameters.gradient_snapshot()
        yield Phase.ZERO_GRAD

        loss.backward()
        self._gradients = parameters.gradient_snapshot()
        yield Phase.BACKWARD

        optimizer.step()
        self._updated = parameters.snapshot()
        yield Phase.UPDATE

    def phase_event(self, phase: Phase) -> PhaseEvent:
        """What is known after a phase."""
        return PhaseEvent(
            self._number,
            self._epoch,
            self._lr,
            self._examples.batch,
            self._layout,
            self._before,
            self._forward,
            self._gradients,
            phase,
            self._loss,
            self._discarded,
            self._updated,
        )

    def event(self) -> StepEvent:
        """What a complete step did."""
        assert self._loss is not None
        assert self._updated is not None
        return StepEvent(
            self._number,
            self._epoch,
            self._lr,
            self._examples.batch,
            self._layout,
            self._before,
            self._forward,
            self._gradients,
            self._loss,
            self._updated,
        )

    @property
    def updated(self) -> bytes:
        """The parameters after the update, packed: the next step's ``before``."""
        assert self._updated is not None
        return self._updated
