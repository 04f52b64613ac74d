"""Files: what is exported, written whole or not at all, and never over something else unless asked to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from hltcore.errors import ExportError, quoted_path

__all__ = ["refuse_existing", "unfinished", "write_all"]


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """Refuse paths at which there is something already, or which no file can have.

    Raises:
        ExportError: There is, and nobody said that it may be replaced; or it is a directory, or in none.
    """
    for path in paths:
        if path.is_dir():
            raise ExportError(f"Cannot write {quoted_path(path)}: it is a directory.")
        if path.exists() and not force:
            raise ExportError(f"There is a file {quoted_path(path)} already: choose another name, or say --force.")
        if not path.absolute().parent.is_dir():
            raise ExportError(f"Cannot write {quoted_path(path)}: there is no directory {quoted_path(path.parent)}.")


def write_all(contents: Mapping[Path, Iterable[bytes]]) -> None:
    """Write files, each whole or not at all.

    Args:
        contents: By path, what to write, in pieces that may be made as they are asked for.

    Raises:
        ExportError: One cannot be written; those before it stay.
    """
    for path, pieces in contents.items():
        try:
            if path.exists() and not path.is_file():  # a device or a pipe cannot be replaced
                with path.open("wb") as file:
                    file.writelines(pieces)
            else:
                goal = path.resolve()  # where a link leads, so that the link stays
                with unfinished(goal, pieces) as part:
                    part.replace(goal)
        except OSError as error:
            raise ExportError(f"Cannot write {quoted_path(path)}: {error.strerror or error}.") from None


@contextmanager
def unfinished(path: Path, pieces: Iterable[bytes], *, mode: int = 0o666) -> Iterator[Path]:
    """A file that is whole and on the disk, in the folder of another one, whose name it can be given at once.

    Args:
        path: The other one.
        pieces: What is in it.
        mode: Who may read and write it, as far as the user's mask allows.

    Yields:
        Its path; what is still there under it afterwards is removed.

    Raises:
        OSError: It cannot be written.
    """
    part = path.with_name(f".{os.urandom(8).hex()}.unfinished")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with open(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        yield part
    finally:
        with suppress(OSError):
            part.unlink()
