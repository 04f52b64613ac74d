"""The main screen: status, timeline, the panels where the arrangement puts them, and keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from textual import events, on
from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import Screen

from hltcore.diagnostics.finding import Finding
from tui.arrangement import script_columns
from tui.beside import room_beside
from tui.cells import Focus
from tui.course.guide import Reading
from tui.course.scene import Scene
from tui.lens import Lens, moved, zoomed
from tui.panels.loss import LossPlot
from tui.panels.matrix import matrix_rows
from tui.panels.parameters import ParameterView
from tui.screens.board import WALKED, Board
from tui.screens.drawn import DRAWN, PADDING
from tui.screens.edges import EDGE_LINES, Edges
from tui.screens.findings import FindingsPanel
from tui.screens.lesson import LessonPanel
from tui.screens.pictures import Pictures
from tui.screens.room import boxes_in, needs_of, parameters_in, view_of
from tui.screens.script import ScriptPanel
from tui.screens.sheet import is_gone
from tui.screens.stage import Looks, Stage
from tui.session import SavedView
from tui.theme import Palette
from tui.view import View
from tui.widgets.too_small import COLUMNS, ROWS, TooSmall

__all__ = ["MainScreen"]


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
        self._edges = Edges()
        self._lesson = LessonPanel()
        self._view = View()
        self._stage: Stage | None = None
        self._lens = Lens()
        self._palette: Palette | None = None
        self._pictures = Pictures()
        self._composed = False
        self._alone = arranged.panel if arranged.panel in ("parameters", *DRAWN, "loss") else ""
        self._plot = LossPlot(by_epoch=arranged.by_epoch, right=arranged.right, logarithmic=arranged.logarithmic)
        self._focus: Focus | None = None
        self._sought: tuple[int, Focus] | None = None
        self._findings = FindingsPanel()
        self._script = ScriptPanel()
        self._parameters = ParameterView([], {})
        self._board = Board(self._findings, self._script, self._plot, self._lesson)

    def compose(self) -> ComposeResult:
        """Lay the panels out."""
        yield self._edges.upper
        yield self._board
        yield self._edges.lower
        yield TooSmall()

    def on_mount(self) -> None:
        """Draw before the first layout, so that the first frame has all of it, unless the app is ending already."""
        if not is_gone(self, self.app):
            self._composed = True
            self._show_again()

    @property
    def _room(self) -> Size:
        """Columns and rows; before the first layout those of the terminal."""
        return self.size or self.app.size

    @property
    def focus_cell(self) -> Focus | None:
        """The number that the arrow keys stand on."""
        return self._focus

    @property
    def shown(self) -> Stage | None:
        """What is drawn; None before the first."""
        return self._stage

    @property
    def arranged(self) -> SavedView:
        """How it is arranged, for a session that is opened again."""
        plot = self._plot
        return self._lesson.kept_in(SavedView("", self._alone, plot.by_epoch, plot.logarithmic, plot.right))

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
        scrolls = self._alone and self._alone not in (*WALKED, "loss") and "parameters" not in self._board.boxes
        self.set_focus(self.query_one(f"#{self._alone}") if scrolls else None)

    def leave(self) -> None:
        """Go back a level: from a panel alone to all of them, or let the focused number go."""
        if self._alone:
            self.show_panel("")
        elif self._focus is not None:
            self._focus_on(None)

    def walk(self, direction: str) -> None:
        """Focus the next number in a direction."""
        if self._alone == "matrix":
            self._look_through(moved, direction)
        elif self._stage is not None:
            self._focus_on(self._stage.walk(self._focus, direction))

    def zoom(self, change: int) -> None:
        """See more of a large matrix, or more closely."""
        self._look_through(zoomed, change)

    def toggle_extreme(self) -> None:
        """Have each cell of a large matrix be the mean of its block, or the extreme."""
        self._lens = replace(self._lens, extreme=not self._lens.extreme)
        self._show_again()

    def _look_through(self, change: Callable[..., Lens], *arguments: object) -> None:
        box, shape = self._board.boxes.get("matrix"), self._stage.matrix(self._focus) if self._stage else None
        if box is not None and shape is not None:
            self._lens = change(self._lens, shape, box.width - PADDING, matrix_rows(box.height - 1), *arguments)
            self._show_again()

    @property
    def chosen(self) -> Finding | None:
        """The finding that the arrow keys stand on; None where the findings are not shown, or there is none."""
        return self._findings.chosen if self.shows_findings else None

    @property
    def shows_matrix_alone(self) -> bool:
        """Whether a matrix has all the room, so that arrow keys scroll it."""
        return self._alone == "matrix"

    @property
    def shows_findings(self) -> bool:
        """Whether the findings are shown, so that arrow keys walk over them."""
        return "findings" in self._board.boxes

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
        if (focus or ("",))[0] != (self._focus or ("",))[0]:
            self._lens = replace(self._lens, zoom=0, top=0, left=0)
        self._focus, self._sought = focus, None
        self._show_again()
        self._scroll_to_focus()

    def _scroll_to_focus(self) -> None:
        place = self._parameters.places.get(self._focus) if self._focus else None
        if place is not None:
            self._board.scroll_to_parameter(place[0])

    def show(self, stage: Stage, palette: Palette) -> None:
        """Show a run: all at once, or what a key changed first and the pictures behind it, where these take long."""
        snapshot, before = stage.moment, self._stage.moment if self._stage is not None else None
        self._stage, self._palette = stage, palette
        if self._alone and snapshot.twin is not None and (before is None or before.twin is None):
            self._alone = ""  # a twin that has just begun is seen at once
            self.set_focus(None)
        if self._sought is not None and self._sought[0] == snapshot.steps:
            self._focus, self._sought = self._sought[1], None
        if self._focus is not None and not stage.holds(self._focus):
            self._focus = None  # another model has no such number
        if not self._composed or not self._room:
            return
        self._findings.take(snapshot, palette)
        self._draw_lines(stage, palette)
        self._meet_task(stage, palette)
        if self._pictures.due(playing=snapshot.playing):
            if self._pictures.slow:
                self.call_after_refresh(self._draw_pictures)
            else:
                self._draw_pictures()

    def _draw_lines(self, stage: Stage, palette: Palette) -> None:
        snapshot = stage.moment
        width, height = self._room.width, max(self._room.height - EDGE_LINES, 1)
        self._edges.draw(stage, palette, width, lesson=self._lesson.reading is not None)
        lesson = self._lesson.box(palette, width, height)
        width, height = room_beside(width, height, lesson)
        beside = script_columns(width, snapshot.twin is not None) if self._alone == "script" else 0
        places, looks = self._parameters.places, self._looks(palette)
        self._parameters = parameters_in(width - beside, stage, looks, self._alone, self._lesson.panel)
        self._board.lines_of("parameters").draw(self._parameters.lines)
        if self._focus in places and places.get(self._focus) != self._parameters.places.get(self._focus):
            self.call_after_refresh(self._scroll_to_focus)  # a step picked other rows, which stand first
        self._board.entitle("parameters", stage.title("parameters", looks))
        needs = replace(needs_of(stage, self._parameters, height), focus=self._focus is not None)
        boxes = boxes_in(width, height, needs, self._alone, self._lesson.panel, lesson)
        self._board.place(boxes)
        self._board.draw(stage, looks, pictures=False)
        if "script" in boxes:
            self._script.follow(stage.place_in_script(), boxes["script"].height - 1)
        view = view_of(boxes, self._focus)
        if view != self._view:
            self._view = view
            self._look(view)

    def _meet_task(self, stage: Stage, palette: Palette) -> None:
        """Have the page's task looked at now that it is known what is shown, and show the page as it is then."""
        box = self._board.boxes.get("lesson")
        if box is None:
            return
        scene = stage.scene(self._focus, set(self._board.boxes) - {"lesson"})
        if scene is not None:
            self._lesson.reading = self._meet(scene)
        self._lesson.draw(palette, box)

    def _looks(self, palette: Palette) -> Looks:
        return Looks(palette, self._focus, self._findings.chosen, self._lens, self._parameters.wide)

    def _draw_pictures(self) -> None:
        if self._stage is not None and self._palette is not None and self.is_mounted:
            with self._pictures.drawing():
                self._board.draw(self._stage, self._looks(self._palette), pictures=True)
                self._draw_plot()

    def _draw_plot(self) -> None:
        if self._stage is not None and self._palette is not None and "loss" in self._board.boxes:
            self._plot.plot(self._stage.moment, self._palette)

    def on_resize(self, event: events.Resize) -> None:
        """Lay out again for the new size."""
        self.call_after_refresh(self._show_resized)

    def _show_resized(self) -> None:
        self._show_again()
        if self._alone == "script":
            self._let_scroll()  # it may stand beside others now, or alone

    def _show_again(self) -> None:
        if self._stage is not None and self._palette is not None:
            self.show(self._stage, self._palette)

    def toggle_by_epoch(self) -> None:
        """Plot by step, by epoch, or what is right."""
        self._plot.toggle_by_epoch()
        self._draw_plot()

    def toggle_log(self) -> None:
        """Plot on a linear, or a logarithmic scale."""
        self._plot.logarithmic = not self._plot.logarithmic
        self._draw_plot()
