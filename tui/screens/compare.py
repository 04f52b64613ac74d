"""Compare: runs that differ in their features alone, trained while one looks on, to see how far each gets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import ClassVar, TypeAlias

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hltcore.contenders import Compared, best
from hltcore.errors import HltError
from hltcore.events import Score
from tui.formatting import clip, number, plain, tally
from tui.screens.sheet import Sheet
from tui.widgets.choices import Choices

__all__ = ["Begin", "CompareScreen"]

Begin: TypeAlias = "Callable[[], Awaitable[Iterator[tuple[Compared, ...]]]]"
"""Sets the runs up; then all of them as they get on, to be asked for on any thread."""

_SLICE = 0.1  # seconds of training between two looks
_SCORE = len("450 of 450")
_BESIDE = 2 + 7 + 2 * (2 + _SCORE) + 2 + 8  # columns of a row besides the features


class CompareScreen(Sheet["str | None"]):
    """Lists the runs as they train; gives back the features of the chosen one, or None.

    Args:
        current: The features in use.
        settings: What all runs have in common, for a line above them.
        begin: Sets the runs up.
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high")]  # noqa: RUF012 (Textual does not declare it ClassVar)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,W", "dismiss_none", "Close", show=False)]

    def __init__(self, current: str, settings: str, begin: Begin) -> None:
        super().__init__()
        self._current = current
        self._settings = settings
        self._begin = begin
        self._rows: tuple[Compared, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay the table out."""
        with Vertical(classes="dialog -compare"):
            yield Static(Content("Which features get how far?"), classes="dialog-title")
            yield Static(Content(plain(self._settings)), classes="dialog-hint")
            yield Static(Content("The runs are set up …"), id="compare-state")
            yield Static(id="compare-heading", classes="dialog-hint")
            yield Choices(id="compare-rows")
            yield Static(Content("enter goes on with these features  escape leave"), classes="dialog-hint")

    def begin(self) -> None:
        """Begin to train."""
        self.query_one(OptionList).focus()
        self._train()

    @work
    async def _train(self) -> None:
        """Train for a while on another thread, look, and so on; what is not asked for is not trained."""
        try:
            runs = await self._begin()
            while not self.gone:
                rows, over = await asyncio.to_thread(_a_while, runs)
                if self.gone:
                    return
                self._show(rows or self._rows, over)
                if over:
                    return
        except HltError as error:
            if not self.gone:
                self.query_one("#compare-state", Static).update(Content(plain(str(error))))

    def _show(self, rows: tuple[Compared, ...], over: bool) -> None:
        """Put the rows in place of those before, with the one that is stood on."""
        if not rows:
            return
        choices, first = self.query_one(OptionList), best(rows)
        width = self._feature_width(rows)
        new = choices.option_count != len(rows)
        if new:
            choices.set_options([Option(self._line(row, row is first, width)) for row in rows])
            names = [row.features for row in rows]
            choices.highlighted = names.index(self._current) if self._current in names else 0
        for place, row in enumerate(rows):
            if not new and (row != self._rows[place] or (row is first) != (self._rows[place] is best(self._rows))):
                choices.replace_option_prompt_at_index(place, self._line(row, row is first, width))
        self._rows = rows
        heading = f"  {'features':{width}}columns  {'trained on':>{_SCORE}}  {'held out':>{_SCORE}}      loss"
        self.query_one("#compare-heading", Static).update(Content(heading))
        self.query_one("#compare-state", Static).update(Content(_state(rows, over)))

    def _feature_width(self, rows: tuple[Compared, ...]) -> int:
        room = max(self.size.width * 96 // 100 - 6 - _BESIDE, 10)
        return min(max(len(row.features) for row in rows) + 1, room)

    def _line(self, row: Compared, first: bool, width: int) -> Content:
        mark = ("★ ", "$accent") if first else ("▸ " if row.features == self._current else "  ", "$text-muted")
        name = (clip(row.features, width - 1) + " ", "bold")
        if row.refusal:
            return Content.assemble(mark, name, (plain(row.refusal), "$text-muted"))
        columns = str(row.columns or "").rjust(7)
        scores = ["" if s is None else _told(s) for s in (row.training, row.held_out)]
        trained, held = (f"  {score:>{_SCORE}}" for score in scores)
        loss = "" if row.held_out is None else f"  {number(row.held_out.loss)}"
        return Content.assemble(mark, name, columns, trained, (held, "bold"), (loss, "$text-muted"))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the chosen run's features back, if it could be built."""
        event.stop()
        row = self._rows[event.option_index]
        if not row.refusal:
            self.dismiss(row.features)

    def action_dismiss_none(self) -> None:
        """Leave things as they are."""
        self.dismiss(None)


def _told(score: Score) -> str:
    """How many are right; of targets that are numbers, the mean loss."""
    return number(score.loss).strip() if score.right is None else f"{score.right} of {score.count}"


def _a_while(runs: Iterator[tuple[Compared, ...]]) -> tuple[tuple[Compared, ...], bool]:
    """Train for a moment.

    Returns:
        How far all runs have got then, and whether that was all.
    """
    end = time.monotonic() + _SLICE
    rows: tuple[Compared, ...] = ()
    for rows in runs:
        if time.monotonic() >= end:
            return rows, False
    return rows, True


def _state(rows: tuple[Compared, ...], over: bool) -> str:
    epochs = min((row.epochs for row in rows if not row.refusal), default=0)
    if not over:
        return f"{tally(epochs, 'epoch')} done, training on …"
    first = best(rows)
    told = f"{tally(epochs, 'epoch')} each."
    return f"{told} ★ {first.features} has most of what it never saw right." if first else told
