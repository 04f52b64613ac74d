"""Printout: lines for a terminal, a file or a pipe, whose reader may have gone."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from hltcore.broken_output import give_up

__all__ = ["print_lines"]


def print_lines(lines: Iterable[str]) -> int:
    """Print to standard output what its encoding has; the rest of it becomes question marks.

    Returns:
        The exit status: 0; 1 when they cannot be written; 141 when the reader of a pipe has gone.
    """
    out = sys.stdout
    if out is None:  # closed by whoever began this process
        return 0
    encoding = out.encoding or "utf-8"
    try:
        for text in lines:
            out.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        out.flush()
    except BrokenPipeError:
        give_up(out)
        return 141
    except OSError as error:
        give_up(out)
        print(f"hlt-tui: The output cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    return 0
