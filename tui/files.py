"""Files: where this user's own files are, and how one is replaced so that it is never torn."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

from hltcore.files import unfinished

try:
    import fcntl
except ImportError:  # a system that has no such locks
    fcntl = None  # type: ignore[assignment]

__all__ = ["alone_with", "new_file", "replace_file", "state_directory"]

_PATIENCE = 1.0  # seconds for another program to be done with a file


def state_directory() -> Path:
    """Where what this program keeps for its user is: in ``XDG_STATE_HOME``, or what the system has in its place."""
    from platformdirs import user_state_dir

    return Path(user_state_dir("hlt-tui", appauthor=False))


def replace_file(path: Path, text: str) -> None:
    """Write a file: it is the old one or the new one, whenever the power fails.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with unfinished(path, [text.encode(), b"\n"], mode=0o600) as part:
        part.replace(path)


def new_file(folder: Path, stem: str, suffix: str, text: str) -> Path:
    """Write a file under a name that nothing has yet: it is there whole, or not at all.

    Args:
        folder: Where; it is there already.
        stem: Its name; where that is taken, "-2" and so on comes after it.
        suffix: Its ending, such as ".svg".
        text: What is in it.

    Returns:
        Its path.

    Raises:
        OSError: It cannot be written.
    """
    with unfinished(folder / stem, [text.encode()]) as part:
        names = chain([stem], (f"{stem}-{number}" for number in count(2)))
        return next(path for name in names if _named(part, path := folder / f"{name}{suffix}"))


def _named(part: Path, path: Path) -> bool:
    """Give a file its name; False where something has that name already.

    Raises:
        OSError: It cannot be named.
    """
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError:  # a file system that gives a file one name only: take the name, and then its place
        try:
            open(path, "x", encoding="utf-8").close()
        except FileExistsError:
            return False
        try:
            os.replace(part, path)
        except OSError:
            path.unlink()
            raise
    return True


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Keep other programs that ask for the same file away, as far as the system knows locks and they do not last.

    Raises:
        OSError: Nothing can be written there.
    """
    if fcntl is None:
        yield
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path.with_name(f".{path.stem}.lock"), "w", encoding="utf-8") as file:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:  # a file system that knows no locks
                break
        yield  # closing the file lets it go
