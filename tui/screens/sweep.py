"""Sweep: many seeds of the present settings, trained while one looks on; any of them can be opened."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import ClassVar, NamedTuple, TypeAlias

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from hltcore.errors import HltError
from hltcore.spec import RunSpec
from hltcore.sweeps.outcome import Outcome
from hltcore.sweeps.result import Variant
from tui.formatting import number, plain, tally
from tui.panels.fan import SHARES, fan
from tui.screens.sheet import Sheet
from tui.theme import palette_of
from tui.widgets.lines import Lines
from tui.widgets.seeds import FAILED, LOST, SOLVED, WAITING, Seeds

__all__ = ["Begin", "SweepScreen", "Swept", "sweeping"]

SEEDS = 1000
EPOCHS = 49

_WIDE = 78
_HINT = "arrows choose  x next of another kind  enter opens its run  escape leave"
_SHORT = "arrows choose  x other kind  enter open  esc leave"

_SHARD = 128  # seeds between two looks
_SLICE = 0.1  # seconds of training between two looks


class Swept(NamedTuple):
    """A sweep as far as it has come.

    Attributes:
        seeds: How many seeds it will have.
        variant: What has been trained.
    """

    seeds: int
    variant: Variant


Begin: TypeAlias = "Callable[[Callable[[], bool]], Awaitable[Iterator[Swept]]]"
"""Sets the sweep up, given what tells that nobody looks any more; then it is asked for as it gets on, on any thread."""


class _LeftError(Exception):
    """Nobody looks any more."""


def sweeping(settings: RunSpec, left: Callable[[], bool]) -> Iterator[Swept]:
    """The first seeds of some settings, as they get on.

    Args:
        settings: What is trained.
        left: Whether nobody looks any more: it ends then, after the epoch that it is in.

    Raises:
        HltError: They cannot be trained.
    """

    def go_on(runs: float) -> None:
        if left():
            raise _LeftError

    from hltcore.sweeps.plan import Plan
    from hltcore.sweeps.result import Sweep
    from hltcore.sweeps.sweeping import shards  # late: it imports torch

    plan = Plan.make(settings.changed(seed=0), SEEDS, EPOCHS, {})
    done = {}
    with suppress(_LeftError):
        for piece, shard in shards(plan, largest=_SHARD, progress=go_on):
            done[piece] = shard
            yield Swept(SEEDS, Sweep(plan, done)[0])


class SweepScreen(Sheet["RunSpec | None"]):
    """Shows the losses as a fan and the seeds as marks; gives back the run of the chosen seed, or None.

    Args:
        begin: Sets the sweep up.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,S", "dismiss_none", "Close", show=False),
        Binding("enter", "open", "Open", show=False, priority=True),
    ]

    def __init__(self, begin: Begin) -> None:
        super().__init__()
        self._begin = begin
        self._swept: Swept | None = None
        self._marks: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay the picture out."""
        with Vertical(classes="dialog -sweep"):
            yield Static(Content("Does it depend on the start?"), classes="dialog-title")
            yield Static(id="sweep-settings", classes="dialog-hint")
            yield Static(Content("The sweep is set up …"), id="sweep-state")
            with Horizontal(id="sweep-picture"):
                with Vertical(id="sweep-losses"):
                    yield Static(Content("mean loss: 5 25 50 75 95 %"), classes="dialog-hint")
                    yield Lines(id="sweep-fan")
                with Vertical(id="sweep-seeds"):
                    yield Static(Content(f"seeds: {SOLVED} all right  {FAILED} not"), classes="dialog-hint")
                    yield Seeds(id="sweep-marks")
            yield Static(id="sweep-chosen")
            yield Static(Content(_HINT if self.app.size.width >= _WIDE else _SHORT), classes="dialog-hint")

    def begin(self) -> None:
        """Begin to train."""
        self.query_one(Seeds).focus()
        self._train()

    @work
    async def _train(self) -> None:
        """Train for a while on another thread, look, and so on; what is not asked for is not trained."""
        try:
            sweep = await self._begin(lambda: self.gone)
            while not self.gone:
                swept, over = await asyncio.to_thread(_a_while, sweep)
                if self.gone:
                    return
                if swept is not None:
                    self._swept = swept
                    self._show()
                if over:
                    return
        except HltError as error:
            if not self.gone:
                self.query_one("#sweep-state", Static).update(Content(plain(str(error))))

    def _show(self) -> None:
        swept = self._swept
        if swept is None:
            return
        variant = swept.variant
        outcomes = variant.outcomes
        self._marks = [*map(_mark, outcomes), *[WAITING] * (swept.seeds - len(outcomes))]
        self.query_one(Seeds).show(self._marks)
        settings = f"{plain(variant.spec)}, {tally(variant.epochs, 'epoch')}, {tally(swept.seeds, 'seed')}"
        self.query_one("#sweep-settings", Static).update(Content(settings))
        self.query_one("#sweep-state", Static).update(_state(variant, swept.seeds))
        self._draw_fan(variant)
        self._tell_chosen()

    def _draw_fan(self, variant: Variant) -> None:
        room = self.query_one("#sweep-losses").size
        palette = palette_of(self.app.current_theme)
        strips = fan(variant.points, variant.fan(SHARES), room.width - 1, room.height - 1, palette)
        self.query_one("#sweep-fan", Lines).draw(strips)

    def on_resize(self, event: Resize) -> None:
        """Draw it anew in another size, once all is laid out."""
        self.call_after_refresh(self._show)

    def on_seeds_chosen(self, event: Seeds.Chosen) -> None:
        """Tell of the seed that is stood on."""
        event.stop()
        self._tell_chosen()

    @property
    def _chosen(self) -> Outcome | None:
        place = self.query_one(Seeds).place
        outcomes = self._swept.variant.outcomes if self._swept else ()
        return outcomes[place] if place < len(outcomes) else None

    def _tell_chosen(self) -> None:
        outcome = self._chosen
        told = Content("not trained yet") if outcome is None else _told(outcome)
        self.query_one("#sweep-chosen", Static).update(told)

    def action_open(self) -> None:
        """Give back the run of the chosen seed."""
        outcome = self._chosen
        if outcome is not None and self._swept is not None:
            self.dismiss(self._swept.variant.spec_of(outcome))

    def action_dismiss_none(self) -> None:
        """Leave things as they are."""
        self.dismiss(None)


def _a_while(sweep: Iterator[Swept]) -> tuple[Swept | None, bool]:
    """Train for a moment.

    Returns:
        How far it has come then, and whether that was all.
    """
    end = time.monotonic() + _SLICE
    swept: Swept | None = None
    for swept in sweep:
        if time.monotonic() >= end:
            return swept, False
    return swept, True


def _mark(outcome: Outcome) -> str:
    if outcome.solved:
        return SOLVED
    return LOST if "not-finite" in outcome.findings or outcome.stopped is not None else FAILED


def _state(variant: Variant, seeds: int) -> Content:
    """How many learn it."""
    done = len(variant.outcomes)
    low, high = variant.interval
    share = f"{100 * variant.share:.1f} % learn it"
    sure = f" (95 % interval {100 * low:.1f} to {100 * high:.1f} %)"
    more = "" if done == seeds else f"; {done:,} of {seeds:,} trained …"
    notes = "".join(f"; {plain(note)}" for note in variant.notes)
    return Content.assemble((share, "bold"), sure, (more + notes, "$text-muted"))


def _told(outcome: Outcome) -> Content:
    """A seed, and what came of it."""
    words = [f"{outcome.right} right", f"mean loss {number(outcome.loss).strip()}"]
    if outcome.solved and outcome.epoch is not None:
        words.append(f"all right first after {tally(outcome.epoch, 'epoch')}")
    if outcome.dead:
        words.append(f"dead: {' '.join(map(plain, outcome.dead))}")
    if outcome.stopped is not None:
        words.append(f"could not go on after {tally(outcome.stopped, 'step')}")
    return Content.assemble((f"seed {outcome.seed}", "bold"), f"  {'  '.join(words)}")
