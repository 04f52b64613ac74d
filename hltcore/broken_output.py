"""Broken output: a standard output that nobody reads any more."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TextIO

__all__ = ["give_up"]


def give_up(out: TextIO) -> None:
    """Drop what cannot be written any more, or Python tries once again as it exits, and complains."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
