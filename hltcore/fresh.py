"""Fresh: a run's model before its first step."""

from __future__ import annotations

from threading import RLock

from hltcore import initialisations, models
from hltcore._torch import torch
from hltcore.spec import RunSpec

__all__ = ["new_model"]

_SEEDING = RLock()
"""Held while a model is made: torch has one random generator for all threads."""


def new_model(spec: RunSpec, inputs: int) -> torch.nn.Module:
    """The model of a run before its first step, for data of some number of features."""
    with _SEEDING, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(spec.seed)  # torch.manual_seed seeds every device, which takes 1 ms
        model: torch.nn.Module = models.registry.get(spec.model).factory(inputs, **spec.options_of("model"))
        initialisations.registry.get(spec.init).factory(model)
    return model
