"""Finding: what a check has found out about a run, with the numbers that show it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding", "Unchecked"]


@dataclass(frozen=True)
class Finding:
    """Something about a run that keeps it from learning, or that a person should know of.

    Attributes:
        check: The name of the check that found it ("dead-unit").
        step: Completed steps at which it was found.
        since: Completed steps since which it holds, as far as the run was looked at; at most ``step``.
        where: What it is about: a layer, a unit ("linear1[0]"), a parameter, an example; empty for the whole run.
        told: What was found, in a sentence with the numbers and the condition that they met.
        advice: What to try.
        place: A number in the parameters to look at, as the parameter's name and an index; None where there is none.
    """

    check: str
    step: int
    since: int
    where: str
    told: str
    advice: str
    place: tuple[str, tuple[int, ...]] | None = None


@dataclass(frozen=True)
class Unchecked:
    """A check that has not looked at a run, or could not.

    Attributes:
        check: Its name.
        why: What kept it from looking, in a sentence.
    """

    check: str
    why: str
