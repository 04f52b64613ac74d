"""What is said where an optional library is missing."""

from __future__ import annotations

from hltcore.errors import MissingError

__all__ = ["missing"]


def missing(library: str, extra: str) -> MissingError:
    """The error that says what to install.

    Args:
        library: The library's name.
        extra: The extra of this package that brings it.
    """
    return MissingError(f"This needs {library}, which is not installed: pip install 'hlt-tui[{extra}]'")
