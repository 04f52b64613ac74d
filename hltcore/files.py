"""Files: what is exported, written whole or not at all, and never over something else unless asked to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from hltcore.errors import ExportError, printable

__all__ = ["refuse_existing", "shown", "write_all"]


def shown(path: Path) -> str:
    """A path for a message: whole, as its end tells the file."""
    return f'"{printable(path)}"'


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """Refuse paths at which there is something already, or which no file can have.

    Raises:
        ExportError: There is, and nobody said that it may be replaced; or it is a directory, or in none.
    """
    for path in paths:
        if path.is_dir():
            raise ExportError(f"Cannot write {shown(path)}: it is a directory.")
        if path.exists() and not force:
            raise ExportError(f"There is a file {shown(path)} already: choose another name, or say --force.")
        if not path.absolute().parent.is_dir():
            raise ExportError(f"Cannot write {shown(path)}: there is no directory {shown(path.parent)}.")


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
                _write(path, pieces)
        except OSError as error:
            raise ExportError(f"Cannot write {shown(path)}: {error.strerror or error}.") from None


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    path = path.resolve()  # where a link leads, so that the link stays
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink()
