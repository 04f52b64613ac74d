"""Session: what a user has been doing, as a small file: every line of history, the point in it, and the view.

A file is read as data and nothing else; it is replaced as a whole, so that it is never torn.
"""

from __future__ import annotations

import errno
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from hltcore.edits import Mark, Position
from hltcore.errors import HltError, printable, quoted
from hltcore.spec import RunSpec
from tui.files import replace_file, state_directory

__all__ = ["KEPT", "SavedView", "Session", "SessionError", "directory", "newest", "prune", "read", "write"]

VERSION = 1
KEPT = 20
"""Files kept; the oldest go."""
LONGEST = 16 * 2**20
"""Bytes, above which a file is not read."""
_TOLD = 5
"""Plugins that an error tells of."""


class SessionError(HltError):
    """A file that is no saved session, or that cannot be read."""


@dataclass(frozen=True)
class SavedView:
    """How the screen was arranged.

    Attributes:
        theme: Name of the theme; empty for the usual one.
        panel: The panel that was alone; empty for all.
        by_epoch: Whether the loss was plotted by epoch; None where nobody chose.
        logarithmic: Whether it was plotted on a logarithmic scale.
        right: Whether the share of right examples was plotted in its place.
        lesson: Name of the lesson that was open; empty for none.
        page: Its page, counted from 0.
    """

    theme: str = ""
    panel: str = ""
    by_epoch: bool | None = None
    logarithmic: bool = False
    right: bool = False
    lesson: str = ""
    page: int = 0


@dataclass(frozen=True)
class Session:
    """A run with its whole history, as text.

    Attributes:
        lines: Each line of history as a spec that leads to its end, oldest first.
        current: Which of them the run is on.
        here: Where it stands there: completed steps, and the phase, as in a spec ("51", "51:backward").
        view: How the screen was arranged.
        plugins: The plugins that were loaded. They are told to whoever opens it, and never loaded on its word: a file
            that somebody sends must not run code.

    Raises:
        SessionError: There is no such line, or a line or the point cannot be read.
    """

    lines: tuple[str, ...]
    current: int = 0
    here: str = "0"
    view: SavedView = field(default_factory=SavedView)
    plugins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.current < len(self.lines):
            raise SessionError(f"It has no line of history {quoted(self.current)}: there are {len(self.lines)}.")
        try:
            Position.parse(self.here)
            for line in self.lines:
                RunSpec.parse(line)
        except HltError as error:
            raise SessionError(str(error)) from None

    @property
    def opening(self) -> RunSpec:
        """The run to begin with: the first line, with a point even at its very start, so that it cannot be another."""
        first = RunSpec.parse(self.lines[0])
        return replace(first, marks=first.marks or (Mark(Position()),))

    @property
    def specs(self) -> tuple[RunSpec, ...]:
        """The lines, read."""
        return tuple(map(RunSpec.parse, self.lines))


def directory() -> Path:
    """Where this user's sessions are: in ``XDG_STATE_HOME``, or what the system has in its place."""
    return state_directory() / "sessions"


def newest(folder: Path) -> Path:
    """The session that was saved last.

    Raises:
        SessionError: There is none.
    """
    files = _sessions(folder)
    if not files:
        raise SessionError(f"There is no saved session in {printable(folder)}.")
    return files[-1]


def prune(folder: Path, keep: int = KEPT) -> None:
    """Delete all but the last sessions."""
    for path in _sessions(folder)[:-keep]:
        with suppress(OSError):
            path.unlink()


def write(path: Path, session: Session) -> None:
    """Save a session: the file is the old one or the new one, whenever the power fails.

    Raises:
        OSError: It cannot be written.
    """
    import json  # late: the first frame has no need of it

    replace_file(path, json.dumps({"program": "hlt-tui", "version": VERSION, **asdict(session)}, indent=1))


def read(path: Path) -> Session:
    """Read a session.

    Raises:
        SessionError: The file is not there, is no session, or is one of a later version.
    """
    shown = f'"{printable(path)}"'  # whole, however long: the user may have to look there
    try:
        if path.is_fifo():  # to open it would wait for somebody to write
            raise OSError(errno.EINVAL, "it is a pipe")
        with open(path, "rb") as file:
            data = file.read(LONGEST + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise SessionError(f"The session {shown} cannot be read: {printable(why)}.") from None
    if len(data) > LONGEST:
        raise SessionError(f"{shown} is no saved session: it has more than {LONGEST // 2**20} MB.")
    if not data.strip():
        raise SessionError(f"{shown} is no saved session: it is empty.")
    import json

    try:
        value = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise SessionError(f"{shown} is no saved session, or not a whole one: it cannot be read as JSON.") from None
    if not isinstance(value, dict) or value.get("program") != "hlt-tui":
        raise SessionError(f"{shown} is no saved session of hlt-tui.")
    if value.get("version") != VERSION:
        version = quoted(value.get("version"))
        raise SessionError(f"The session {shown} has version {version}: this hlt-tui reads version {VERSION}.")
    try:
        return _session(value)
    except SessionError as error:
        raise SessionError(f"The session {shown} cannot be opened: {error}{_made_with(value)}") from None


def _session(value: Mapping[str, Any]) -> Session:
    lines, current, here = value.get("lines"), value.get("current"), value.get("here")
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise SessionError("Its lines of history are not texts.")
    if isinstance(current, bool) or not isinstance(current, int) or not isinstance(here, str):
        raise SessionError("It does not say where it stands.")
    return Session(tuple(lines), current, here, _view(value.get("view")), _plugins(value))


def _plugins(value: Mapping[str, Any]) -> tuple[str, ...]:
    words = value.get("plugins")
    return tuple(word for word in words if isinstance(word, str)) if isinstance(words, list) else ()


def _made_with(value: Mapping[str, Any]) -> str:
    """What to name again: nothing is loaded because a file says so."""
    words = [shlex.quote(printable(word)) for word in _plugins(value)[:_TOLD]]
    told = "".join(f" --plugin {word}" for word in words)
    return f" It was saved with{told}: if you trust that code, name it again: hlt-tui --resume{told}" if told else ""


def _view(value: Any) -> SavedView:
    """A view is no reason to refuse a session: what is not as it should be is as usual."""
    known = value if isinstance(value, dict) else {}
    usual = SavedView()
    theme, panel, by_epoch, logarithmic, right, lesson, page = (known.get(item.name) for item in fields(SavedView))
    return SavedView(
        theme if isinstance(theme, str) else usual.theme,
        panel if isinstance(panel, str) else usual.panel,
        by_epoch if isinstance(by_epoch, bool) else usual.by_epoch,
        logarithmic if isinstance(logarithmic, bool) else usual.logarithmic,
        right if isinstance(right, bool) else usual.right,
        lesson if isinstance(lesson, str) else usual.lesson,
        page if type(page) is int and page >= 0 else usual.page,
    )


def _sessions(folder: Path) -> list[Path]:
    """The session files of a folder, the one that was saved last at the end."""
    dated: list[tuple[int, Path]] = []
    with suppress(OSError):
        for path in folder.glob("*.json"):
            with suppress(OSError):  # another program deletes old ones, too
                dated.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(dated)]
