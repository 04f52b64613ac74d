"""Phase: the five parts of one step, in their order."""

from __future__ import annotations

from enum import Enum

__all__ = ["Phase"]


class Phase(str, Enum):
    """One of the five parts of a step (one parameter update)."""

    FORWARD = "forward"
    LOSS = "loss"
    ZERO_GRAD = "zero-grad"
    BACKWARD = "backward"
    UPDATE = "update"

    def __str__(self) -> str:
        return self.value

    @property
    def number(self) -> int:
        """1 for forward to 5 for update."""
        return tuple(Phase).index(self) + 1
