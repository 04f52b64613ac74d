"""hltcore: trains the small networks of a first course in language technology, and tells what every step did.

Names are loaded when they are first used, so that ``import hltcore`` costs no torch import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hltcore import datasets as datasets
    from hltcore import diagnostics as diagnostics
    from hltcore import initialisations as initialisations
    from hltcore import losses as losses
    from hltcore import models as models
    from hltcore import optimizers as optimizers
    from hltcore import plugins as plugins
    from hltcore import recording as recording
    from hltcore.comparison import compare as compare
    from hltcore.datasets import Dataset as Dataset
    from hltcore.errors import HltError as HltError
    from hltcore.events import EpochEvent as EpochEvent
    from hltcore.events import PhaseEvent as PhaseEvent
    from hltcore.events import StepEvent as StepEvent
    from hltcore.log import RunLog as RunLog
    from hltcore.nets import MLP as MLP
    from hltcore.nets import EightLayerNet as EightLayerNet
    from hltcore.nets import EmbeddingNet as EmbeddingNet
    from hltcore.nets import LogisticRegression as LogisticRegression
    from hltcore.nets import TwoLayerNet as TwoLayerNet
    from hltcore.phase import Phase as Phase
    from hltcore.spec import RunSpec as RunSpec
    from hltcore.sweeps.result import Sweep as Sweep
    from hltcore.sweeps.sweeping import sweep as sweep
    from hltcore.trainer import Trainer as Trainer
    from hltcore.watching import watch as watch

__version__ = "0.1.0"

_HOMES = {
    "Dataset": "hltcore.datasets",
    "EightLayerNet": "hltcore.nets",
    "EmbeddingNet": "hltcore.nets",
    "EpochEvent": "hltcore.events",
    "HltError": "hltcore.errors",
    "LogisticRegression": "hltcore.nets",
    "MLP": "hltcore.nets",
    "Phase": "hltcore.phase",
    "PhaseEvent": "hltcore.events",
    "RunLog": "hltcore.log",
    "RunSpec": "hltcore.spec",
    "StepEvent": "hltcore.events",
    "Sweep": "hltcore.sweeps.result",
    "Trainer": "hltcore.trainer",
    "TwoLayerNet": "hltcore.nets",
    "compare": "hltcore.comparison",
    "sweep": "hltcore.sweeps.sweeping",
    "watch": "hltcore.watching",
}
_MODULES = ("datasets", "diagnostics", "initialisations", "losses", "models", "optimizers", "plugins", "recording")

__all__ = [*_HOMES, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"hltcore.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'hltcore' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
