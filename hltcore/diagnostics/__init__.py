"""Diagnostics: what keeps a run from learning, found by small checks that cite their numbers.

A check is a function from facts to findings, in a file of its own with its condition and source. The names below are
loaded when they are first used: a screen that shows findings needs none of the checks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hltcore.diagnostics.check import CheckEntry as CheckEntry
    from hltcore.diagnostics.check import register as register
    from hltcore.diagnostics.check import registry as registry
    from hltcore.diagnostics.facts import Carried as Carried
    from hltcore.diagnostics.facts import EpochFacts as EpochFacts
    from hltcore.diagnostics.facts import LayerFacts as LayerFacts
    from hltcore.diagnostics.facts import RunFacts as RunFacts
    from hltcore.diagnostics.facts import Seen as Seen
    from hltcore.diagnostics.facts import StartFacts as StartFacts
    from hltcore.diagnostics.facts import StepFacts as StepFacts
    from hltcore.diagnostics.finding import Finding as Finding
    from hltcore.diagnostics.finding import Unchecked as Unchecked
    from hltcore.diagnostics.table import CHECKS as CHECKS

_HOMES = {
    "CHECKS": "table",
    "Carried": "facts",
    "CheckEntry": "check",
    "EpochFacts": "facts",
    "Finding": "finding",
    "LayerFacts": "facts",
    "RunFacts": "facts",
    "Seen": "facts",
    "StartFacts": "facts",
    "StepFacts": "facts",
    "Unchecked": "finding",
    "register": "check",
    "registry": "check",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in ("register", "registry"):  # whoever asks or adds finds those of this library there, and in front
        import_module(f"{__name__}.table")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
