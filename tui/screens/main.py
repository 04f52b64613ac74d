"""The main screen: status, parameters, examples, loss and keys."""

from __future__ import annotations

import time

from textual import events
from textual.app import ComposeResult
from textual.containers import Grid, VerticalScroll
from textual.content import Content
from textual.screen import Screen

from tui.formatting import plain
from tui.keymap import KEYS
from tui.panels.examples import classes_line, example_lines
from tui.panels.loss import LossPlot
from tui.panels.parameters import parameter_lines
from tui.panels.status import status_lines
from tui.panels.step import step_lines
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.widgets.lines import Lines, Piece, line
from tui.widgets.too_small import COLUMNS, ROWS, TooSmall

__all__ = ["MainScreen"]

_PANELS = ("parameters", "examples", "loss", "inside")
_WIDE = 110
_EXAMPLES_AT_LEAST = 27  # columns
_PARAMETERS_AT_LEAST = 24
_PLOT_EVERY = 0.25  # seconds, while it plays: a plot is most of what a frame sends over the line
_PADDING = 2
_SCROLLBAR = 1
_PARAMETERS_AT_MOST = 9  # lines, above which (and above a third of the screen) the panel takes the whole left side


class MainScreen(Screen[None]):
    """Shows snapshots as they come."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (COLUMNS, "-broad")]  # noqa: RUF012 - as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (ROWS, "-high")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: Snapshot | None = None
        self._palette: Palette | None = None
        self._columns = ""
        self._plotted = 0.0
        self._alone = ""

    def compose(self) -> ComposeResult:
        """Lay the panels out."""
        yield Lines(id="status")
        with Grid(id="panels"):
            with VerticalScroll(id="parameters"):
                yield Lines(id="parameter-lines")
            with VerticalScroll(id="examples"):
                yield Lines(id="example-lines")
            yield LossPlot(id="loss")
            with VerticalScroll(id="inside"):
                yield Lines(id="inside-lines")
        yield Lines(id="keys")
        yield TooSmall()

    def on_mount(self) -> None:
        """Name the panels, and let the keys scroll the parameters."""
        self.query_one("#parameters").border_title = "Parameters"
        self.query_one("#inside").border_title = "Inside the step"
        self.query_one("#parameters").focus()

    def show_panel(self, name: str) -> None:
        """Show one panel alone, or all again: with no name, or the name of the panel that is alone now."""
        self._alone = "" if name == self._alone else name
        grid = self.query_one("#panels", Grid)
        for panel in _PANELS:
            grid.set_class(panel == self._alone, f"-only-{panel}")
        self.query_one(f"#{self._alone or 'parameters'}").focus()
        self._show_again()

    def show(self, snapshot: Snapshot, palette: Palette) -> None:
        """Show a snapshot: what a key changed first, the plot behind it."""
        self._snapshot, self._palette = snapshot, palette
        if not self.is_mounted or not self.size:
            return
        self._draw_lines(snapshot, palette)
        now = time.monotonic()
        if not snapshot.playing or now - self._plotted >= _PLOT_EVERY:
            self._plotted = now
            self.call_after_refresh(self._draw_plot)

    def _draw_lines(self, snapshot: Snapshot, palette: Palette) -> None:
        width = self.size.width
        if self._alone == "inside":
            self.query_one("#inside-lines", Lines).draw(step_lines(snapshot, palette, width - _PADDING))
        most = width // 2 if width >= _WIDE else width - _EXAMPLES_AT_LEAST
        if self._alone == "parameters":
            most = width
        gradients = width >= _WIDE or self._alone == "parameters"
        parameters = parameter_lines(snapshot, palette, most - _PADDING - _SCROLLBAR, gradients=gradients)
        high = len(parameters) > max(self.size.height // 3, _PARAMETERS_AT_MOST)
        needed = max((strip.cell_length for strip in parameters), default=0)
        columns = min(max(needed, _PARAMETERS_AT_LEAST) + _PADDING + _SCROLLBAR * high, most)
        grid = self.query_one("#panels", Grid)
        grid.set_class(high, "-tall")
        layout = "1fr" if self._alone else f"{columns} 1fr"
        if layout != self._columns:
            self._columns = layout
            grid.styles.grid_columns = layout
        self.query_one("#status", Lines).draw(status_lines(snapshot, palette, width - _PADDING))
        self.query_one("#parameter-lines", Lines).draw(parameters)
        room = width - _PADDING - (0 if self._alone == "examples" else columns)
        self.query_one("#example-lines", Lines).draw(
            [*example_lines(snapshot, palette, room), classes_line(snapshot, palette)]
        )
        features = ", ".join(map(plain, snapshot.dataset.features))
        self.query_one("#examples").border_title = Content(f"Examples · x: {features}")
        self.query_one("#keys", Lines).draw([line(*_keys(palette, width))])

    def _draw_plot(self) -> None:
        if self._snapshot is not None and self._palette is not None:
            self.query_one(LossPlot).draw(self._snapshot, self._palette)

    def on_resize(self, event: events.Resize) -> None:
        """Lay out again for the new size."""
        self.call_after_refresh(self._show_again)

    def _show_again(self) -> None:
        if self._snapshot is not None and self._palette is not None:
            self.show(self._snapshot, self._palette)

    def toggle_by_epoch(self) -> None:
        """Plot by step, or by epoch."""
        plot = self.query_one(LossPlot)
        plot.by_epoch = not plot.by_epoch
        self._draw_plot()

    def toggle_log(self) -> None:
        """Plot on a linear, or a logarithmic scale."""
        plot = self.query_one(LossPlot)
        plot.logarithmic = not plot.logarithmic
        self._draw_plot()


def _keys(palette: Palette, width: int) -> list[Piece]:
    """As many keys as there is room for, in the order of their ``footer`` numbers; drawn in the table's order."""
    room, chosen = width, set()
    for key in sorted((key for key in KEYS if key.footer), key=lambda key: key.footer):
        room -= len(key.shown) + len(key.short) + 2
        if room < 0:
            break
        chosen.add(key.id)
    pieces: list[Piece] = []
    for key in KEYS:
        if key.id in chosen:
            pieces += [(f" {key.shown}", palette.accent), (f" {key.short}", palette.muted)]
    return pieces
