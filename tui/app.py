"""HltApp: screens, keys and theme; it holds no training logic."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import signal
import sys
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from hltcore import losses, models
from hltcore.spec import REGISTRIES, RunSpec
from tui.bridge import Bridge
from tui.keymap import KEYS, bindings
from tui.screens.choose import ChooseScreen
from tui.screens.help import HelpScreen
from tui.screens.main import MainScreen
from tui.screens.settings import SettingsScreen
from tui.screens.spec import SpecScreen
from tui.screens.try_it import TryScreen
from tui.terminal import output_blocked
from tui.theme import DARK, LIGHT, palette_of

__all__ = ["HltApp"]

_SIGNALS = ("SIGHUP", "SIGTERM")
_RETRY = 0.05  # seconds until a frame that a slow line had no room for is tried again
_LAST_WAIT = 1.5  # seconds


class HltApp(App[str]):
    """The app.

    Args:
        spec: The run to open.

    Returns (from ``run()``): a sentence to print when the run could not be opened, otherwise None.
    """

    CSS_PATH = "app.tcss"
    TITLE = "hlt-tui"
    BINDINGS: ClassVar[list[BindingType]] = bindings()
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, spec: RunSpec) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._run_context: contextvars.Context | None = None
        self._waiting = False
        self._handlers: dict[str, Any] = {}
        self._main = MainScreen()
        self.bridge = Bridge(spec, self._changed)

    def get_default_screen(self) -> Screen[None]:
        """Textual asks for the first screen."""
        return self._main

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
        self._main.show(snapshot, palette_of(self.current_theme))

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
        items = [(entry.name, entry.summary) for entry in registry]
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
