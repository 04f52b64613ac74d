"""Snapshot: all that the screen shows of a run of this library at one moment, as frozen facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hltcore.dataset import Dataset
from hltcore.losses import Form
from hltcore.phase import Phase
from hltcore.spec import RunSpec
from hltcore.table_file import WHERE
from tui.cells import Focus, value_at
from tui.formatting import shape
from tui.moment import Moment
from tui.script import Script

if TYPE_CHECKING:
    from hltcore.chain import Chain
    from hltcore.embedding import Plane
    from hltcore.events import Evaluation, PhaseEvent, StepEvent
    from hltcore.surface import Surface

__all__ = ["Snapshot"]


@dataclass(frozen=True, eq=False)
class Snapshot(Moment):
    """A run of this library at one moment.

    Attributes:
        settings: The settings now in force.
        dataset: The data; of very many rows an excerpt, of which is told what is told of the examples.
        epoch: Completed epochs.
        offset: Completed steps of the present epoch.
        steps_per_epoch: Steps in an epoch.
        event: The step that led here.
        edit: What was changed at this very point, after the step that led here; empty when nothing was.
        phase_event: The phase that led here, inside a step.
        evaluation: Every example under the present parameters.
        changes: How often something was changed on the way here.
        held_out: Every example that is held out; None where there are none.
        forms: Every loss by name, in the form for this model's kind of output.
        optimizer_rule: The optimizer's update as a formula; empty where it has none.
        optimizer_state: By parameter and the optimizer's own key, nested tuples; empty for an optimizer with no state.
        functions: Each layer's activation function; empty for a model that is not a row of layers.
        dead: Layer and place of each hidden unit that no example opens; empty where nobody looks at that.
        surface: The prediction over the plane of the data; None where it is not looked at, or there is no plane.
        plane: The plane on which those rows are seen; None where nobody looks at it.
        script: The run as a script; None where nobody looks at it.
        opened: How many runs have been opened so far, and have come to their points.
    """

    settings: RunSpec
    dataset: Dataset
    epoch: int = 0
    offset: int = 0
    steps_per_epoch: int = 1
    event: StepEvent | None = None
    edit: str = ""
    phase_event: PhaseEvent | None = None
    evaluation: Evaluation | None = None
    changes: int = 0
    held_out: Evaluation | None = None
    forms: tuple[tuple[str, Form], ...] = ()
    optimizer_rule: str = ""
    optimizer_state: dict[str, dict[str, Any]] = field(default_factory=dict)
    functions: tuple[str, ...] = ()
    dead: frozenset[tuple[str, int]] = frozenset()
    surface: Surface | None = None
    plane: Plane | None = None
    script: Script | None = None
    opened: int = 0

    @property
    def before(self) -> dict[str, Any]:
        """By name, the parameters before the step that led here; empty inside a step, and where there is none."""
        return self.event.parameters if self.event and not self.phase_event else {}

    @property
    def gradients(self) -> dict[str, Any]:
        """By name, the gradients of the step or the phase that led here."""
        source = self.phase_event or self.event
        return source.gradients if source else {}

    @property
    def frozen(self) -> str:
        """What no update changes, as a spec writes it."""
        return self.settings.frozen

    @property
    def epochs(self) -> int:
        """Completed epochs."""
        return self.epoch

    @property
    def called(self) -> str:
        """The settings in force, as a spec."""
        return str(self.settings)

    @property
    def parts(self) -> str:
        """Model, data, loss and optimizer, joined by /; data from a file have its own name, which may be any text."""
        path, _, _ = self.called.partition(" ")
        model, _, *more = path.split("/")
        return "/".join((model, self.dataset.name, *more)) if self.dataset.notes else path

    @property
    def words(self) -> tuple[str, ...]:
        """The other settings in force, as in a spec, without the place of a file."""
        return tuple(word for word in self.called.split()[1:] if word.partition("=")[0] not in WHERE)

    @property
    def title(self) -> str:
        """What a picture of the run is called."""
        return " ".join((self.parts, *self.words))

    @property
    def phase(self) -> Phase | None:
        """The phase that led here, inside a step."""
        return self.phase_event.phase if self.phase_event else None

    @property
    def holds_out(self) -> bool:
        """Whether the data in use have held-out examples, and an epoch is over."""
        return self.dataset.held_out is not None and self.held_out_losses.count > 0

    @property
    def decides(self) -> bool:
        """Whether predictions can be right on held-out examples, so that there is a share of them to plot."""
        return self.holds_out and bool(self.dataset.classes)

    @property
    def loss_told(self) -> tuple[str, str]:
        """The loss in use and its formula."""
        return self.settings.loss, self.form.formula

    @property
    def form(self) -> Form:
        """The loss in use."""
        return dict(self.forms)[self.settings.loss]

    @property
    def current(self) -> set[int]:
        """The places, among the examples at hand, of those that the last step or phase was done on."""
        source = self.phase_event or self.event
        return set(self.dataset.places_of(source.batch.rows)) if source else set()

    def optimizer_state_of(self, focus: Focus) -> list[tuple[str, float]]:
        """What the optimizer keeps for one number, by its own names."""
        kept = self.optimizer_state.get(focus[0], {})
        return [(key, value_at({focus[0]: tensor}, focus)) for key, tensor in kept.items() if shape(tensor)]

    def chain_of(self, event: StepEvent | PhaseEvent) -> Chain:
        """A step's backward pass under the settings in force.

        Raises:
            ChainError: It cannot be shown.
        """
        from hltcore.chain import chain  # late: before the first step there is none

        return chain(event, self.form, l1=self.settings.l1, l2=self.settings.l2)
