"""What tests of panels share: snapshots without an app."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.strip import Strip

from hltcore import Trainer
from tui.observer import Observer
from tui.snapshot import Snapshot


def look(trainer: Trainer | str) -> Snapshot:
    """The snapshot of a run."""
    return Observer().observe(Trainer.from_spec(trainer) if isinstance(trainer, str) else trainer)


def texts(lines: Sequence[Strip]) -> list[str]:
    """The lines as text."""
    return [strip.text.rstrip() for strip in lines]


def check_size(lines: Sequence[Strip], width: int, height: int) -> None:
    """No line is too long, there are not too many, and no text holds what steers a terminal."""
    assert len(lines) <= max(height, 0)
    for strip in lines:
        assert cell_len(strip.text) == strip.cell_length <= max(width, 0)
        assert strip.text.isprintable()
