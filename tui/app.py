"""HltApp: screens, keys and theme; it holds no training logic."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from textual import events
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import Theme
from textual.timer import Timer

from hltcore.spec import RunSpec
from tui.actions import Actions
from tui.bridge import Bridge
from tui.course.guide import Guide
from tui.ending import Ending
from tui.face import Face
from tui.glyphs import AsciiFilter, spelled
from tui.keeper import Keeper
from tui.keymap import bindings, offered
from tui.later import import_later
from tui.screens.main import MainScreen
from tui.screens.sheet import Sheet
from tui.terminal import ANY, Capabilities, output_blocked, terminal_gone
from tui.theme import DARK, Palette, palette_of, themes_for
from tui.tidying import Tidier

if TYPE_CHECKING:
    from hltcore.plugins import Plugin
    from hltcore.trainer import Trainer

__all__ = ["HltApp"]

_RETRY = 0.05  # seconds until a frame that a slow line had no room for is tried again
_SETTLED = 0.05  # seconds after which a terminal has its size
_AT_ONCE = ("escape", "ctrl+c", "ctrl+p", "ctrl+q", "ctrl+z")
"""Keys that never wait for a sheet, and take back what was typed ahead for it."""


class HltApp(Actions):
    """The app.

    Args:
        spec: The run to open.
        terminal: What the terminal can show.
        keeper: What saves the session, and opens a saved one; None to do neither.
        guide: The lessons, one of them open or none; None for those of this package, with no account kept.
        opens: Opens another kind of run than that of the spec, such as one that was recorded; it is given what to
            call when there is something new to show.
        trainer: The run itself, where a script made it; the spec is its settings then.
        plugins: What was loaded.
        tidier: Looks for the process's garbage, where the process is the app's own.

    Returns (from ``run()``): a sentence to print when the run could not be opened, otherwise None.
    """

    CSS_PATH = "app.tcss"
    TITLE = "hlt-tui"
    BINDINGS: ClassVar[list[BindingType]] = bindings()
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        spec: RunSpec,
        terminal: Capabilities = ANY,
        keeper: Keeper | None = None,
        guide: Guide | None = None,
        *,
        opens: Callable[[Callable[[], None]], Face] | None = None,
        trainer: Trainer | None = None,
        plugins: tuple[Plugin, ...] = (),
        tidier: Tidier | None = None,
    ) -> None:
        super().__init__()
        self.plugins = plugins
        self._terminal = terminal
        self._ascii_filters = [] if self._terminal.unicode else [AsciiFilter()]
        self.spell = spelled if self._ascii_filters else str
        for theme in themes_for(terminal):
            self.register_theme(theme)
        self.set_class(not terminal.many_colors, "-few-colors")
        self._keeper = keeper or Keeper()
        self._keeper.failed = self._warn
        kept = self._keeper.view
        self.theme = kept.theme if kept.theme in self.available_themes else DARK.name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._run_context: contextvars.Context | None = None
        self._waiting = self._has_begun = self._is_ready = False
        self._settles: Timer | None = None
        self._palette: tuple[Theme, Palette] | None = None
        self._tidier = tidier or Tidier()
        self._keys: list[events.Key] = []
        self._ending = Ending(self._end)
        self.bridge: Face = opens(self._changed) if opens else Bridge(spec, self._changed, self._keeper, trainer)
        self.guide = guide or Guide()
        self.main_screen = MainScreen(self.bridge.look, kept, self.meet)
        if kept.lesson:
            self.guide.resume(kept.lesson, kept.page)
        self.main_screen.read(self.guide.reading)

    def get_default_screen(self) -> Screen[None]:
        """Textual asks for the first screen."""
        return self.main_screen

    def get_driver_class(self) -> type[Driver]:
        """Textual asks what talks to the terminal."""
        own = super().get_driver_class()
        if own.__module__ != "textual.drivers.linux_driver":
            return own
        from tui.driver import SparingDriver  # which imports what other systems have not

        return SparingDriver

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual asks what becomes of finished lines."""
        return [*super().get_line_filters(), *self._ascii_filters]

    def on_load(self) -> None:
        """Be ready to end before the terminal is touched, which has to be restored from then on."""
        self._loop = asyncio.get_running_loop()
        self._ending.listen()
        server = os.getppid()  # of a web app: it tells its apps to end, unless it is killed
        self._ending.watch(lambda: os.getppid() != server if self.is_web else not self.is_headless and terminal_gone())

    def on_mount(self) -> None:
        """Paint the first frame, and only then load torch."""
        self._ending.listen()  # again: what talks to a browser has set its own meanwhile
        self._run_context = contextvars.copy_context()  # Textual finds the app in it, on the run's thread too
        # What the shell wrote meanwhile is on the screen: paint all of it again, not only what changed.
        self.app_resume_signal.subscribe(self, lambda _: self._paint_anew())
        self.theme_changed_signal.subscribe(self, lambda theme: self._show())
        self._show()
        self.guide.journal.listen(self._warn)
        scene = self.bridge.stage.scene(None, frozenset())
        told_before = self._keeper.resumes or self.bridge.stage.moment.tape is not None
        if scene is not None and scene.snapshot.dataset.notes and not told_before:
            from tui.screens.data import DataScreen  # late, as all sheets

            self.push_screen(DataScreen(scene.snapshot.dataset))
        self.call_after_refresh(self._start)

    def _tell_of_lessons(self) -> None:
        """Tell which files are no lessons; neither screen nor run is kept waiting until all packages are looked at."""
        from tui.course.report import unread_told  # late: with most starts there is nothing to tell

        for sentence in unread_told(self.guide.unread):
            self._warn(sentence)

    def _start(self) -> None:
        # A shorter turn for the thread that trains (or imports torch), so that keys don't wait for it.
        sys.setswitchinterval(0.0005)
        self._has_begun = True
        self.bridge.start()

    def _end(self) -> None:
        """The terminal is gone, or somebody wants us to end (called by a signal's handler)."""
        self.bridge.end_soon()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.exit)

    def exit(self, result: str | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End; what a sheet still waits for would come when there is no sheet any more."""
        self.workers.cancel_all()
        super().exit(result, return_code, message)

    async def on_event(self, event: events.Event) -> None:
        """Keep keys in their order, and those that an open sheet cannot take yet until it can."""
        if isinstance(event, events.InputEvent) and not isinstance(event, events.MouseMove):
            self._tidier.stir()
            self.bridge.hurry()
        elif isinstance(event, events.Resize) and self._has_begun:
            # It may have been smaller for so short a moment that Textual takes the cells that it lost to be there.
            if self._settles is not None:
                self._settles.stop()
            self._settles = self.set_timer(_SETTLED, self._paint_anew)
        if not isinstance(event, events.Key):
            await super().on_event(event)
        elif event.is_forwarded or event.key in _AT_ONCE:
            if not event.is_forwarded:
                self._keys.clear()
            await self._take(event)
        elif not self._is_impatient(event):
            self._keys.append(event)
            await self.on_sheet_released()

    def _paint_anew(self) -> None:
        self.refresh(repaint=True, layout=True)

    async def on_sheet_released(self) -> None:
        """Take the keys that were typed ahead, up to the next sheet that holds them."""
        while self._keys and not self._is_held():
            await self._take(self._keys.pop(0))

    def _is_held(self) -> bool:
        sheet = self.screen if self.screen_stack else None
        return isinstance(sheet, Sheet) and sheet.holds

    def _is_impatient(self, key: events.Key) -> bool:
        """Whether enter was pressed again while the first one is being answered: it is for nothing that comes after."""
        sheet = self.screen if self.screen_stack else None
        return isinstance(sheet, Sheet) and sheet.answering and key.key == "enter" and not self._keys

    async def _take(self, event: events.Key) -> None:
        """Drop the keys that come after the one that ended it: there may be no screen left for them."""
        if self.return_code is None and self.screen_stack:
            await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The same for keys that were on their way."""
        return self.return_code is None

    def on_unmount(self) -> None:
        """End the run's thread; what it still tells comes too late to be shown."""
        self._loop = None
        self.bridge.stop()
        self._keeper.close()
        self.guide.journal.close()
        self._ending.stop()

    def _changed(self) -> None:
        """A new snapshot is there (called on the run's thread, or on ours before torch is there)."""
        if self._loop is not None and not self._waiting:
            self._waiting = True
            with contextlib.suppress(RuntimeError):  # the loop has ended
                # By way of Textual's own queue, so that a mistake in drawing ends the app, and does not freeze it.
                self._loop.call_soon_threadsafe(self.call_later, self._show, context=self._run_context)

    def _show(self) -> None:
        self._waiting = False
        if self._loop is None or not self.is_running:  # the screen is being taken apart
            return
        if self.bridge.failure is not None:
            self.exit(self.bridge.failure, return_code=2)
            return
        stage = self.bridge.stage
        snapshot = stage.moment
        if snapshot.playing and output_blocked():
            self._waiting = True
            self.set_timer(_RETRY, self._show)
            return
        theme = self.current_theme
        if self._palette is None or self._palette[0] is not theme:
            self._palette = theme, palette_of(theme, self._terminal)
        self.main_screen.show(stage, self._palette[1])
        self.keep_view()
        self._tidier.stir()
        if snapshot.ready and not self._is_ready:
            self._is_ready = True
            self._tidier.settle()
            import_later(self, self._tell_of_lessons)

    def keep_view(self) -> None:
        """Save the arrangement with the session."""
        self._keeper.view = replace(self.main_screen.arranged, theme=self.theme)

    def _warn(self, sentence: str) -> None:
        """Say something for a while (called on any thread)."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(
                    lambda: self.notify(sentence, severity="warning", markup=False), context=self._run_context
                )

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every key by its description, and Textual's themes."""
        for key in offered(self.bridge.stage.moment):
            if key.id != "palette":
                yield SystemCommand(f"{key.description} ({key.shown})", key.group, partial(self.run_action, key.action))
        yield SystemCommand("Choose a theme", "The screen", self.action_change_theme)
