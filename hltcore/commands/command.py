"""Command: one subcommand: a name, arguments, and a function that yields lines."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass

__all__ = ["Command"]


@dataclass(frozen=True)
class Command:
    """One subcommand.

    Attributes:
        name: The word that calls it.
        help: One line for the list of commands.
        description: What its own ``--help`` says first.
        arguments: Adds its arguments to a parser.
        lines: Turns the parsed arguments into lines of output, one after the other; may set their ``code``, the exit
            code.
        rest: The argument that also takes the words that stand behind an option; "" where there is none.
        json: Whether the parsed arguments ask for JSON.
    """

    name: str
    help: str
    description: str
    arguments: Callable[[argparse.ArgumentParser], None]
    lines: Callable[[argparse.Namespace], Iterable[str]]
    rest: str = ""
    json: Callable[[argparse.Namespace], bool] = lambda arguments: False
