"""Block: as many seeds as fit into the processor's caches, trained at once from their starts to the last epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from hltcore._torch import torch
from hltcore.feed import Examples
from hltcore.spec import RunSpec
from hltcore.sweeps.criteria import loss_of
from hltcore.sweeps.functions import LANES
from hltcore.sweeps.machine import Machine
from hltcore.sweeps.network import Network
from hltcore.sweeps.program import Program
from hltcore.sweeps.shuffling import Shuffled
from hltcore.sweeps.updating import update_of
from hltcore.units import RECTIFIERS

__all__ = ["Block", "Fate"]

Tensor = torch.Tensor

_ROWS = 64
"""Examples that are predicted at once."""


class Fate:
    """What becomes of the seeds of a block.

    Args:
        seeds: How many.
        units: How many units can be dead.

    Attributes:
        losses: The mean losses at the points asked for, one tensor each.
        right: How many examples are right.
        first: The first epoch after which all were; -1 for none.
        closed: Units × seeds: which are dead.
        spread: The highest prediction less the lowest.
    """

    def __init__(self, seeds: int, units: int) -> None:
        self.losses: list[Tensor] = []
        self.right = torch.zeros(seeds, dtype=torch.int64)
        self.first = torch.full((seeds,), -1)
        self.closed = torch.zeros((units, seeds), dtype=torch.bool)
        self.spread = torch.zeros(seeds)


class _Looked(NamedTuple):
    """How well all seeds do on some examples."""

    program: Program
    zs: list[Tensor]
    prediction: Tensor
    target: Tensor
    signed: Tensor
    margin: Tensor


class Block:
    """Trains some seeds.

    Args:
        machine: How this machine adds.
        spec: The settings; its seed is not looked at.
        seeds: The seeds.
        starts: Their first parameters, of shape (numbers, seeds).
        strict: As for a network.

    Raises:
        UnknownOrder: This machine does not compute the steps in a way that is known.
    """

    def __init__(self, machine: Machine, spec: RunSpec, seeds: Sequence[int], starts: Tensor, *, strict: bool) -> None:
        self._machine = machine
        self._spec = spec
        self._seeds = seeds
        width = -(-len(seeds) // LANES) * LANES
        self._network = Network(machine, spec, width, strict=strict)
        self._network.values[:, : len(seeds)] = starts
        feed = machine.engine.feed
        self._rows = list(feed.rows)
        self._update = update_of(machine.engine, spec, self._network)
        self._shuffled = Shuffled(machine, seeds, self._network, self._update) if spec.shuffle else None
        self._steps = [] if spec.shuffle else [self._step(feed.at(0, i)) for i in range(feed.steps_per_epoch)]
        self._evaluate = self._evaluating()
        self._most = torch.full((width,), -torch.inf)
        self._waiting = torch.zeros(width, dtype=torch.int32)
        self.fate = Fate(len(seeds), len(self.units))

    @property
    def values(self) -> Tensor:
        """The present parameters, of shape (numbers, seeds)."""
        return self._network.values[:, : len(self._seeds)]

    @property
    def units(self) -> list[str]:
        """The units that can be dead."""
        layers = self._machine.layers
        return [f"{layer.name}[{i}]" for layer in layers if layer.activation in RECTIFIERS for i in range(layer.width)]

    def _step(self, examples: Examples) -> Program:
        target = examples.target.reshape(-1, 1, 1)
        program = self._network.step(examples, self._network.entering(examples), target)
        program.add(self._update)
        return program

    def _evaluating(self) -> list[_Looked]:
        threshold = self._machine.engine.threshold
        assert threshold is not None  # of targets that are numbers there is no sweep
        # ŷ ≥ t is ŷ − t ≥ 0, and ŷ < t is −ŷ ≥ the next number above −t: one comparison for both, false for NaN.
        above = torch.nextafter(torch.tensor(-threshold), torch.tensor(torch.inf))
        found = []
        for start in range(0, len(self._rows), _ROWS):
            examples = self._rows[start : start + _ROWS]
            program, zs, prediction = self._network.predict(examples)
            target = torch.stack([example.target for example in examples])[..., None]
            wanted = target >= 0.5
            signed = torch.zeros(prediction.shape)
            program.add(torch.mul, prediction, torch.where(wanted, 1.0, -1.0), out=signed)
            program.add(torch.sub, signed, torch.where(wanted, threshold, above), out=signed)
            margin = torch.zeros(prediction.shape[1:])
            program.add(torch.amin, signed, 0, out=margin)
            found.append(_Looked(program, zs, prediction, target, signed, margin[0]))
        return found

    def train(self, epochs: int, points: Sequence[int], after: Callable[[int], None]) -> None:
        """Train to the last epoch.

        Args:
            epochs: How many epochs.
            points: The numbers of completed epochs at which losses are kept.
            after: Called with the number of completed epochs, at first and after each.
        """
        with torch.no_grad():
            for epoch in range(epochs + 1):
                if epoch:
                    self._pass(epoch - 1)
                self._look(epoch, epoch in points, epoch == epochs)
                after(epoch)

    def _pass(self, epoch: int) -> None:
        if self._shuffled is not None:
            self._shuffled(epoch)
            return
        for step in self._steps:
            step()

    def _look(self, epoch: int, losses: bool, last: bool) -> None:
        """See how well all seeds do on all examples."""
        margins = []
        for part in self._evaluate:
            part.program()
            margins.append(part.margin)
        least = margins[0] if len(margins) == 1 else torch.stack(margins).amin(0)
        torch.fmax(self._most, least, out=self._most)
        self._waiting.add_(self._most < 0)  # the epochs of which none had all right
        if losses:
            self.fate.losses.append(self._losses())
        if last:
            self._end(epoch)

    def _losses(self) -> Tensor:
        """The mean losses; added up in an order, and on a path, that do not depend on how many seeds there are."""
        loss_function = loss_of(self._spec, self._machine.engine.output)
        total = torch.zeros(self._most.shape, dtype=torch.float64)
        for part in self._evaluate:
            for prediction, target in zip(part.prediction, part.target):
                total += loss_function(prediction[0], target[0])
        return (total / len(self._rows))[: len(self._seeds)].to(torch.float32)

    def _end(self, epoch: int) -> None:
        count, fate = len(self._seeds), self.fate
        predictions = torch.cat([part.prediction[:, 0, :count] for part in self._evaluate])
        fate.right = torch.cat([part.signed[:, 0, :count] >= 0 for part in self._evaluate]).sum(0)
        fate.first = torch.where(self._waiting > epoch, -1, self._waiting)[:count]
        fate.spread = predictions.amax(0) - predictions.amin(0)
        fate.closed = torch.stack([self._closed(part.zs)[:, :count] for part in self._evaluate]).all(0)

    def _closed(self, zs: list[Tensor]) -> Tensor:
        """Units × seeds: which units none of some examples opens."""
        shut = {"clamp": torch.lt, "relu": torch.le}  # at 0 the slope of clamp is 1, that of relu 0
        functions = [layer.activation for layer in self._machine.layers]
        found = [shut[name](z, 0).all(0) for name, z in zip(functions, zs) if name in RECTIFIERS]
        return torch.cat([*found, torch.zeros((0, zs[0].shape[-1]), dtype=torch.bool)])
