"""Sweeping: trains many seeds at once, here or wherever an executor takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from pathlib import Path
from typing import Any

from hltcore.engine import Engine
from hltcore.errors import HltError, TargetError, quoted
from hltcore.nets import FeedForward
from hltcore.plugins import load
from hltcore.spec import RunSpec
from hltcore.sweeps.functions import LANES
from hltcore.sweeps.machine import Known
from hltcore.sweeps.outcome import Shard
from hltcore.sweeps.plan import Piece, Plan
from hltcore.sweeps.result import Sweep
from hltcore.sweeps.state import StateFile
from hltcore.sweeps.training import Shards

__all__ = ["Progress", "shards", "share", "sweep"]

Progress = Callable[[float], None]
"""Called with the runs that are done, parts of runs counted; what it raises ends the sweep."""

_LARGEST = 4096
"""Seeds in a shard: with more, a step's numbers leave the processor's caches."""

_LARGEST_AWAY = 1024
"""The same for an executor of which nobody knows how many workers it has: each of them is to have something to do."""

_FLOATS = 1 << 24
"""Numbers that a shard may need, as far as the model tells: 64 MB."""

_UPDATES = 1 << 30
"""Updates of single numbers that a shard may make, a few seconds' work: what Ctrl-C may lose."""

_ALONE = 8
"""Seeds in a shard of a model of somebody else's, of which each is trained by itself."""

_SMALLEST = LANES

_ATTEMPTS = 3
"""How often a shard is given to an executor that loses it, before it is trained here."""


def sweep(
    spec: str | RunSpec,
    seeds: int | Iterable[int] = 10_000,
    epochs: int = 49,
    *,
    executor: Executor | None = None,
    plugins: Sequence[str] = (),
    resume: str | Path | None = None,
    progress: Progress | None = None,
    **grid: Any,
) -> Sweep:
    """Train many seeds of a run, all at once, each with the bits that a ``Trainer`` gives it.

    Args:
        spec: The run, without a point: ``"two-layer/xor/mse/sgd lr=0.1"``.
        seeds: How many seeds, from the spec's own on (0 when it names none), or which.
        epochs: How many passes through the data.
        executor: Where to train: processes of this machine, or a cluster. A shard that is lost there is given to it
            again, and at last trained here. The results are the same wherever they come from, if the machines are
            alike. None for this thread.
        plugins: Modules and files that register parts of the run, as for ``plugins.load``: whatever process of the
            executor trains loads them first, and must have them at the same place.
        resume: A file that keeps what is done; a sweep that was broken off goes on from it.
        progress: Called now and then with the number of runs done.
        grid: Settings to lay side by side, each with each: ``lr=[0.01, 0.1], hidden=[2, 3, 4]``.

    Returns:
        For each of the settings what became of each seed.

    Raises:
        HltError: The run cannot be trained, a setting is not allowed, or the file is another sweep's.
    """
    plan = Plan.make(spec, seeds, epochs, grid)
    done: dict[Piece, Shard] = {}
    for piece, shard in shards(plan, executor=executor, plugins=plugins, resume=resume, progress=progress):
        done[piece] = shard
    return Sweep(plan, done)


def shards(
    plan: Plan,
    *,
    executor: Executor | None = None,
    plugins: Sequence[str] = (),
    resume: str | Path | None = None,
    progress: Progress | None = None,
    largest: int | None = None,
) -> Iterator[tuple[Piece, Shard]]:
    """Do what a plan says, and yield each shard as soon as it is there; first those that a file has.

    Args:
        plan: What to train.
        executor: As for ``sweep``.
        plugins: As for ``sweep``.
        resume: As for ``sweep``.
        progress: As for ``sweep``.
        largest: Seeds in a shard at most, when that is to be chosen; the outcomes do not depend on it.

    Raises:
        HltError: As for ``sweep``.
        KeyboardInterrupt: After Ctrl-C, when all shards that are there were yielded.
    """
    file = StateFile(Path(resume), plan) if resume is not None else None
    kept = file.read() if file else {}
    told = progress or (lambda runs: None)
    yield from kept.items()
    most = largest or (_LARGEST if executor is None else _LARGEST_AWAY)
    sizes = [min(most, _fitting(variant, plan.epochs)) for variant in plan.variants]
    pieces = list(_cut(plan, sizes, kept))
    ready = sum(piece.stop - piece.start for piece in kept)
    told(ready)
    source = _here(plan, pieces, ready, told) if executor is None else _there(plan, pieces, executor, tuple(plugins))
    for piece, shard in source:
        if file:
            file.write(piece, shard)
        ready += piece.stop - piece.start
        told(ready)
        yield piece, shard


def _cut(plan: Plan, sizes: list[int], kept: dict[Piece, Shard]) -> Iterator[Piece]:
    for variant, size in enumerate(sizes):
        yield from (piece for piece in plan.pieces(size, kept) if piece.variant == variant)


def share(plan: Plan, workers: int) -> int:
    """Seeds in a shard, so that some workers have as much to do as each other, in shards as large as are good."""
    each = -(-plan.runs // workers)
    turns = -(-each // _LARGEST)
    return -(-each // (turns * _SMALLEST)) * _SMALLEST


def _fitting(spec: RunSpec, epochs: int) -> int:
    """How many seeds of a run fit into memory, and into some seconds."""
    engine = Engine(spec)
    if engine.threshold is None:
        raise TargetError(
            f"A sweep counts the seeds at which every example is right, and the targets of "
            f"{quoted(engine.dataset.name)} are numbers, of which none is right or wrong."
        )
    if not isinstance(engine.model, FeedForward):
        return _ALONE
    layout = engine.layout_of(engine.feed.at(0, 0))
    size = layout.parameters.size
    kept = 2 if engine.spec.optimizer == "sgd" else 5
    rows = min(64, len(engine.feed.rows))
    floats = kept * size + rows * (len(engine.dataset.features) + 2 * layout.pre_activations.size)
    updates = max(1, epochs * engine.feed.steps_per_epoch * size)
    return max(_SMALLEST, min(_LARGEST, _FLOATS // floats, max(256, _UPDATES // updates)) // _SMALLEST * _SMALLEST)


def _here(plan: Plan, pieces: list[Piece], ready: int, told: Progress) -> Iterator[tuple[Piece, Shard]]:
    variant, trainer, known = -1, None, Known()
    for piece in pieces:
        if trainer is None or piece.variant != variant:
            variant, trainer = piece.variant, Shards(plan.variants[piece.variant], plan.epochs, known)
        size = piece.stop - piece.start

        def after(part: float, ready: int = ready, size: int = size) -> None:
            told(ready + part * size)

        yield piece, trainer.train(plan.seeds[piece.start : piece.stop], after)
        ready += size


def train_piece(spec: RunSpec, seeds: tuple[int, ...], epochs: int, plugins: tuple[str, ...] = ()) -> Shard:
    """Train one shard, wherever this is called."""
    load(*plugins)
    return Shards(spec, epochs, Known()).train(seeds)


def _there(
    plan: Plan, pieces: list[Piece], executor: Executor, plugins: tuple[str, ...]
) -> Iterator[tuple[Piece, Shard]]:
    """Have an executor train the shards."""

    def task(piece: Piece) -> tuple[RunSpec, tuple[int, ...], int, tuple[str, ...]]:
        return plan.variants[piece.variant], plan.seeds[piece.start : piece.stop], plan.epochs, plugins

    waiting: dict[Future[Shard], tuple[Piece, int]] = {}
    lost: list[Piece] = []

    def submit(piece: Piece, attempt: int) -> None:
        try:
            waiting[executor.submit(train_piece, *task(piece))] = piece, attempt
        except RuntimeError:  # it is broken, or was shut down
            lost.append(piece)

    try:
        for piece in pieces:
            submit(piece, 1)
        while waiting:
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                piece, attempt = waiting.pop(future)
                error = future.exception() if not future.cancelled() else None
                if isinstance(error, HltError):
                    raise error
                if future.cancelled() or error is not None:
                    lost.append(piece) if attempt == _ATTEMPTS else submit(piece, attempt + 1)
                else:
                    yield piece, future.result()
    except KeyboardInterrupt:
        for future, (piece, _) in waiting.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                yield piece, future.result()
        raise
    finally:
        for future in waiting:
            future.cancel()
    for piece in lost:
        yield piece, train_piece(*task(piece))
