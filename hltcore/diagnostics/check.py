"""Checks by name: each looks at facts of a run and yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from hltcore.diagnostics.finding import Finding
from hltcore.registry import Entry, Registry

__all__ = ["CheckEntry", "When", "register", "registry"]

When = Literal["start", "step", "odd-step", "epoch"]


@dataclass(frozen=True)
class CheckEntry(Entry):
    """A check; ``factory(facts)`` is the check itself, and yields what it finds.

    Attributes:
        when: What it looks at: "start" gets ``StartFacts`` before the first step and after each edit, "step"
            ``StepFacts`` with each step until it has found something, "odd-step" the same with those alone whose loss
            is below 0, very large or no number, "epoch" ``EpochFacts`` at the ends of epochs.
        lasting: At the ends of how many epochs running it must find the same for it to count; only of those at an
            epoch's end.
        layers: Whether it needs a model that is a row of layers.
        classes: Whether it needs data with two classes.
    """

    when: When = "epoch"
    lasting: int = 1
    layers: bool = False
    classes: bool = False


registry: Registry[CheckEntry] = Registry("check", "hltcore.diagnostics", CheckEntry)


def register(
    name: str,
    check: Callable[[Any], Iterable[Finding]],
    *,
    when: When = "epoch",
    lasting: int = 1,
    layers: bool = False,
    classes: bool = False,
    summary: str = "",
) -> CheckEntry:
    """Add a check; it looks at runs that begin from here on.

    Args:
        name: Its name.
        check: Called with facts; yields what it finds, each ``where`` once. It must always find the same in the same
            facts, and has a few microseconds a step. One that cannot tell raises ``errors.UncheckedError``.
        when: What it looks at: "start", "step", "odd-step" or "epoch", as in ``CheckEntry``.
        lasting: At the ends of how many epochs running it must find the same for it to count.
        layers: Whether it needs a model that is a row of layers.
        classes: Whether it needs data with two classes; otherwise it is asked of targets that are numbers, too.
        summary: Its condition, in one line.

    Raises:
        RegistryError: The name is malformed or taken.
    """
    return registry.add(CheckEntry(name, check, summary, when=when, lasting=lasting, layers=layers, classes=classes))
