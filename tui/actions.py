"""Actions: what each key of the app does.

Those of lessons, pictures and sheets are in classes that it builds on: ``Actions`` on ``SheetActions``, this on
``PictureActions``, this on ``LessonActions``, and this on Textual's ``App``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from tui.cells import Focus, place_text
from tui.face import RecordedError
from tui.formatting import plain
from tui.questions import EDIT, GO_TO, TWIN, UNTIL, Question, twins_for
from tui.sheet_actions import SheetActions
from tui.theme import DARK, LIGHT

__all__ = ["Actions"]


class Actions(SheetActions):
    """The part of the app that goes through a run, changes it, and says how it is shown."""

    async def run_action(self, *arguments: Any, **named: Any) -> bool:
        """Do what a key says; what a run does not allow is told, whichever key asked for it."""
        try:
            return await super().run_action(*arguments, **named)
        except RecordedError as error:
            self.notify(plain(str(error)), severity="warning", markup=False)
            return True

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
        suggestions = self.bridge.conditions(self.main_screen.focus_cell)
        self._ask(UNTIL, self.bridge.run_until, suggestions=suggestions)

    def action_walk(self, direction: str) -> None:
        """Focus the next number, or choose the next finding; with none focused, left is one step back."""
        if self.main_screen.shows_findings and direction in ("up", "down"):
            self.main_screen.choose(1 if direction == "down" else -1)
        elif direction == "left" and self.main_screen.focus_cell is None and not self.main_screen.shows_matrix_alone:
            self.bridge.back()
        else:
            self.main_screen.walk(direction)

    def action_zoom(self, change: int) -> None:
        """See more of a large matrix, or more closely."""
        self.main_screen.zoom(change)

    def action_extreme(self) -> None:
        """Have each cell of a large matrix be a mean or an extreme."""
        self.main_screen.toggle_extreme()

    def action_next_log(self) -> None:
        """Show the next of several logs."""
        self.bridge.next_log()

    def action_change(self, forwards: bool, sign: bool) -> None:
        """Go to a step that changed the focused number."""
        focus = self._focus()
        if focus is not None:
            self.bridge.go_to_change(focus, forwards=forwards, sign=sign)

    def action_edit(self) -> None:
        """Ask for the focused number's new value, or go to the chosen finding."""
        if self.main_screen.shows_findings:
            self._go_to_finding()
            return
        focus = self._focus()
        if focus is not None:
            value = self.bridge.number_at(focus)
            question = replace(EDIT, title=f"Set {place_text(focus)}")
            self._ask(question, lambda text: self.bridge.set_number(focus, text), initial=f"{value:.6g}")

    def _go_to_finding(self) -> None:
        """Go to the first step of the chosen finding, and focus the number that it is about."""
        finding = self.main_screen.chosen
        if finding is not None:
            self.bridge.go_to_finding(finding)
            self.main_screen.go_to(finding)

    def action_freeze(self) -> None:
        """Freeze the focused number, or let it go."""
        focus = self._focus()
        if focus is not None:
            self.bridge.freeze(focus)

    def action_twin(self) -> None:
        """Ask for what a twin has different, or end it."""
        if self.bridge.stage.moment.twin is not None:
            self.bridge.end_twin()
        else:
            self._ask(TWIN, self.bridge.fork_twin, suggestions=twins_for(self.bridge.settings))

    def _focus(self) -> Focus | None:
        """The focused number; where there is none, the first one is from now on."""
        if self.main_screen.focus_cell is None:
            self.main_screen.walk("down")
        return self.main_screen.focus_cell

    def _ask(
        self,
        question: Question,
        submit: Callable[[str], Future[None]],
        *,
        initial: str = "",
        suggestions: tuple[tuple[str, str], ...] = (),
    ) -> None:
        from tui.screens.ask import AskScreen  # late, as all sheets

        async def hand_in(text: str) -> None:
            await asyncio.wrap_future(submit(text))

        self.push_screen(
            AskScreen(
                question.title,
                question.hints,
                initial,
                hand_in,
                suggestions=suggestions or question.suggestions,
                replace=True,
            )
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

    def action_reset(self) -> None:
        """Start again."""
        self.bridge.reset()

    def action_new_seed(self) -> None:
        """Take the next seed."""
        self.bridge.new_seed()

    def action_panel(self, name: str) -> None:
        """Show one panel alone, or all."""
        self.main_screen.show_panel(name)
        self.keep_view()

    def action_leave(self) -> None:
        """All panels again, or no focused number."""
        self.main_screen.leave()
        self.keep_view()

    def action_by_epoch(self) -> None:
        """Plot by step or by epoch."""
        self.main_screen.toggle_by_epoch()
        self.keep_view()

    def action_log_scale(self) -> None:
        """Plot on a linear or a logarithmic scale."""
        self.main_screen.toggle_log()
        self.keep_view()

    def action_next_theme(self) -> None:
        """Dark or light."""
        self.theme = DARK.name if self.theme == LIGHT.name else LIGHT.name
