"""Sheet actions: the keys that open a sheet over the main screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from hltcore.errors import HltError
from hltcore.settings import REGISTRIES
from hltcore.spec import RunSpec
from tui.formatting import plain
from tui.keymap import offered
from tui.picture_actions import PictureActions

if TYPE_CHECKING:
    from hltcore.contenders import Compared
    from hltcore.plugins import Plugin
    from tui.screens.sweep import Swept

__all__ = ["SheetActions"]


class SheetActions(PictureActions):
    """The part of the app that opens sheets, each imported when it is opened: the first frame shows none.

    Attributes:
        spell: Writes a formula as the terminal can show it.
        plugins: What was loaded.
    """

    spell: Callable[[str], str]
    plugins: tuple[Plugin, ...]

    def action_choose(self, kind: str) -> None:
        """Choose from a list."""
        from tui.screens.choose import ChooseScreen

        registry = REGISTRIES[kind]
        items = [(entry.name, self.spell(entry.summary)) for entry in (*registry, *self.bridge.own_parts(kind))]
        current = getattr(self.bridge.settings, kind)

        def chosen(name: str | None) -> None:
            if name is not None and name != current:
                self.bridge.choose(kind, name)

        self.push_screen(ChooseScreen(f"Choose: {registry.kind}", items, current), chosen)

    def action_settings(self) -> None:
        """Show all settings, to change any."""
        from tui.screens.settings import SettingsScreen

        async def apply(changes: dict[str, str]) -> None:
            await asyncio.wrap_future(self.bridge.apply(dict(changes)))

        self.push_screen(SettingsScreen(self.bridge.settings, apply))

    def action_try_it(self) -> None:
        """Try a word or a point."""
        from tui.screens.try_it import TryScreen

        dataset, threshold = self.bridge.trial

        async def predict(rows: Sequence[tuple[float, ...]]) -> Sequence[float]:
            return await asyncio.wrap_future(self.bridge.predict(rows))

        self.push_screen(TryScreen(dataset, threshold, predict, self.was_tried))

    def action_data(self) -> None:
        """Show what each column of the file is, or what is known of a log."""
        stage = self.bridge.stage
        if stage.moment.tape is not None:
            from tui.screens.log import LogScreen

            scene = stage.scene(None, frozenset())
            self.push_screen(LogScreen(stage.moment.tape, scene.snapshot.dataset if scene is not None else None))
            return
        from tui.screens.data import DataScreen

        data, _ = self.bridge.trial
        if data.notes:
            self.push_screen(DataScreen(data))
        else:
            said = f"{plain(data.name)} is not from a file: hlt-tui --data words.csv opens one of yours"
            self.notify(said, markup=False)

    def action_compare(self) -> None:
        """Compare how far other features get."""
        from hltcore.contenders import OPTION, feature_sets
        from tui.screens.compare import CompareScreen

        settings = self.bridge.settings
        try:
            feature_sets(settings)
        except HltError as error:
            self.notify(plain(str(error)), severity="warning", markup=False)
            return
        current = str(settings.options_of("dataset")[OPTION])

        async def begin() -> Iterator[tuple[Compared, ...]]:
            there = await asyncio.wrap_future(self.bridge.settings_there())
            return await asyncio.to_thread(_compare, there)

        def chosen(features: str | None) -> None:
            if features is not None and features != current:
                self.bridge.switch(**{OPTION: features})

        self.push_screen(CompareScreen(current, str(settings), begin), chosen)

    def action_sweep(self) -> None:
        """Train many seeds of the present settings, and see what comes of them."""
        from tui.screens.sweep import SweepScreen, sweeping

        _ = self.bridge.settings  # a recorded run refuses before there is a sheet

        async def begin(left: Callable[[], bool]) -> Iterator[Swept]:
            return sweeping(await asyncio.wrap_future(self.bridge.settings_there()), left)

        def chosen(spec: RunSpec | None) -> None:
            if spec is not None:
                self.bridge.open_seed(spec)

        self.push_screen(SweepScreen(begin), chosen)

    def action_spec(self) -> None:
        """Show the run's line, and copy it."""
        from tui.screens.spec import SpecScreen

        self.push_screen(SpecScreen(asyncio.wrap_future(self.bridge.spec_here()), self.plugins))

    def action_help(self) -> None:
        """Show the help page."""
        from tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(offered(self.bridge.stage.moment)))

    def action_command_palette(self) -> None:
        """Find an action by its name."""
        from tui.screens.palette import PaletteScreen

        if not isinstance(self.screen, PaletteScreen):
            self.push_screen(PaletteScreen())

    def action_change_theme(self) -> None:
        """Find a theme by its name."""
        from textual.theme import ThemeProvider

        from tui.screens.palette import PaletteScreen

        self.push_screen(PaletteScreen([ThemeProvider], placeholder="Search for themes…"))


def _compare(settings: RunSpec) -> Iterator[tuple[Compared, ...]]:
    from hltcore.comparison import compare  # late: it imports torch

    return compare(settings)
