"""A step of one seed in a sweep against a step of the plain loop."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from statistics import median

import hltcore
from benchmarks.figures import Figure, Part, Progress, middle_half, number, seconds
from benchmarks.plain import PlainRun
from hltcore._torch import torch
from hltcore.sweeps.machine import Known
from hltcore.sweeps.training import Shards

__all__ = ["PART"]

SPEC = "two-layer/xor/mse/sgd lr=0.1"
TARGETS = {1_000: 1_000, 10_000: 5_000}
"""By the number of seeds, how many times as fast as the plain loop a step of one of them is to be."""

LONG, SHORT = 400, 100
"""Epochs of two sweeps, whose difference is what the steps cost, without the starts and the ends."""

PLAIN = 50
"""Epochs of the plain loop beside each pair."""


def sweep(seeds: int, epochs: int, known: Known) -> float:
    """Seconds of a sweep in shards as ``hltcore.sweep`` cuts them, from the starts to the outcomes."""
    shards = Shards(hltcore.RunSpec.parse(SPEC), epochs, known)
    every = range(seeds)
    return seconds(lambda: [shards.train(every[start : start + 4096]) for start in range(0, seeds, 4096)])


def _figures(quick: bool, progress: Progress) -> Iterator[Figure]:
    rounds = 3 if quick else 11
    trainer = hltcore.Trainer.from_spec(SPEC, checks=False)
    plain = PlainRun("two-layer", trainer.dataset, trainer.model)
    steps = trainer.steps_per_epoch
    known = Known()
    plain.run(PLAIN)
    sweep(64, 2, known)
    for seeds, target in TARGETS.items():
        pairs, whole = [], []
        for turn in range(rounds):
            progress(f"sweeps: {seeds:,} seeds, {turn + 1} of {rounds}")
            base = seconds(lambda: plain.run(PLAIN)) / (PLAIN * steps)
            long, short = (sweep(seeds, epochs, known) for epochs in (LONG, SHORT))
            base = (base + seconds(lambda: plain.run(PLAIN)) / (PLAIN * steps)) / 2
            pairs.append(((long - short) / ((LONG - SHORT) * steps * seeds), base))
            whole.append((seconds(partial(hltcore.sweep, SPEC, seeds, 49)), base * 49 * steps * seeds))
        yield _times(f"a step of one of {seeds:,} seeds, two-layer/xor", pairs, 1e9, "ns", target)
        yield _times(f"`sweep(seeds={seeds:_}, epochs=49)` as a whole", whole, 1, "s")
    assert torch.get_num_threads() == 1


def _times(what: str, pairs: list[tuple[float, float]], scale: float, unit: str, target: float | None = None) -> Figure:
    """How many times as fast as the plain loop."""
    times = [other / own for own, other in pairs]
    own, other = (number(median(values) * scale) for values in zip(*pairs))
    low, high = middle_half(times)
    floor = f"{other} {unit}, the plain loop"
    return Figure(what, median(times), "x", low, high, f"{own} {unit}", floor, target, least=True)


PART = Part("Sweeps: times as fast as the plain loop", _figures)
