"""Pause: a step that is not complete, and what is needed to be as before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from hltcore.engine import Engine, Saved
from hltcore.events import StepEvent
from hltcore.phase import Phase
from hltcore.step import Step
from hltcore.updaters import State

__all__ = ["Here", "Paused"]


@dataclass
class Paused:
    """A step that is not complete."""

    step: Step
    phases: Iterator[Phase]
    start: Saved
    done: Phase | None = None


class Here(NamedTuple):
    """What a step starts from, as far as it costs next to nothing to keep."""

    engine: Engine
    where: tuple[int, int, int]
    last: StepEvent | None
    before: bytes
    recorded: int
    memory: bytes
    optimizer: State | None
