"""Table: all subcommands, in the order in which the help lists them."""

from __future__ import annotations

from hltcore.commands.check import CHECK
from hltcore.commands.compare import COMPARE
from hltcore.commands.export import EXPORT
from hltcore.commands.gradcheck import GRADCHECK
from hltcore.commands.list import LIST
from hltcore.commands.sweep import SWEEP
from hltcore.commands.tensorboard import TENSORBOARD
from hltcore.commands.train import TRAIN

__all__ = ["COMMANDS"]

COMMANDS = (TRAIN, EXPORT, CHECK, GRADCHECK, COMPARE, SWEEP, TENSORBOARD, LIST)
