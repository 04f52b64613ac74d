"""Training: a shard of seeds from their starts to the last epoch, believed only where it has the bits of real runs."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from hltcore._torch import torch
from hltcore.spec import RunSpec
from hltcore.sweeps.block import Block
from hltcore.sweeps.machine import Known, Machine
from hltcore.sweeps.outcome import Outcome, Shard, curve_points, findings_of
from hltcore.sweeps.singly import Single, outcome_of
from hltcore.sweeps.starts import starts
from hltcore.sweeps.summation import UnknownOrder

__all__ = ["Shards"]

Tensor = torch.Tensor
After = Callable[[float], None]

_CHECKED_STEPS = 200
"""How many steps of one seed of every shard are done once more by a real run."""


class Shards:
    """Trains shards of one kind of run, one after the other.

    Args:
        spec: The settings that all seeds share.
        epochs: How many epochs.
        known: What has been found out about this machine so far.

    Raises:
        HltError: The parts of the run do not fit each other.
    """

    def __init__(self, spec: RunSpec, epochs: int, known: Known) -> None:
        self._spec = spec
        self._epochs = epochs
        self._points = curve_points(epochs)
        self._note = ""
        try:
            self._machine: Machine | None = Machine(spec, known)
        except UnknownOrder:
            self._machine = None
            self._note = f"{spec.model} is not a row of layers that is known, so each seed was trained by itself"

    def train(self, seeds: Sequence[int], after: After = lambda share: None) -> Shard:
        """Train some seeds.

        Args:
            seeds: The seeds.
            after: Called with the share that is done, from 0 to 1; what it raises ends the training.

        Raises:
            HltError: They cannot be trained at all.
        """
        with _one_thread():
            return self._trained(seeds, after)

    def _trained(self, seeds: Sequence[int], after: After) -> Shard:
        if self._machine is not None:
            try:
                return self._at_once(self._machine, seeds, after)
            except UnknownOrder:
                self._machine = None
                self._note = "this machine adds up in no way that is known, so each seed was trained by itself"
            except _Different as different:
                self._note = (
                    f"seed {different.seed} has other bits when it is trained at once with others, so each seed was "
                    "trained by itself"
                )
        told = self._alone(seeds, after)
        losses = array("f", [loss for each in zip(*(losses for _, losses in told)) for loss in each])
        return Shard(tuple(outcome for outcome, _ in told), losses.tobytes(), self._note, len(seeds))

    def _alone(self, seeds: Sequence[int], after: After) -> list[tuple[Outcome, list[float]]]:
        found = []
        for done, seed in enumerate(seeds):
            told = partial(after, done / len(seeds))
            found.append(outcome_of(replace(self._spec, seed=seed), self._epochs, self._points, told))
        return found

    def _at_once(self, machine: Machine, seeds: Sequence[int], after: After) -> Shard:
        start = starts(self._spec, machine.engine, seeds)
        checked = len(seeds) * 2 // 3
        outcomes, losses = self._block(machine, seeds, start, checked, after, strict=False)
        ends = torch.stack([torch.frombuffer(bytearray(o.parameters), dtype=torch.float32) for o in outcomes], 1)
        doubtful = _doubtful(start, ends).nonzero().reshape(-1).tolist()
        alone = 0
        if doubtful:
            some = [seeds[i] for i in doubtful]
            if self._spec.loss == "cross-entropy" and machine.engine.output == "probability":
                again = self._alone(some, lambda share: after(1.0))
                alone = len(again)
                strict = [outcome for outcome, _ in again]
                curves = torch.tensor([losses for _, losses in again]).t()
            else:
                strict, curves = self._block(machine, some, start[:, doubtful], len(some) // 2, after, strict=True)
            losses[:, doubtful] = curves
            for i, outcome in zip(doubtful, strict):
                outcomes[i] = outcome
        note = f"{alone} runs whose numbers left the finite were trained by themselves" if alone else ""
        return Shard(tuple(outcomes), array("f", losses.reshape(-1).tolist()).tobytes(), note, alone)

    def _block(
        self, machine: Machine, seeds: Sequence[int], start: Tensor, checked: int, after: After, *, strict: bool
    ) -> tuple[list[Outcome], Tensor]:
        block = Block(machine, self._spec, seeds, start, strict=strict)
        until = min(self._epochs, max(1, _CHECKED_STEPS // machine.engine.feed.steps_per_epoch))

        def each(epoch: int) -> None:
            if epoch == until:
                self._compare(seeds[checked], start[:, checked], block.values[:, checked], until, strict=strict)
            after(epoch / self._epochs if self._epochs and not strict else 1.0)

        block.train(self._epochs, self._points, each)
        return _outcomes(block, seeds, machine), torch.stack(block.fate.losses)

    def _compare(self, seed: int, start: Tensor, values: Tensor, epochs: int, *, strict: bool) -> None:
        """Have a real run do the same steps, and compare the bits; a NaN is a NaN."""
        run = Single(replace(self._spec, seed=seed))
        with torch.enable_grad():
            for _ in range(epochs):
                run.epoch()
        wanted = torch.frombuffer(bytearray(run.parameters), dtype=torch.float32)
        same = values.contiguous().view(torch.int32) == wanted.view(torch.int32)
        same |= values.isnan() & wanted.isnan()
        trained_again = not strict and bool(_doubtful(start[:, None], wanted[:, None]))
        if not bool(same.all()) and not trained_again:
            raise _Different(seed)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Do without PyTorch's other threads: for operations as short as these they are mostly waited for."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class _Different(Exception):
    """A seed's parameters are not those of a real run."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.seed = seed


def _doubtful(starts: Tensor, ends: Tensor) -> Tensor:
    """The seeds for which something that was left out of a sum may have counted.

    That is 0 times a number that is not finite, which is NaN, and the sign of a zero.
    """
    zero = ends == 0
    stayed = (starts.contiguous().view(torch.int32) == 0) & (ends.contiguous().view(torch.int32) == 0)
    return (~ends.isfinite()).any(0) | (zero & ~stayed).any(0)


def _outcomes(block: Block, seeds: Sequence[int], machine: Machine) -> list[Outcome]:
    fate, units = block.fate, block.units
    rows, targets = len(machine.engine.feed.rows), machine.engine.dataset.targets
    values = block.values
    finite = values.isfinite().all(0)
    packed = array("f", values.t().reshape(-1).tolist()).tobytes()
    size = 4 * len(values)
    names: dict[tuple[bool, ...], tuple[str, ...]] = {}
    columns = zip(
        seeds,
        fate.losses[-1].tolist(),
        fate.right.tolist(),
        fate.first.tolist(),
        (fate.closed & finite).t().tolist() if units else [()] * len(seeds),
        fate.spread.tolist(),
        finite.tolist(),
    )
    found = []
    for place, (seed, loss, right, first, closed, spread, whole) in enumerate(columns):
        key = tuple(closed)
        if key not in names:
            names[key] = tuple(unit for unit, shut in zip(units, key) if shut)
        dead = names[key]
        findings = findings_of(bool(dead), spread, right == rows, whole, targets)
        own = packed[place * size : (place + 1) * size]
        epoch = None if first < 0 else first
        found.append(Outcome(seed, loss, right, right == rows, epoch, dead, findings, None, own))
    return found
