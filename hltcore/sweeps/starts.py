"""Starts: the first parameters of many seeds, with the bits that a run draws.

A run seeds PyTorch's generator and has the model made. Making it ten thousand times takes seconds, so what layers draw
by default is computed for all seeds at once (``mersenne``), and compared with a few that are really made; whatever
else an initialisation does is done seed by seed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from hltcore._torch import torch
from hltcore.engine import Engine
from hltcore.fresh import new_model
from hltcore.nets import FeedForward
from hltcore.spec import RunSpec
from hltcore.sweeps.mersenne import MOST, uniform

__all__ = ["starts"]

Tensor = torch.Tensor

_COMPARED = 3
"""Seeds that are made as a run makes them, to compare."""


def starts(spec: RunSpec, engine: Engine, seeds: Sequence[int]) -> Tensor:
    """The parameters that runs start with.

    Args:
        spec: The settings; its seed is not looked at.
        engine: A run of the kind.
        seeds: The seeds.

    Returns:
        A tensor of shape (numbers, seeds).
    """
    compared = [seeds[len(seeds) * i // _COMPARED] for i in range(min(_COMPARED, len(seeds)))]
    made = {seed: _made(spec, engine, seed) for seed in compared}
    if spec.init == "pytorch" and len(seeds) > _COMPARED:
        drawn = _drawn(engine, seeds)
        places = {seed: place for place, seed in enumerate(seeds)}
        if drawn is not None and all(_same(drawn[:, places[seed]], start) for seed, start in made.items()):
            return drawn
    return torch.stack([made[seed] if seed in made else _made(spec, engine, seed) for seed in seeds], 1)


def _made(spec: RunSpec, engine: Engine, seed: int) -> Tensor:
    model = new_model(replace(spec, seed=seed), len(engine.dataset.features))
    return torch.cat([parameter.detach().reshape(-1) for parameter in model.parameters()])


def _drawn(engine: Engine, seeds: Sequence[int]) -> Tensor | None:
    """What linear layers draw by default: uniform numbers up to 1/√inputs; None for anything else."""
    model = engine.model
    numbers = engine.buffer.layout.size
    if not isinstance(model, FeedForward) or any(layer.bias is None for layer in model.layers) or numbers > MOST:
        return None
    drawn = uniform(seeds, numbers)
    row = 0
    for layer in model.layers:
        inputs = layer.weight.shape[1]
        for size, bound in (
            (layer.weight.numel(), math.sqrt(3.0) * (math.sqrt(2.0 / 6.0) / math.sqrt(inputs))),
            (layer.width, 1 / math.sqrt(inputs)),
        ):
            low, high = torch.tensor(-bound), torch.tensor(bound)
            part = drawn[row : row + size]
            torch.addcmul(low, part, high - low, out=part)
            row += size
    return drawn


def _same(one: Tensor, other: Tensor) -> bool:
    return torch.equal(one.contiguous().view(torch.int32), other.contiguous().view(torch.int32))
