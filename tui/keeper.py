"""Keeper: saves the session every few seconds while something changes, and opens a saved one again."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from hltcore.edits import Position
from hltcore.errors import printable
from tui.session import SavedView, Session, directory, prune, write

if TYPE_CHECKING:
    from hltcore.plugins import Plugin
    from hltcore.trainer import Trainer

__all__ = ["Keeper", "session_file"]

EVERY = 3.0
"""Seconds between two saves."""
_LAST_WAIT = 2.0  # seconds for a slow disk at the end


def session_file() -> Path:
    """A file for this process's own session: programs that run at once must not write each other's."""
    return directory() / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{os.urandom(2).hex()}.json"


class Keeper:
    """Saves one run's session; writing waits for a disk, so a thread of its own does it.

    Args:
        path: The file; None to save nothing.
        session: A saved session to open; None to begin a new one.
        plugins: What is loaded: the session says so, for the one who opens it again.

    Attributes:
        path: The file.
        view: How the screen is arranged; the screen sets it.
        failed: Called once, on some thread, with a sentence, when the session cannot be saved.
        saved: Whether the session as it was lately can be opened again.
    """

    def __init__(
        self, path: Path | None = None, session: Session | None = None, plugins: Iterable[Plugin] = ()
    ) -> None:
        self._plugins = tuple(plugin.anywhere for plugin in plugins)
        self.view = session.view if session else SavedView()
        self.failed: Callable[[str], None] = lambda sentence: None
        self.saved = False
        self.path = path
        self._session = session
        self._begun = False
        self._seen: tuple[object, ...] = ()
        self._stale = False
        self._due = 0.0
        self._kept: SavedView | None = None
        self._told = False
        self._sessions: SimpleQueue[Session | None] = SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="keeper", daemon=True)

    @property
    def resumes(self) -> bool:
        """Whether it opens a saved session."""
        return self._session is not None

    # On the run's thread

    def reopened(self, trainer: Trainer) -> Iterator[object]:
        """Take a run that stands at the end of the saved session's first line to where the session stood.

        Returns:
            An event for each step on the way.

        Raises:
            HltError: A line cannot be followed.
        """
        if self._session is None:
            return
        lines = [trainer.history]
        for spec in self._session.specs[1:]:
            yield from trainer.open(spec)
            lines.append(trainer.history)
        trainer.checkout(lines[self._session.current])
        trainer.seek(Position.parse(self._session.here))

    def begin(self, trainer: Trainer, *, whole: bool = True) -> bool:
        """From here on what changes is saved, unless that would hide a saved session that was not opened whole.

        Returns:
            Whether it is.
        """
        if self._session is not None and not whole:
            self.path = None
            return False
        self._begun = True
        self._seen = _state(trainer)
        if self.path is not None:
            self._writer.start()
        return True

    def look(self, trainer: Trainer) -> None:
        """Save the run if it has changed, and the last time is not too near."""
        if self._begun and self.path is not None and _state(trainer) != self._seen:
            self._stale = True
            if time.monotonic() >= self._due:
                self._save(trainer)

    def finish(self, trainer: Trainer) -> None:
        """Save the run as it stands at the end, if something has changed."""
        if self._begun and self.path is not None:
            changed = _state(trainer) != self._seen
            if changed or self._stale or self._kept not in (None, self.view):
                self._save(trainer)
        self._sessions.put(None)

    @property
    def wait(self) -> float | None:
        """Seconds after which to look again; None when all is saved."""
        return max(self._due - time.monotonic(), 0.0) if self._stale else None

    def _save(self, trainer: Trainer) -> None:
        self._seen, self._stale = _state(trainer), False
        self._kept = self.view
        self._due = time.monotonic() + EVERY
        self._sessions.put(self._session_of(trainer))

    def _session_of(self, trainer: Trainer) -> Session:
        here = str(Position(trainer.steps, phase=trainer.position.phase))
        lines = tuple(str(branch.line) for branch in trainer.lines)
        return Session(lines, trainer.lines.index(trainer.history), here, self.view, self._plugins)

    # On any thread

    def close(self) -> None:
        """Wait until all is written."""
        self._sessions.put(None)
        if self._writer.is_alive():
            self._writer.join(_LAST_WAIT)

    def _write_all(self) -> None:
        assert self.path is not None
        while True:
            session = self._sessions.get()
            if session is None:
                return
            try:
                write(self.path, session)
                self.saved = True
                prune(self.path.parent)
            except OSError as error:
                self._complain(error)

    def _complain(self, error: OSError) -> None:
        self.saved = False
        if not self._told:
            self._told = True
            self.failed(f"This session is not being saved: {printable(error.strerror)} ({printable(self.path)}).")


def _state(trainer: Trainer) -> tuple[object, ...]:
    """What is another when the run has changed."""
    history = trainer.history
    return history, history.steps, trainer.steps, trainer.position.phase, len(history.entries), len(trainer.lines)
