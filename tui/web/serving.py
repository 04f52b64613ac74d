"""Serving: the app for whoever opens the page, until Ctrl-C."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace

from hltcore.errors import MissingError
from tui.formatting import plain
from tui.web.address import Address, WebError
from tui.web.command import command

__all__ = ["serve"]

_WARNING = """\
Warning: anyone who reaches this address can use the app as you, without a password, and who is on the way can read
         along. They can train any run on this machine, see all data that the app could open for you, and add to your
         saved sessions (the oldest of which go) and to your progress in lessons. It runs no other programs for them."""


def serve(arguments: list[str], address: Address, title: str) -> int:
    """Serve the app.

    Args:
        arguments: For the app that each page starts.
        address: Where.
        title: What the page is called.

    Returns:
        The exit status: 0.

    Raises:
        MissingError: textual-serve is not installed.
        WebError: The system cannot serve it, or the address cannot be had.
    """
    if os.name != "posix":
        raise WebError("--web needs a system with a POSIX shell, such as Linux or macOS.")
    try:
        from tui.web.server import AppServer
    except ImportError as error:
        raise _missing(error) from None
    sockets = address.bound()
    address = replace(address, port=sockets[0].getsockname()[1])

    def begun() -> None:
        print(f"{plain(title)} is at {plain(address.url)} for your browser. Ctrl-C ends it.", file=sys.stderr)
        if not address.is_local:
            print(_WARNING, file=sys.stderr)

    with suppress(KeyboardInterrupt):  # before it listens to signals
        AppServer(command(arguments), address, title).serve_at(sockets, begun)
    return 0


def _missing(error: ImportError) -> MissingError:
    if (error.name or "").partition(".")[0] not in ("textual_serve", "aiohttp", "aiohttp_jinja2", "jinja2"):
        raise error
    return MissingError("--web", "textual-serve", "web")
