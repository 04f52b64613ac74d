"""Scene: what a task looks at: the run, and what the student has before her."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.cells import Focus
    from tui.snapshot import Snapshot

__all__ = ["Scene", "folded"]


@dataclass(frozen=True, eq=False)
class Scene:
    """The screen at one moment.

    Attributes:
        snapshot: The run.
        focus: The number that the arrow keys stand on.
        panels: The panels in view.
        tried: What was tried in the sheet that tries any word, folded.
    """

    snapshot: Snapshot
    focus: Focus | None = None
    panels: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()


def folded(text: str) -> str:
    """A text as it is compared: without regard to case and blanks."""
    return " ".join(text.casefold().split())
