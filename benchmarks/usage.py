"""What a process uses, as the system counts it (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["anonymous_megabytes", "children", "cpu_seconds", "has_ended", "proportional_megabytes"]

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process: int) -> float:
    """Seconds of processor time that a process has used, in its own code and in the system's."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def proportional_megabytes(process: int) -> float:
    """Megabytes of a process's memory, what it shares with others counted in parts (PSS)."""
    return _megabytes(process, "Pss")


def anonymous_megabytes(process: int) -> float:
    """Megabytes that a process has for itself alone, which no other process that begins or ends makes less or more."""
    return _megabytes(process, "Anonymous")


def _megabytes(process: int, name: str) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) * 1024 / 1e6


def children(process: int) -> list[int]:
    """The processes that a process began and that are still there."""
    return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def has_ended(process: int) -> bool:
    """Whether a process is over, though its parent may not have asked yet how it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True
