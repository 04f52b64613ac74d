"""Finding: what a check has found out about a run, with the numbers that show it."""

from __future__ import annotations

from dataclasses import dataclass

from hltcore.errors import quoted

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

    Raises:
        TypeError: A text is none, or a step no whole number.
        ValueError: The steps are not in order.
    """

    check: str
    step: int
    since: int
    where: str
    told: str
    advice: str
    place: tuple[str, tuple[int, ...]] | None = None

    def __post_init__(self) -> None:
        name, index = ("", ()) if self.place is None else self.place
        for text in (self.check, self.where, self.told, self.advice, name):
            if type(text) is not str:
                raise TypeError(f"a finding has {quoted(text)} in the place of a text")
        for number in (self.step, self.since, *index):
            if type(number) is not int:
                raise TypeError(f"a finding has {quoted(number)} in the place of a whole number")
        if not 0 <= self.since <= self.step:
            raise ValueError(f"a finding of step {self.step} cannot hold since step {self.since}")


@dataclass(frozen=True)
class Unchecked:
    """A check that has not looked at a run, or could not.

    Attributes:
        check: Its name.
        why: What kept it from looking, in a sentence.
    """

    check: str
    why: str
