"""Caller: a whole number that the calling code has under some name, for what nobody says twice."""

from __future__ import annotations

import inspect
import sys
from types import FrameType

__all__ = ["number_named"]

_SNAPSHOTS = sys.version_info < (3, 13)
"""Whether a function's variables are read through a dictionary that keeps them alive."""


def number_named(name: str, frame: FrameType | None) -> int | None:
    """The value of a variable, if it is a whole number.

    Args:
        name: The variable.
        frame: Where to look: its own variables, and the module's where it is one.
    """
    if frame is None:
        return None
    code = frame.f_code
    if not code.co_flags & inspect.CO_OPTIMIZED:
        value = frame.f_locals.get(name)
    elif name in code.co_varnames or name in code.co_cellvars or name in code.co_freevars:
        variables = frame.f_locals
        value = variables.get(name)
        if _SNAPSHOTS:
            variables.clear()  # else the last batch would live on through the next step, on a card that may be full
    else:
        return None
    return value if type(value) is int else None
