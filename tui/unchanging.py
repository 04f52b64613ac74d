"""Unchanging: what keys would change of a run, and a recorded one refuses, in one sentence."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, NoReturn

from hltcore.registry import Entry
from hltcore.spec import RunSpec
from tui.cells import Focus
from tui.face import RecordedError

__all__ = ["Unchanging"]

_REFUSAL = "This run is recorded: it can be looked at, not changed."


class Unchanging:
    """The part of a recorded run that changes nothing."""

    def next_line(self, places: int) -> None:
        """A log has one line of history."""
        self._refuse("This run is recorded: it has one line of history.")

    def open(self, spec: RunSpec) -> None:
        """Not in a recorded run."""
        self._refuse()

    @property
    def settings(self) -> RunSpec:
        """Nothing that could be changed."""
        self._refuse()

    def open_seed(self, spec: RunSpec) -> None:
        """Not in a recorded run."""
        self._refuse()

    def reset(self) -> None:
        """Not in a recorded run."""
        self._refuse()

    def new_seed(self) -> None:
        """Not in a recorded run."""
        self._refuse()

    def own_parts(self, kind: str) -> tuple[Entry, ...]:
        """Not in a recorded run."""
        self._refuse()

    def cycle(self, kind: str) -> None:
        """Not in a recorded run."""
        self._refuse()

    def choose(self, kind: str, name: str) -> None:
        """Not in a recorded run."""
        self._refuse()

    def switch(self, **changes: Any) -> None:
        """Not in a recorded run."""
        self._refuse()

    def apply(self, changes: dict[str, Any]) -> Future[None]:
        """Not in a recorded run."""
        self._refuse()

    def number_at(self, focus: Focus) -> float:
        """No number can be set in a recorded run."""
        self._refuse()

    def set_number(self, focus: Focus, value: str) -> Future[None]:
        """Not in a recorded run."""
        self._refuse()

    def freeze(self, focus: Focus) -> None:
        """Not in a recorded run."""
        self._refuse()

    def fork_twin(self, words: str) -> Future[None]:
        """Not in a recorded run."""
        self._refuse()

    def end_twin(self) -> None:
        """Not in a recorded run."""
        self._refuse()

    def settings_there(self) -> Future[RunSpec]:
        """Nothing that could be changed."""
        self._refuse()

    def _refuse(self, sentence: str = _REFUSAL) -> NoReturn:
        raise RecordedError(sentence)
