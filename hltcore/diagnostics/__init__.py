"""Diagnostics: what keeps a run from learning, found by small checks that cite their numbers.

A check is a function from facts to findings, in a file of its own with its condition and source.
"""

from __future__ import annotations

from hltcore.diagnostics.check import CheckEntry, register, registry
from hltcore.diagnostics.facts import Carried, EpochFacts, LayerFacts, RunFacts, StartFacts, StepFacts
from hltcore.diagnostics.finding import Finding, Unchecked
from hltcore.diagnostics.table import CHECKS

__all__ = [
    "CHECKS",
    "Carried",
    "CheckEntry",
    "EpochFacts",
    "Finding",
    "LayerFacts",
    "RunFacts",
    "StartFacts",
    "StepFacts",
    "Unchecked",
    "register",
    "registry",
]
