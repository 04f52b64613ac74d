"""Written: how a part of a run is written in a plain PyTorch script; text alone, no torch."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Written"]


@dataclass(frozen=True)
class Written:
    """A part of a run as Python.

    Attributes:
        call: What makes it, an expression; of an initialisation the statements that fill ``model``.
        define: What must be defined before, classes and functions; empty where PyTorch has all of it.
        imports: Lines that import what it needs besides ``torch``.
    """

    call: str
    define: str = ""
    imports: tuple[str, ...] = ()
