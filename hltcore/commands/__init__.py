"""Commands: what ``python -m hltcore`` can do, one file each, and all of them in one table."""

from hltcore.commands.command import Command
from hltcore.commands.table import COMMANDS

__all__ = ["COMMANDS", "Command"]
