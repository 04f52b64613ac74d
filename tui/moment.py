"""Moment: what every run has at one moment, be it trained here or recorded somewhere, as frozen facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from hltcore.diagnostics.finding import Finding, Unchecked
from hltcore.phase import Phase
from tui.cells import Focus
from tui.curve import CurveView

if TYPE_CHECKING:
    from hltcore.embedding import Embedding
    from hltcore.events import EpochEvent
    from tui.snapshot import Snapshot

__all__ = ["Kind", "Moment", "Tape"]

Kind: TypeAlias = Literal["live", "recorded", "watched"]
"""A run that is trained here, a recorded one of this library's parts, or a recorded training loop of somebody's own."""


@dataclass(frozen=True)
class Tape:
    """The event logs that a recorded run is read from.

    Attributes:
        names: What each log is called.
        curves: The losses of each.
        chosen: Which of them is shown.
        following: Whether the end is shown as it grows.
        state: What is to be known of the log: that it goes on, is over, was cut short; empty where all is said.
        read: The part of the log that was read through, from 0 to 1.
        about: What is known of the log, each with what it is about.
    """

    names: tuple[str, ...]
    curves: tuple[CurveView, ...]
    chosen: int = 0
    following: bool = False
    state: str = ""
    read: float = 1.0
    about: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The log that is shown."""
        return self.names[self.chosen]


@dataclass(frozen=True, eq=False, kw_only=True)
class Moment:
    """A run at one moment.

    Attributes:
        ready: Whether the run is there; until then little is known of it.
        note: Something to tell the user: an error's sentence, or what is being waited for.
        error: Whether the note is an error.
        steps: Completed steps.
        first: Steps that were complete at the earliest point there is.
        recorded: Steps in this line of history, also those ahead.
        playing: Whether it plays.
        speed: Steps a second while it plays, as a person reads it.
        parameters: By name, the present parameters as nested tuples; of a recorded run, those recorded whole.
        edits: Steps after which something was changed, the latest of them.
        losses: The loss of every step recorded.
        epoch_losses: The mean loss of every complete epoch recorded.
        held_out_losses: Mean loss over the held-out examples at the end of each epoch.
        training_losses: The same over those trained on; empty where none are held out.
        held_out_right: Share of the held-out examples that are right at the end of each epoch.
        training_right: The same of those trained on; empty where none are held out.
        epoch_ended: The end of the last epoch before this point; None for data without held-out examples.
        forks: Steps at which another line of history leaves this one.
        line_number: Which line of the run's history this is, from 1.
        lines: How many there are.
        focus: The number that the arrow keys stand on.
        path: That number's value after some or all of the steps of this line.
        findings: What the checks have found on this line, also ahead of this point.
        checked: The checks that have looked at this line.
        unchecked: Those that have not, and why.
        twin: Another run, in lock-step with this one.
        model_note: What a student should know about the model; often nothing.
        embedding: The rows of the embedding table; None for a model without one.
        tape: Where the run is read from; None for a run that is trained here.
    """

    ready: bool = False
    note: str = ""
    error: bool = False
    steps: int = 0
    first: int = 0
    recorded: int = 0
    playing: bool = False
    speed: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    edits: tuple[int, ...] = ()
    losses: CurveView = field(default_factory=CurveView)
    epoch_losses: CurveView = field(default_factory=CurveView)
    held_out_losses: CurveView = field(default_factory=CurveView)
    training_losses: CurveView = field(default_factory=CurveView)
    held_out_right: CurveView = field(default_factory=CurveView)
    training_right: CurveView = field(default_factory=CurveView)
    epoch_ended: EpochEvent | None = None
    forks: tuple[int, ...] = ()
    line_number: int = 1
    lines: int = 1
    focus: Focus | None = None
    path: tuple[tuple[int, float], ...] = ()
    findings: tuple[Finding, ...] = ()
    checked: tuple[str, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    twin: Snapshot | None = None
    model_note: str = ""
    embedding: Embedding | None = None
    tape: Tape | None = None

    @property
    def kind(self) -> Kind:
        """What kind of run it is."""
        return "live" if self.tape is None else "recorded"

    @property
    def lacks(self) -> frozenset[str]:
        """Ids of keys that would do nothing, though they have a meaning for others of its kind."""
        if self.tape is None:
            return frozenset()
        lacks = {"next-log": len(self.tape.names) > 1, "by-epoch": self.epoch_losses.count}
        return frozenset(key for key, there in lacks.items() if not there)

    @property
    def before(self) -> dict[str, Any]:
        """By name, the parameters before the step that led here; empty where there is none."""
        return {}

    @property
    def gradients(self) -> dict[str, Any]:
        """By name, the gradients of the step that led here, as far as they are known."""
        return {}

    @property
    def frozen(self) -> str:
        """What no update changes, as a spec writes it."""
        return ""

    @property
    def epochs(self) -> int:
        """Completed epochs, as far as that is known."""
        return 0

    @property
    def called(self) -> str:
        """What the run is called: its log's name, where no more is known."""
        return self.tape.name if self.tape is not None else ""

    @property
    def title(self) -> str:
        """What a picture of the run is called."""
        return self.called

    @property
    def phase(self) -> Phase | None:
        """The phase that led here, inside a step."""
        return None

    @property
    def holds_out(self) -> bool:
        """Whether the data in use have held-out examples, and an epoch is over."""
        return False

    @property
    def decides(self) -> bool:
        """Whether predictions can be right on held-out examples, so that there is a share of them to plot."""
        return False

    @property
    def loss_told(self) -> tuple[str, str]:
        """The loss in use and its formula; empty where it is not known."""
        return "", ""

    @property
    def doing(self) -> str:
        """Whether it plays, follows a run that goes on, or stands still."""
        if self.playing:
            return f"▶ {self.speed}"
        return "● following" if self.tape is not None and self.tape.following else "‖ paused"
