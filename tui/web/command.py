"""Command: what starts the app for a page, with what the command line said."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["add_options", "command", "passed_on"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that are about serving."""
    parser.add_argument("--web", action="store_true", help="serve it to a browser, on this machine alone (extra: web)")
    parser.add_argument("--web-host", metavar="HOST", help="with --web: the address to serve at (127.0.0.1)")
    parser.add_argument("--web-port", metavar="PORT", help="with --web: the port (8000); 0 for any that is free")


def passed_on(arguments: Sequence[str], session: Path | None) -> list[str]:
    """The arguments for the app itself: all but those about serving.

    Args:
        arguments: What the command line said, once it was found to be right.
        session: The session file that ``--resume`` opens: the very file, as "the one that was saved last" is another
            as soon as the first page has been open for a while; None without ``--resume``.
    """
    own = argparse.ArgumentParser(add_help=False)
    add_options(own)
    own.add_argument("--resume", nargs="?")
    rest = own.parse_known_args(arguments)[1]
    return rest if session is None else [f"--resume={session.absolute()}", *rest]


def command(arguments: Sequence[str]) -> str:
    """A line for a POSIX shell, each word quoted, that starts the app on this very Python with these modules.

    The shell gives its process to the app, so that the app's parent is the server.
    """
    start = f"import sys; sys.path[:] = {sys.path!r}; from tui.__main__ import main; sys.exit(main())"
    return f"exec {shlex.join([sys.executable, '-c', start, *arguments])}"
