"""HltApp: screens, keys and theme; it holds no training logic."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from hltcore import losses, models
from hltcore.spec import REGISTRIES, RunSpec
from tui.bridge import Bridge
from tui.cells import Focus, place_text, value_at
from tui.glyphs import AsciiFilter, spelled
from tui.keymap import KEYS, bindings
from tui.questions import EDIT, GO_TO, TWIN, UNTIL, Question, conditions_for, twins_for
from tui.screens.ask import AskScreen
from tui.screens.choose import ChooseScreen
from tui.screens.help import HelpScreen
from tui.screens.main import MainScreen
from tui.screens.settings import SettingsScreen
from tui.screens.spec import SpecScreen
from tui.screens.try_it import TryScreen
from tui.terminal import ANY, Capabilities, output_blocked
from tui.theme import DARK, LIGHT, palette_of, themes_for

__all__ = ["HltApp"]

_SIGNALS = ("SIGHUP", "SIGTERM")
_RETRY = 0.05  # seconds until a frame that a slow line had no room for is tried again
_LAST_WAIT = 1.5  # seconds


class HltApp(App[str]):
    """The app.

    Args:
        spec: The run to open.
        terminal: What the terminal can show.

    Returns (from ``run()``): a sentence to print when the run could not be opened, otherwise None.
    """

    CSS_PATH = "app.tcss"
    TITLE = "hlt-tui"
    BINDINGS: ClassVar[list[BindingType]] = bindings()
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, spec: RunSpec, terminal: Capabilities = ANY) -> None:
        super().__init__()
        self._terminal = terminal
        self._ascii_filters = [] if self._terminal.unicode else [AsciiFilter()]
        for theme in themes_for(terminal):
            self.register_theme(theme)
        self.set_class(not terminal.many_colors, "-few-colors")
        self.theme = DARK.name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._run_context: contextvars.Context | None = None
        self._waiting = False
        self._handlers: dict[str, Any] = {}
        self.bridge = Bridge(spec, self._changed)
        self._main = MainScreen(self.bridge.look)

    def get_default_screen(self) -> Screen[None]:
        """Textual asks for the first screen."""
        return self._main

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual asks what becomes of finished lines."""
        return [*super().get_line_filters(), *self._ascii_filters]

    def on_mount(self) -> None:
        """Paint the first frame, and only then load torch."""
        self._loop = asyncio.get_running_loop()
        self._run_context = contextvars.copy_context()  # Textual finds the app in it, on the run's thread too
        for name in _SIGNALS:
            with contextlib.suppress(AttributeError, ValueError):  # no such signal here, or not the main thread
                self._handlers[name] = signal.signal(getattr(signal, name), self._end)
        # What the shell wrote meanwhile is on the screen: paint all of it again, not only what changed.
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(repaint=True, layout=True))
        self.theme_changed_signal.subscribe(self, lambda theme: self._show())
        self._show()
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        # A shorter turn for the thread that trains (or imports torch), so that keys don't wait for it.
        sys.setswitchinterval(0.0005)
        self.bridge.start()

    def _end(self, *_: object) -> None:
        """The terminal is gone, or somebody wants us to end: do, even where goodbye can no longer be said.

        Writing to a terminal that is gone fails or blocks, and Textual would wait for that for ever. So this is the
        process's own signal handler, which runs even then, and the system ends the process if it does not end itself.
        """
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _LAST_WAIT)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.exit)

    async def on_event(self, event: events.Event) -> None:
        """Drop the keys that come after the one that ended it: there may be no screen left for them."""
        if self.return_code is None or not isinstance(event, events.Key):
            await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The same for keys that were on their way."""
        return self.return_code is None

    def on_unmount(self) -> None:
        """End the run's thread; what it still tells comes too late to be shown."""
        self._loop = None
        self.bridge.stop()
        for name, handler in self._handlers.items():
            signal.signal(getattr(signal, name), handler)

    def _changed(self) -> None:
        """A new snapshot is there (called on the run's thread, or on ours before torch is there)."""
        if self._loop is not None and not self._waiting:
            self._waiting = True
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._show, context=self._run_context)

    def _show(self) -> None:
        self._waiting = False
        if self._loop is None:
            return
        if self.bridge.failure is not None:
            self.exit(self.bridge.failure, return_code=2)
            return
        snapshot = self.bridge.snapshot
        if snapshot.playing and output_blocked():
            self._waiting = True
            self.set_timer(_RETRY, self._show)
            return
        if snapshot.ready and gc.get_freeze_count() == 0:
            # With torch loaded a full collection takes 0.1 s: what is there now will stay.
            gc.collect()
            gc.freeze()
        self._main.show(snapshot, palette_of(self.current_theme, self._terminal))

    # Keys

    def action_step(self) -> None:
        """Do one step."""
        self.bridge.step()

    def action_phase(self) -> None:
        """Do one phase."""
        self.bridge.phase()

    def action_epoch(self) -> None:
        """Run to the end of the epoch."""
        self.bridge.epoch()

    def action_step_back(self) -> None:
        """Go one step back."""
        self.bridge.back()

    def action_phase_back(self) -> None:
        """Go one phase back."""
        self.bridge.back_phase()

    def action_epoch_back(self) -> None:
        """Go back to where an epoch began."""
        self.bridge.back_epoch()

    def action_home(self) -> None:
        """Go to the start."""
        self.bridge.home()

    def action_end(self) -> None:
        """Go to the last step."""
        self.bridge.end()

    def action_line(self, places: int) -> None:
        """Go to another line of history."""
        self.bridge.next_line(places)

    def action_go_to(self) -> None:
        """Ask for a point and go there."""
        self._ask(GO_TO, self.bridge.go_to)

    def action_until(self) -> None:
        """Ask for a condition and run until it holds."""
        suggestions = conditions_for(self.bridge.snapshot, self._main.focus_cell)
        self._ask(UNTIL, self.bridge.run_until, suggestions=suggestions)

    def action_walk(self, direction: str) -> None:
        """Focus the next number; with none focused, left is one step back."""
        if direction == "left" and self._main.focus_cell is None:
            self.bridge.back()
        else:
            self._main.walk(direction)

    def action_change(self, forwards: bool, sign: bool) -> None:
        """Go to a step that changed the focused number."""
        focus = self._focus()
        if focus is not None:
            self.bridge.go_to_change(focus, forwards=forwards, sign=sign)

    def action_edit(self) -> None:
        """Ask for the focused number's new value."""
        focus = self._focus()
        if focus is not None:
            value = value_at(self.bridge.snapshot.parameters, focus)
            question = replace(EDIT, title=f"Set {place_text(focus)}")
            self._ask(question, lambda text: self.bridge.set_number(focus, text), initial=f"{value:.6g}")

    def action_freeze(self) -> None:
        """Freeze the focused number, or let it go."""
        focus = self._focus()
        if focus is not None:
            self.bridge.freeze(focus)

    def action_twin(self) -> None:
        """Ask for what a twin has different, or end it."""
        if self.bridge.snapshot.twin is not None:
            self.bridge.end_twin()
        else:
            self._ask(TWIN, self.bridge.fork_twin, suggestions=twins_for(self.bridge.snapshot))

    def _focus(self) -> Focus | None:
        """The focused number; where there is none, the first one is from now on."""
        if self._main.focus_cell is None:
            self._main.walk("down")
        return self._main.focus_cell

    def _ask(
        self,
        question: Question,
        submit: Callable[[str], Future[None]],
        *,
        initial: str = "",
        suggestions: tuple[tuple[str, str], ...] = (),
    ) -> None:
        async def hand_in(text: str) -> None:
            await asyncio.wrap_future(submit(text))

        self.push_screen(
            AskScreen(question.title, question.hints, initial, hand_in, suggestions=suggestions or question.suggestions)
        )

    def action_play(self) -> None:
        """Play or pause."""
        self.bridge.play()

    def action_speed(self, change: int) -> None:
        """Play faster or slower."""
        self.bridge.speed(change)

    def action_cycle(self, kind: str) -> None:
        """Take the next model, data set, loss or optimizer."""
        self.bridge.cycle(kind)

    def action_choose(self, kind: str) -> None:
        """Choose from a list."""
        registry = REGISTRIES[kind]
        spell = spelled if self._ascii_filters else str
        items = [(entry.name, spell(entry.summary)) for entry in registry]
        current = getattr(self.bridge.snapshot.settings, kind)

        def chosen(name: str | None) -> None:
            if name is not None and name != current:
                self.bridge.switch(**{kind: name})

        self.push_screen(ChooseScreen(f"Choose: {registry.kind}", items, current), chosen)

    def action_reset(self) -> None:
        """Start again."""
        self.bridge.reset()

    def action_new_seed(self) -> None:
        """Take the next seed."""
        self.bridge.new_seed()

    def action_settings(self) -> None:
        """Show all settings, to change any."""

        async def apply(changes: dict[str, str]) -> None:
            await asyncio.wrap_future(self.bridge.ask(lambda trainer: trainer.switch(**changes)))

        self.push_screen(SettingsScreen(self.bridge.snapshot.settings, apply))

    def action_try_it(self) -> None:
        """Try a word or a point."""
        settings = self.bridge.snapshot.settings
        threshold = losses.registry.get(settings.loss).threshold(models.registry.get(settings.model).output)

        async def predict(rows: Sequence[tuple[float, ...]]) -> Sequence[float]:
            answer: tuple[float, ...] = await asyncio.wrap_future(
                self.bridge.ask(lambda trainer: trainer.predict(rows))
            )
            return answer

        self.push_screen(TryScreen(self.bridge.snapshot.dataset, threshold, predict))

    def action_spec(self) -> None:
        """Show the run's line, and copy it."""
        self.push_screen(SpecScreen(asyncio.wrap_future(self.bridge.ask(lambda trainer: str(trainer.spec)))))

    def action_panel(self, name: str) -> None:
        """Show one panel alone, or all."""
        self._main.show_panel(name)

    def action_leave(self) -> None:
        """All panels again, or no focused number."""
        self._main.leave()

    def action_by_epoch(self) -> None:
        """Plot by step or by epoch."""
        self._main.toggle_by_epoch()

    def action_log_scale(self) -> None:
        """Plot on a linear or a logarithmic scale."""
        self._main.toggle_log()

    def action_next_theme(self) -> None:
        """Dark or light."""
        self.theme = DARK.name if self.theme == LIGHT.name else LIGHT.name

    def action_help(self) -> None:
        """Show the help page."""
        self.push_screen(HelpScreen())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every key by its description, and Textual's themes."""
        for key in KEYS:
            if key.id != "palette":
                yield SystemCommand(f"{key.description} ({key.shown})", key.group, self._action(key.action))
        yield SystemCommand("Choose a theme", "The screen", self.action_change_theme)

    def _action(self, action: str):  # type: ignore[no-untyped-def]
        async def run() -> None:
            await self.run_action(action)

        return run
