"""Snapshot: all that the screen shows of a run at one moment, as frozen facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hltcore.chain import Chain, chain
from hltcore.dataset import Dataset
from hltcore.diagnostics.finding import Finding, Unchecked
from hltcore.embedding import Embedding, Plane
from hltcore.events import EpochEvent, Evaluation, PhaseEvent, StepEvent
from hltcore.losses import Form
from hltcore.spec import RunSpec
from hltcore.surface import Surface
from tui.cells import Focus, value_at
from tui.curve import CurveView
from tui.formatting import shape
from tui.script import Script

__all__ = ["Snapshot"]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run at one moment.

    Attributes:
        settings: The settings now in force.
        dataset: The data.
        ready: Whether the run has been built; until then only settings and data are known.
        note: Something to tell the user: an error's sentence, or what is being waited for.
        error: Whether the note is an error.
        steps: Completed steps.
        recorded: Steps in this line of history, also those ahead.
        epoch: Completed epochs.
        offset: Completed steps of the present epoch.
        steps_per_epoch: Steps in an epoch.
        playing: Whether it plays.
        speed: Steps a second while it plays, as a person reads it.
        parameters: By name, the present parameters as nested tuples.
        event: The step that led here.
        edit: What was changed at this very point, after the step that led here; empty when nothing was.
        phase_event: The phase that led here, inside a step.
        evaluation: Every example under the present parameters.
        edits: Steps after which something was changed, the latest of them.
        changes: How often something was changed on the way here.
        losses: The loss of every step recorded.
        epoch_losses: The mean loss of every complete epoch recorded.
        held_out: Every example that is held out; None where there are none.
        held_out_losses: Mean loss over the held-out examples at the end of each epoch.
        training_losses: The same over those trained on; empty where none are held out.
        held_out_right: Share of the held-out examples that are right at the end of each epoch.
        training_right: The same of those trained on; empty where none are held out.
        epoch_ended: The end of the last epoch before this point; None for data without held-out examples.
        forms: Every loss by name, in the form for this model's kind of output.
        model_note: What a student should know about the model; often nothing.
        optimizer_rule: The optimizer's update as a formula; empty where it has none.
        optimizer_state: By parameter and the optimizer's own key, nested tuples; empty for an optimizer with no state.
        forks: Steps at which another line of history leaves this one.
        line_number: Which line of the run's history this is, from 1.
        lines: How many there are.
        focus: The number that the arrow keys stand on.
        path: That number's value after some or all of the steps of this line.
        findings: What the checks have found on this line, also ahead of this point.
        checked: The checks that have looked at this line.
        unchecked: Those that have not, and why.
        twin: Another run, in lock-step with this one.
        functions: Each layer's activation function; empty for a model that is not a row of layers.
        dead: Layer and place of each hidden unit that no example opens; empty where nobody looks at that.
        surface: The prediction over the plane of the data; None where it is not looked at, or there is no plane.
        embedding: The rows of the embedding table; None for a model without one.
        plane: The plane on which those rows are seen; None where nobody looks at it.
        script: The run as a script; None where nobody looks at it.
        opened: How many runs have been opened so far, and have come to their points.
    """

    settings: RunSpec
    dataset: Dataset
    ready: bool = False
    note: str = ""
    error: bool = False
    steps: int = 0
    recorded: int = 0
    epoch: int = 0
    offset: int = 0
    steps_per_epoch: int = 1
    playing: bool = False
    speed: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    event: StepEvent | None = None
    edit: str = ""
    phase_event: PhaseEvent | None = None
    evaluation: Evaluation | None = None
    edits: tuple[int, ...] = ()
    changes: int = 0
    losses: CurveView = field(default_factory=CurveView)
    epoch_losses: CurveView = field(default_factory=CurveView)
    held_out: Evaluation | None = None
    held_out_losses: CurveView = field(default_factory=CurveView)
    training_losses: CurveView = field(default_factory=CurveView)
    held_out_right: CurveView = field(default_factory=CurveView)
    training_right: CurveView = field(default_factory=CurveView)
    epoch_ended: EpochEvent | None = None
    forms: tuple[tuple[str, Form], ...] = ()
    model_note: str = ""
    optimizer_rule: str = ""
    optimizer_state: dict[str, dict[str, Any]] = field(default_factory=dict)
    forks: tuple[int, ...] = ()
    line_number: int = 1
    lines: int = 1
    focus: Focus | None = None
    path: tuple[tuple[int, float], ...] = ()
    findings: tuple[Finding, ...] = ()
    checked: tuple[str, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    twin: Snapshot | None = None
    functions: tuple[str, ...] = ()
    dead: frozenset[tuple[str, int]] = frozenset()
    surface: Surface | None = None
    embedding: Embedding | None = None
    plane: Plane | None = None
    script: Script | None = None
    opened: int = 0

    @property
    def form(self) -> Form:
        """The loss in use."""
        return dict(self.forms)[self.settings.loss]

    def optimizer_state_of(self, focus: Focus) -> list[tuple[str, float]]:
        """What the optimizer keeps for one number, by its own names."""
        kept = self.optimizer_state.get(focus[0], {})
        return [(key, value_at({focus[0]: tensor}, focus)) for key, tensor in kept.items() if shape(tensor)]

    def chain_of(self, event: StepEvent | PhaseEvent) -> Chain:
        """A step's backward pass under the settings in force.

        Raises:
            ChainError: It cannot be shown.
        """
        return chain(event, self.form, l1=self.settings.l1, l2=self.settings.l2)
