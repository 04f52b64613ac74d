"""Plan: what a sweep is to train: each seed under each of several settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

from hltcore.errors import OptionError, SpecError, quoted
from hltcore.options import Value, write
from hltcore.spec import RunSpec

__all__ = ["Piece", "Plan"]

_MOST = 1_000_000
"""Runs in one sweep: what a machine's memory holds."""


class Piece(NamedTuple):
    """Some seeds under one of the settings: what is trained in one go.

    Attributes:
        variant: Which of the settings, by its place.
        start: The place of its first seed among the seeds.
        stop: The place after its last one.
    """

    variant: int
    start: int
    stop: int


@dataclass(frozen=True)
class Plan:
    """A sweep before it is made.

    Attributes:
        variants: The settings; their seeds are not looked at.
        changed: For each of them, what the grid set.
        seeds: The seeds.
        epochs: How many epochs each is trained for.
    """

    variants: tuple[RunSpec, ...]
    changed: tuple[tuple[tuple[str, Value], ...], ...]
    seeds: tuple[int, ...]
    epochs: int

    @classmethod
    def make(cls, spec: str | RunSpec, seeds: int | Iterable[int], epochs: int, grid: Mapping[str, Any]) -> Plan:
        """Check what somebody asks for.

        Args:
            spec: The run; no point of it may be named.
            seeds: How many, from the spec's own seed on, or which.
            epochs: How many epochs.
            grid: For some settings, a value or several in a list, tuple or range; each is combined with each.

        Raises:
            HltError: It is not allowed; the message says what.
        """
        line = RunSpec.parse(spec) if isinstance(spec, str) else spec
        if line.marks:
            raise SpecError(f"A sweep starts every run anew: leave out {quoted(line.marks[0])} and what follows it.")
        if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 0:
            raise OptionError(f"epochs={quoted(epochs)[1:-1]} is not allowed: it must be a whole number from 0 on.")
        if "seed" in grid:
            raise OptionError("seed is not a setting to lay side by side: a sweep trains many seeds anyway.")
        several = {name: list(values) if _is_list(values) else [values] for name, values in grid.items()}
        for name, values in several.items():
            if not values:
                raise OptionError(f"{quoted(name)[1:-1]} has no value.")
        variants: dict[RunSpec, tuple[tuple[str, Value], ...]] = {}
        for chosen in product(*several.values()):
            settings = dict(zip(several, chosen))
            # What is frozen stays so with another model, or is refused: somebody asks for both.
            variants.setdefault(line.changed(**{"frozen": line.frozen, **settings}), tuple(settings.items()))
        every = _seeds(line, seeds)
        if len(every) * len(variants) > _MOST:
            raise OptionError(f"{len(every) * len(variants):,} runs are too many for one sweep: at most {_MOST:,}.")
        return cls(tuple(variants), tuple(variants.values()), every, epochs)

    @property
    def runs(self) -> int:
        """How many runs there are in all."""
        return len(self.variants) * len(self.seeds)

    @property
    def digest(self) -> str:
        """A fingerprint of what is trained: two plans have the same only if they are the same."""
        told = [[str(spec) for spec in self.variants], self.seeds, self.epochs]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def pieces(self, size: int, done: Iterable[Piece] = ()) -> Iterator[Piece]:
        """What is to be trained, cut into pieces.

        Args:
            size: Seeds in a piece, at most.
            done: What is left out.
        """
        for variant in range(len(self.variants)):
            start = 0
            ready = sorted(piece for piece in done if piece.variant == variant)
            for piece in [*ready, Piece(variant, len(self.seeds), len(self.seeds))]:
                for first in range(start, piece.start, size):
                    yield Piece(variant, first, min(first + size, piece.start))
                start = max(start, piece.stop)

    def named(self, variant: int) -> str:
        """What the grid set for one of the settings, in words; empty without a grid."""
        return " ".join(f"{name}={write(value)}" for name, value in self.changed[variant])


def _is_list(values: object) -> bool:
    return isinstance(values, list | tuple | range | set | frozenset)


def _seeds(spec: RunSpec, seeds: int | Iterable[int]) -> tuple[int, ...]:
    if isinstance(seeds, int) and not isinstance(seeds, bool):
        every: tuple[int, ...] = tuple(range(spec.seed, spec.seed + max(0, min(seeds, _MOST + 1))))
    elif isinstance(seeds, Iterable) and not isinstance(seeds, str | bytes):
        every = tuple(dict.fromkeys(seeds))
    else:
        every = ()
    if not every:
        raise OptionError(f"seeds={quoted(seeds)[1:-1]} is not allowed: it must be how many seeds, or some seeds.")
    for seed in (every[0], every[-1]) if isinstance(seeds, int) else every:
        spec.changed(seed=seed)  # refuses what is no seed
    return every
