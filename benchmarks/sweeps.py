"""A step of one seed in a sweep against a step of the plain loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter

import hltcore
from benchmarks.plain import PlainRun
from hltcore._torch import torch
from hltcore.sweeps.machine import Known
from hltcore.sweeps.training import Shards

__all__ = ["table"]

SPEC = "two-layer/xor/mse/sgd lr=0.1"
TARGETS = {1_000: 1_000, 10_000: 5_000}
"""By the number of seeds, how many times as fast as the plain loop a step of one of them is to be."""

LONG, SHORT = 400, 100
"""Epochs of two sweeps, whose difference is what the steps cost, without the starts and the ends."""

PLAIN = 50
"""Epochs of the plain loop beside each pair."""


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def sweep(seeds: int, epochs: int, known: Known) -> float:
    """Seconds of a sweep in shards as ``hltcore.sweep`` cuts them, from the starts to the outcomes."""
    shards = Shards(hltcore.RunSpec.parse(SPEC), epochs, known)
    every = range(seeds)
    return seconds(lambda: [shards.train(every[start : start + 4096]) for start in range(0, seeds, 4096)])


def table(rounds: int, progress: Callable[[str], None]) -> Iterator[str]:
    """Median ratios with their spread, as lines of Markdown."""
    trainer = hltcore.Trainer.from_spec(SPEC, checks=False)
    plain = PlainRun("two-layer", trainer.dataset, trainer.model)
    steps = trainer.steps_per_epoch
    known = Known()
    plain.run(PLAIN)
    sweep(64, 2, known)
    yield (
        "| seeds of two-layer/xor | a seed's step, ns | plain loop's step by it | middle half | target | "
        "| `sweep(epochs=49)`, s | steps, starts and ends of it: plain loop's by it |"
    )
    yield "| ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |"
    for seeds, target in TARGETS.items():
        ratios, ours, whole, all_in = [], [], [], []
        for turn in range(rounds):
            progress(f"sweeps: {seeds:,} seeds, {turn + 1} of {rounds}")
            base = seconds(lambda: plain.run(PLAIN)) / (PLAIN * steps)
            long, short = (sweep(seeds, epochs, known) for epochs in (LONG, SHORT))
            base = (base + seconds(lambda: plain.run(PLAIN)) / (PLAIN * steps)) / 2
            ours.append((long - short) / ((LONG - SHORT) * steps * seeds))
            ratios.append(base / ours[-1])
            whole.append(seconds(partial(hltcore.sweep, SPEC, seeds, 49)))
            all_in.append(base * 49 * steps * seeds / whole[-1])
        ratios.sort()
        spread = f"{ratios[len(ratios) // 4]:,.0f} to {ratios[-1 - len(ratios) // 4]:,.0f}"
        ratio = median(ratios)
        cells = [f"{median(ours) * 1e9:.1f}", f"{ratio:,.0f}", spread, f"{target:,}", _verdict(ratio, target)]
        yield f"| {seeds:,} | {' | '.join([*cells, f'{median(whole):.2f}', f'{median(all_in):,.0f}'])} |"
    assert torch.get_num_threads() == 1


def _verdict(ratio: float, target: float) -> str:
    return "PASS" if ratio >= target else "below"
