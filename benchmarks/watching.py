"""A training loop that is watched against the same loop bare, and how soon a long event log is read."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter

import hltcore
from benchmarks.figures import Figure, Part, Progress, between, middle_half, percentile, plain, seconds
from benchmarks.plain import PlainRun
from hltcore import Trainer
from hltcore._torch import torch
from hltcore.log import RunLog
from hltcore.log_findings import LogCheckup

__all__ = ["PART"]

EPOCHS = 250
TINY, LARGE = 1.3, 1.03
OPEN_S, SCRUB_MS = 2.0, 100.0
SEEKS = 300


def tiny(path: Path | None) -> Callable[[], object]:
    """The plain loop over XOR with two hidden units, an example a step."""
    trainer = Trainer("two-layer", "xor", checks=False)
    run = PlainRun("two-layer", trainer.dataset, trainer.model)

    def train() -> None:
        model, criterion, optimizer = run.model, run.criterion, run.optimizer
        with nullcontext() if path is None else hltcore.watch(model, optimizer, path) as watch:
            for _ in range(EPOCHS):
                for x, y in zip(run.xs, run.ys):
                    prediction = model(x)
                    loss = criterion(prediction, y)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    if watch is not None:
                        watch.step(loss=loss)

    return train


class Large:
    """A net of ten million parameters in batches of 32."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        sizes = (1000, 3000, 2000, 500, 10)
        layers = [layer for pair in pairwise(sizes) for layer in (torch.nn.Linear(*pair), torch.nn.ReLU())]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01)
        self.xs = torch.randn(32, 1000)
        self.ys = torch.randint(10, (32,))

    def step(self) -> torch.Tensor:
        loss = torch.nn.functional.cross_entropy(self.model(self.xs), self.ys)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss


def tiny_ratios(rounds: int, path: Path) -> list[tuple[float, float]]:
    """Seconds of the bare and of the watched loop, one right after the other, which one first by turns."""
    pairs = []
    for turn in range(rounds + 1):
        bare, watched = tiny(None), tiny(path)
        if turn % 2:
            ours, theirs = seconds(watched), seconds(bare)
        else:
            theirs, ours = seconds(bare), seconds(watched)
        pairs.append((theirs, ours))
    return pairs[1:]


def large_ratio(intervals: int, path: Path, progress: Progress) -> Figure:
    """A watched step by a bare one.

    Of each step in one loop, training and recording are timed apart: the ratio of two whole loops is lost in what any
    machine varies by. Medians, of recording with tensors and without each as often as it comes.
    """
    large = Large()
    bare, light, full = [], [], []
    with hltcore.watch(large.model, large.optimizer, path) as watch:
        every = watch.every
        steps = intervals * every + 1
        for turn in range(steps):
            if turn % 20 == 0:
                progress(f"watching: ten million parameters, step {turn} of {steps}")
            start = perf_counter()
            loss = large.step()
            middle = perf_counter()
            watch.step(loss=loss)
            end = perf_counter()
            bare.append(middle - start)
            (light if turn % every else full).append(end - middle)
    step = median(bare)
    ratio = 1 + (median(light) * (every - 1) + median(full)) / every / step
    low, high = (
        1 + (light_one * (every - 1) + full_one) / every / step
        for light_one, full_one in zip(middle_half(light), middle_half(full))
    )
    what = f"10 million parameters, tensors at every {every}th step: a watched step"
    told = f"{ratio * step * 1e3:.1f} ms", f"{step * 1e3:.1f} ms, the bare loop"
    return Figure(what, ratio, "x", low, high, *told, LARGE)


def _figures(quick: bool, progress: Progress) -> Iterator[Figure]:
    rounds, steps = (7, 100_000) if quick else (41, 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.jsonl"
        progress("watching: a tiny net")
        pairs = [(ours, theirs) for theirs, ours in tiny_ratios(rounds, path)]
        what = "two-layer/xor, whole at every step: a watched step"
        yield between(what, pairs, "µs", "the bare loop", TINY, scale=1e6 / EPOCHS / 4)
        yield large_ratio(max(1, rounds // 10), path, progress)
        yield from _reading(path, steps, progress)


def _reading(path: Path, steps: int, progress: Progress) -> Iterator[Figure]:
    trainer = Trainer("two-layer", "xor", checks=False)
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    model.load_state_dict(dict(zip(model.state_dict(), trainer.model.state_dict().values())))
    with hltcore.watch(model, None, path) as watch:
        for number in range(steps):
            if number % 100_000 == 0:
                progress(f"watching: a log of {number:,} of {steps:,} steps")
            watch.step(1 / (1 + number % 1000), epoch=number // 1000)
    start = perf_counter()
    log = RunLog(path)
    first = log.losses
    opened = perf_counter() - start
    assert (log.steps, len(first.lows) > 100) == (steps, True)
    times = []
    for goal in random.Random(0).sample(range(1, steps), SEEKS):
        start = perf_counter()
        step = log.at(goal)
        times.append((perf_counter() - start) * 1000)
        assert step is not None
        assert step.step == goal
    named = f"a log of {steps:,} steps, {path.stat().st_size / 1e6:.0f} MB"
    yield plain(f"{named}: to open it, with a sample of its losses", [opened], "s", OPEN_S)
    what = f"{named}: to go to any step, p99 of {SEEKS}"
    yield Figure(what, percentile(times, 0.99), "ms", *middle_half(times), limit=SCRUB_MS)
    progress("watching: reading it through")
    start = perf_counter()
    while log.scanned < 1:
        log.refresh()
    yield plain(f"{named}: to read it through, 20 ms at a time", [perf_counter() - start], "s")
    checkup = LogCheckup(log)
    start = perf_counter()
    while not checkup.done:
        checkup.advance()
    yield plain(f"{named}: all checks over it, 20 ms at a time", [perf_counter() - start], "s")
    log.close()


PART = Part("Watching any loop, and reading its log", _figures)
