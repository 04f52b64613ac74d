"""The errors this library raises: one clear sentence each, naming the bad value and the nearest right one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "ChainError",
    "ConditionError",
    "DataError",
    "ExportError",
    "HltError",
    "LogError",
    "MissingError",
    "NotReachedError",
    "OptionError",
    "OwnPartError",
    "PluginError",
    "RecordingError",
    "RegistryError",
    "SeekError",
    "ShapeError",
    "SpecError",
    "StepError",
    "SweepFileError",
    "TargetError",
    "UncheckedError",
    "UnknownNameError",
    "closest",
    "nearest",
    "printable",
    "quoted",
    "quoted_path",
    "reason",
]

_SLIP = 0.75  # how alike two words are, from 0 to 1, of which one is the other with a slip of the keys
_LONGEST_QUOTE = 60
_LONGEST_REASON = 240


class HltError(ValueError):
    """Any bad input to this library; the message is one sentence for a person to read."""


class UnknownNameError(HltError):
    """A name that is in no registry."""

    def __init__(self, kind: str, name: str, names: Iterable[str], aliases: Iterable[str] = ()) -> None:
        known, others = tuple(names), tuple(aliases)
        slip = difflib.get_close_matches(name.casefold(), (*known, *others), n=1, cutoff=_SLIP)
        # What is a slip of the keys is hardly somebody's addition; anything else may be.
        more = "" if slip else " Or is the plugin missing that adds it (--plugin)?"
        super().__init__(f"Unknown {kind} {quoted(name)}: {nearest(name, known, others)}{more}")


class OwnPartError(HltError):
    """A part that a script passed as an object, asked for by its name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(
            f"The {kind} {quoted(name)} is an object of the script that made the run: only there can it be opened; "
            "registered under a name, it can be opened anywhere."
        )


class OptionError(HltError):
    """An option whose name or value is not allowed."""


class DataError(HltError):
    """A file of data that cannot be used; the message names the file and, where there is one, line, column and text."""


class ExportError(HltError):
    """A run that cannot be written in some form, or a file that cannot be written or read as one."""


class PluginError(HltError):
    """A plugin that cannot be loaded; nothing of it is left in any registry."""


class RecordingError(HltError):
    """A line of a recording that is not an event."""


class LogError(HltError):
    """An event log that cannot be read, or cannot be written."""


class MissingError(HltError, ImportError):
    """An optional library that is not installed.

    Args:
        what: What needs it, as a sentence begins.
        library: Its name.
        extra: The extra of this package that brings it.
    """

    def __init__(self, what: str, library: str, extra: str) -> None:
        super().__init__(f"{what} needs {library}, which is not installed: pip install 'hlt-tui[{extra}]'")


class RegistryError(HltError):
    """An addition to a registry that cannot be taken."""


class SpecError(HltError):
    """A run spec that cannot be read."""


class ShapeError(HltError):
    """Numbers that do not fit the shape they are meant for."""


class ChainError(HltError):
    """A step whose chain rule cannot be shown."""


class ConditionError(HltError):
    """A condition that cannot be read, or that names what a run does not have."""


class NotReachedError(HltError):
    """A condition that held at no point of a run, as far as it was taken."""


class TargetError(HltError):
    """A data set whose targets (or features) do not fit the loss or the model."""


class SeekError(HltError):
    """A point in the run that does not exist."""


class UncheckedError(HltError):
    """What a check raises that cannot tell; the message says why."""


class StepError(HltError):
    """A step that cannot be computed from the present parameters."""


class SweepFileError(HltError):
    """A file that a sweep cannot go on from."""


def printable(text: object) -> str:
    """Text with everything that is not printable escaped, so that data cannot steer the terminal."""
    plain = str(text)
    return plain if plain.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in plain)


def quoted(text: object) -> str:
    """Quote what a user wrote, with control characters escaped and long text cut."""
    try:
        plain = str(text)
    except ValueError:  # Python writes no whole number of more than some thousand digits
        plain = "a number of very many digits"
    return f'"{printable(_cut(plain, _LONGEST_QUOTE))}"'


def quoted_path(path: object) -> str:
    """Quote a path, with control characters escaped and nothing cut: its end tells the file."""
    return f'"{printable(path)}"'


def reason(error: BaseException) -> str:
    """What an error that somebody else raised says, on one line, with its kind."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {printable(_cut(words, _LONGEST_REASON))}" if words else type(error).__name__


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def nearest(name: str, choices: Iterable[str], aliases: Iterable[str] = ()) -> str:
    """Say which of the choices (or their aliases) was probably meant, or list the choices."""
    known = tuple(dict.fromkeys(choices))
    if not known:
        return "there are none."
    close = closest(name, known, aliases)
    if close is not None:
        return f"did you mean {quoted(close)}?"
    return f"choose from {', '.join(map(printable, known))}."


def closest(name: str, choices: Iterable[str], aliases: Iterable[str] = ()) -> str | None:
    """The one of the choices (or their aliases) that was probably meant; None where none is like it."""
    close = difflib.get_close_matches(name.casefold(), (*choices, *aliases), n=1, cutoff=0.5)
    return close[0] if close else None
