"""The main screen: status, timeline, the panels where the arrangement puts them, and keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.screen import Screen

from hltcore.diagnostics.finding import Finding
from tui.arrangement import Box, Needs, arrange, examples_at_least, script_columns
from tui.beside import arrange_with, room_beside
from tui.cells import Focus, holds, walk
from tui.course.guide import Reading
from tui.course.scene import Scene
from tui.panels.loss import LossPlot
from tui.panels.parameters import ParameterView, parameter_view, shown_first
from tui.panels.script import marked_place
from tui.panels.status import status_lines
from tui.panels.timeline import timeline_line
from tui.screens.drawn import DRAWN, PADDING, SCROLLBAR, Drawing, parameters_title, surface_view
from tui.screens.findings import FindingsPanel
from tui.screens.footer import footer
from tui.screens.lesson import LessonPanel
from tui.screens.script import ScriptPanel
from tui.session import SavedView
from tui.snapshot import Snapshot
from tui.theme import Palette
from tui.view import View
from tui.widgets.lines import Lines, line
from tui.widgets.too_small import COLUMNS, ROWS, TooSmall

__all__ = ["MainScreen"]

_WIDE = 110

_PARAMETERS_AT_LEAST = 24
_PLOT_EVERY = 0.25  # seconds, while it plays: a plot is most of what a frame sends over the line
_FRAME_LINES = 5  # status, timeline and keys


class MainScreen(Screen[None]):
    """Shows snapshots as they come.

    Args:
        look: Called with what the screen looks at, whenever that changes.
        arranged: How it is arranged at first.
        meet: Called with each scene while a lesson is open; gives the lesson as it is then.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (COLUMNS, "-broad")]  # noqa: RUF012 - as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (ROWS, "-high")]  # noqa: RUF012
    AUTO_FOCUS = ""

    def __init__(
        self,
        look: Callable[[View], None],
        arranged: SavedView,
        meet: Callable[[Scene], Reading | None] = lambda scene: None,
    ) -> None:
        super().__init__()
        self._look = look
        self._meet = meet
        self._lesson = LessonPanel()
        self._view = View()
        self._snapshot: Snapshot | None = None
        self._palette: Palette | None = None
        self._boxes: dict[str, Box] = {}
        self._titles: dict[str, str] = {}
        self._plotted = 0.0
        self._alone = arranged.panel if arranged.panel in ("parameters", *DRAWN, "loss") else ""
        self._plot = LossPlot(by_epoch=arranged.by_epoch, right=arranged.right, logarithmic=arranged.logarithmic)
        self._focus: Focus | None = None
        self._sought: tuple[int, Focus] | None = None
        self._findings = FindingsPanel()
        self._script = ScriptPanel()
        self._parameters = ParameterView([], {})

    def compose(self) -> ComposeResult:
        """Lay the panels out."""
        yield Lines(id="status")
        with Container(id="panels"):
            for name in ("parameters", *DRAWN):
                # Arrow keys walk over parameters and findings, which scroll along; in the others they scroll.
                if name in OWN:
                    yield {"findings": self._findings, "script": self._script}[name]
                    continue
                with VerticalScroll(id=name, classes="panel", can_focus=name not in WALKED):
                    yield Lines(id=LINES.get(name, f"{name}-lines"))
            yield self._plot
            yield self._lesson
        yield Lines(id="keys")
        yield TooSmall()

    @property
    def focus_cell(self) -> Focus | None:
        """The number that the arrow keys stand on."""
        return self._focus

    @property
    def shown(self) -> Snapshot | None:
        """The snapshot that is drawn; None before the first."""
        return self._snapshot

    @property
    def arranged(self) -> SavedView:
        """How it is arranged, for a session that is opened again."""
        plot = self._plot
        view = SavedView("", self._alone, plot.by_epoch, plot.logarithmic, plot.right)
        reading = self._lesson.reading
        if reading is None:
            return view
        return replace(view, lesson=reading.lesson.name, page=reading.number)

    def read(self, reading: Reading | None) -> None:
        """Show a page beside the panels, or close the lesson; every page begins with all panels."""
        if self._lesson.read(reading) and self.is_mounted and self._alone:
            self._alone = ""
            self.set_focus(None)
        self._show_again()

    def scroll_lesson(self, pages: int) -> None:
        """Scroll the lesson's text."""
        self._lesson.scroll_pages(pages)

    def show_panel(self, name: str) -> None:
        """Show one panel alone, or all again: with no name, or the name of the panel that is alone now."""
        self._alone = "" if name == self._alone else name
        self._show_again()
        self._let_scroll()

    def _let_scroll(self) -> None:
        """Have the arrow keys scroll the panel that is alone on the screen, unless they walk in it."""
        scrolls = self._alone and self._alone not in (*WALKED, "loss") and "parameters" not in self._boxes
        self.set_focus(self.query_one(f"#{self._alone}") if scrolls else None)

    def leave(self) -> None:
        """Go back a level: from a panel alone to all of them, or let the focused number go."""
        if self._alone:
            self.show_panel("")
        elif self._focus is not None:
            self._focus_on(None)

    def walk(self, direction: str) -> None:
        """Focus the next number in a direction."""
        if self._snapshot is not None:
            self._focus_on(walk(self._snapshot.parameters, self._focus, direction, shown_first(self._snapshot)))

    @property
    def chosen(self) -> Finding | None:
        """The finding that the arrow keys stand on; None where the findings are not shown, or there is none."""
        return self._findings.chosen if self.shows_findings else None

    @property
    def shows_findings(self) -> bool:
        """Whether the findings are shown, so that arrow keys walk over them."""
        return "findings" in self._boxes

    def choose(self, places: int) -> None:
        """Stand on a finding so many places below."""
        if self._findings.choose(places):
            self._show_again()

    def go_to(self, finding: Finding) -> None:
        """Show all panels, and focus what a finding is about as soon as the run has come to its first step."""
        self._sought = (finding.since, finding.place) if finding.place is not None else None
        self.show_panel("")

    @on(events.Click, "#parameter-lines")
    def _clicked(self, event: events.Click) -> None:
        self._focus_on(self._parameters.at(event.y, event.x))

    def let_go(self) -> None:
        """Focus no number."""
        self._focus = None

    def _focus_on(self, focus: Focus | None) -> None:
        self._focus, self._sought = focus, None
        self._show_again()
        self._scroll_to_focus()

    def _scroll_to_focus(self) -> None:
        place = self._parameters.places.get(self._focus) if self._focus else None
        if place is not None:
            region = Region(0, max(place[0] - 1, 0), 1, 2)  # with the heading above a matrix's first row
            self.query_one("#parameters", VerticalScroll).scroll_to_region(region, animate=False)

    def show(self, snapshot: Snapshot, palette: Palette) -> None:
        """Show a snapshot: what a key changed first, the plot behind it."""
        before, self._snapshot, self._palette = self._snapshot, snapshot, palette
        if self._alone and snapshot.twin is not None and (before is None or before.twin is None):
            self._alone = ""  # a twin that has just begun is seen at once
            self.set_focus(None)
        if self._sought is not None and self._sought[0] == snapshot.steps:
            self._focus, self._sought = self._sought[1], None
        if self._focus is not None and not holds(snapshot.parameters, self._focus):
            self._focus = None  # another model has no such number
        if not self.is_mounted or not self.size:
            return
        self._findings.take(snapshot, palette)
        self._draw_lines(snapshot, palette)
        self._meet_task(snapshot, palette)
        now = time.monotonic()
        if not snapshot.playing or now - self._plotted >= _PLOT_EVERY:
            self._plotted = now
            self.call_after_refresh(self._draw_pictures)

    def _draw_lines(self, snapshot: Snapshot, palette: Palette) -> None:
        width, height = self.size.width, max(self.size.height - _FRAME_LINES, 1)
        lower = timeline_line(snapshot, palette, width - PADDING)
        self.query_one("#status", Lines).draw([*status_lines(snapshot, palette, width - PADDING), lower])
        self.query_one("#keys", Lines).draw([line(*footer(palette, width, self._lesson.reading is not None))])
        lesson = self._lesson.box(palette, width, height)
        width, height = room_beside(width, height, lesson)
        beside = script_columns(width, snapshot.twin is not None) if self._alone == "script" else 0
        places, self._parameters = self._parameters.places, self._parameter_view(snapshot, palette, width - beside)
        self.query_one("#parameter-lines", Lines).draw(self._parameters.lines)
        if self._focus in places and places.get(self._focus) != self._parameters.places.get(self._focus):
            self.call_after_refresh(self._scroll_to_focus)  # a step picked other rows, which stand first
        self._entitle("parameters", parameters_title(snapshot))
        needs = self._needs(snapshot, height)
        if lesson is None:
            self._place(arrange(width, height, needs, self._alone))
        else:
            boxes = arrange_with(width, height, needs, self._alone, self._lesson.panel)
            self._place({**boxes, "lesson": lesson})
        self._draw_panels(snapshot, palette, pictures=False)
        self._say_what_is_looked_at()

    def _meet_task(self, snapshot: Snapshot, palette: Palette) -> None:
        """Have the page's task looked at now that it is known what is shown, and show the page as it is then."""
        box = self._boxes.get("lesson")
        if box is not None:
            self._lesson.reading = self._meet(Scene(snapshot, self._focus, frozenset(self._boxes) - {"lesson"}))
            self._lesson.draw(palette, box)

    def _draw_panels(self, snapshot: Snapshot, palette: Palette, *, pictures: bool) -> None:
        drawing = Drawing(snapshot, palette, self._focus, self._findings.chosen)
        for name, panel in DRAWN.items():
            if name not in self._boxes:
                continue
            if not pictures:  # the numbers in all titles are of one moment
                self._entitle(name, panel.title(drawing))
            if panel.picture == pictures:
                box = self._boxes[name]
                lines = panel.fitted(drawing, box.width - PADDING, box.height - 1)
                self.query_one(f"#{LINES.get(name, f'{name}-lines')}", Lines).draw(lines)
        if "script" in self._boxes and not pictures:
            self._script.follow(marked_place(snapshot), self._boxes["script"].height - 1)

    def _entitle(self, name: str, title: str) -> None:
        if self._titles.get(name) != title:
            self._titles[name] = title
            self.query_one(f"#{name}").border_title = Content(title)

    def _parameter_view(self, snapshot: Snapshot, palette: Palette, width: int) -> ParameterView:
        halves = width >= _WIDE or snapshot.twin or self._lesson.panel not in ("", "parameters", "examples")
        most = width // 2 if halves else width - examples_at_least(width)
        if self._alone == "parameters":
            most = width
        gradients = (width >= _WIDE and not snapshot.twin) or self._alone == "parameters"
        room = most - PADDING - SCROLLBAR
        return parameter_view(snapshot, palette, room, gradients=gradients, focus=self._focus, other=snapshot.twin)

    def _needs(self, snapshot: Snapshot, height: int) -> Needs:
        lines = self._parameters.lines
        wide = max((strip.cell_length for strip in lines), default=0)
        scrollbar = SCROLLBAR * (len(lines) > height // 3)  # it may need one
        return Needs(
            parameters=(max(wide, _PARAMETERS_AT_LEAST) + PADDING + scrollbar, len(lines)),
            examples=len(snapshot.dataset) + 2,
            plane=snapshot.dataset.has_plane,
            table=snapshot.embedding is not None,
            focus=self._focus is not None,
            twin=snapshot.twin is not None,
        )

    def _place(self, boxes: dict[str, Box]) -> None:
        """Put the panels into their boxes."""
        if boxes == self._boxes:
            return
        self._boxes = boxes
        for panel in self.query(".panel"):
            box = boxes.get(panel.id or "")
            panel.display = box is not None
            if box is not None:
                panel.styles.offset = (box.x, box.y)
                panel.styles.width, panel.styles.height = box.width, box.height

    def _say_what_is_looked_at(self) -> None:
        """Ask for what the visible panels need beyond the run's own state."""
        focus = self._focus if "story" in self._boxes else None
        box = self._boxes.get("surface")
        view = View(focus) if box is None else surface_view(focus, box.width - PADDING, box.height - 1)
        network, embedding, script = (name in self._boxes for name in ("network", "embedding", "script"))
        view = replace(view, network=network, embedding=embedding, script=script)
        if view != self._view:
            self._view = view
            self._look(view)

    def _draw_pictures(self) -> None:
        if self._snapshot is not None and self._palette is not None and self.is_mounted:
            self._draw_panels(self._snapshot, self._palette, pictures=True)
            self._draw_plot()

    def _draw_plot(self) -> None:
        if self._snapshot is not None and self._palette is not None and "loss" in self._boxes:
            self._plot.draw(self._snapshot, self._palette)

    def on_resize(self, event: events.Resize) -> None:
        """Lay out again for the new size."""
        self.call_after_refresh(self._show_resized)

    def _show_resized(self) -> None:
        self._show_again()
        if self._alone == "script":
            self._let_scroll()  # it may stand beside others now, or alone

    def _show_again(self) -> None:
        if self._snapshot is not None and self._palette is not None:
            self.show(self._snapshot, self._palette)

    def toggle_by_epoch(self) -> None:
        """Plot by step, by epoch, or what is right."""
        self._plot.toggle_by_epoch()
        self._draw_plot()

    def toggle_log(self) -> None:
        """Plot on a linear, or a logarithmic scale."""
        self._plot.logarithmic = not self._plot.logarithmic
        self._draw_plot()


WALKED = ("parameters", "findings")
"""Panels in which the arrow keys walk."""
OWN = ("findings", "script")
"""Panels that know more than their lines."""
LINES = {"parameters": "parameter-lines", "examples": "example-lines"}
