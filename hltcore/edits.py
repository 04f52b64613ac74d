"""What can be done to a run besides stepping it, and where: positions, switches and hand-set parameters, as data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from hltcore.errors import OptionError, SpecError, nearest, quoted
from hltcore.options import Value, write
from hltcore.packing import float32, text
from hltcore.phase import Phase

__all__ = ["Edit", "LoadParameters", "Mark", "Position", "SetParameter", "Switch", "parse_edit"]

_COUNT = r"\d{1,18}"
_POSITION = re.compile(rf"(?:(?P<epoch>{_COUNT})e(?:\+(?P<rest>{_COUNT}))?|(?P<step>{_COUNT}))(?::(?P<phase>[\w-]+))?")
_PARAMETER = re.compile(r"(?P<name>[^\[\]=\s]+)\[(?P<index>[\d,]*)\]=(?P<values>\S+)")


@dataclass(frozen=True)
class Position:
    """A point in a run.

    Attributes:
        step: Completed steps: since the start when ``epoch`` is None, otherwise since that epoch began.
        epoch: Completed epochs.
        phase: The last phase that is done of the step that follows; None between two steps.

    Raises:
        SpecError: A count is below 0, or the phase is the last one, after which the step is complete.
    """

    step: int = 0
    epoch: int | None = None
    phase: Phase | None = None

    def __post_init__(self) -> None:
        if self.step < 0 or (self.epoch is not None and self.epoch < 0):
            raise SpecError(f"@{self} is not a point in a run: steps and epochs count from 0.")
        if self.phase is Phase.UPDATE:
            raise SpecError(f"@{self} is not a point in a run: after the update the step is complete.")

    @classmethod
    def parse(cls, word: str) -> Position:
        """Read ``120``, ``12e``, ``12e+3`` or ``12e+3:backward``.

        Raises:
            SpecError: It is none of these.
        """
        match = _POSITION.fullmatch(word)
        if match is None:
            raise SpecError(f"{quoted(word)} is not a point in a run: write 120 (steps), 12e (epochs) or 12e+3.")
        phase = match["phase"]
        names = [str(item) for item in Phase if item is not Phase.UPDATE]
        if phase is not None and phase not in names:
            raise SpecError(f"Unknown phase {quoted(phase)} in {quoted(word)}: {nearest(phase, names)}")
        steps = int(match["step"] or match["rest"] or 0)
        epoch = None if match["epoch"] is None else int(match["epoch"])
        return cls(steps, epoch, None if phase is None else Phase(phase))

    def __str__(self) -> str:
        phase = "" if self.phase is None else f":{self.phase}"
        if self.epoch is None:
            return f"{self.step}{phase}"
        return f"{self.epoch}e{f'+{self.step}' if self.step else ''}{phase}"


class Edit(Protocol):
    """Anything that changes a run between two steps; ``str()`` gives its words in a spec."""

    @property
    def title(self) -> str:
        """What it did, for a person."""


_EMPTY = {"updates": "this model"}
"""What a setting that is empty means, where that is not nothing."""


@dataclass(frozen=True)
class Switch:
    """Other settings from here on.

    Attributes:
        changes: Names and values, as keywords of ``Trainer.switch``; ``seed`` starts the model anew.
    """

    changes: tuple[tuple[str, Value], ...]

    def __str__(self) -> str:
        return " ".join(f"{name}={write(value)}" for name, value in self.changes)

    @property
    def title(self) -> str:
        """What it did, for a person."""
        return " ".join(f"{name}={write(value) or _EMPTY.get(name, 'nothing')}" for name, value in self.changes)


@dataclass(frozen=True)
class SetParameter:
    """One number of one parameter set by hand.

    Attributes:
        name: The parameter's name ("linear1.weight").
        index: Its place in that parameter, one number for each dimension.
        value: The new value, a finite float32.
    """

    name: str
    index: tuple[int, ...]
    value: float

    def __str__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.index))}]={text(self.value)}"

    @property
    def title(self) -> str:
        """What it did, for a person."""
        return str(self)


@dataclass(frozen=True)
class LoadParameters:
    """All numbers of some parameters set at once.

    Attributes:
        values: Each parameter's name with its numbers in row-major order.
    """

    values: tuple[tuple[str, tuple[float, ...]], ...]

    def __str__(self) -> str:
        return " ".join(f"{name}[]={','.join(map(text, numbers))}" for name, numbers in self.values)

    @property
    def title(self) -> str:
        """What it did, for a person."""
        return f"{', '.join(name for name, _ in self.values)} loaded"


@dataclass(frozen=True)
class Mark:
    """A point in a run, and the edit made there, if any.

    Attributes:
        position: The point.
        edit: What was done there.
    """

    position: Position
    edit: Edit | None = None

    def __str__(self) -> str:
        return f"@{self.position}" + ("" if self.edit is None else f" {self.edit}")


def parse_edit(words: Iterable[str]) -> Edit | None:
    """Read the words that follow a position: ``loss=l1``, ``W.weight[0,1]=0.5`` or ``W.weight[]=0.1,0.2``.

    Raises:
        SpecError: A word is none of these, or the words do not belong to one edit.
    """
    switches: list[tuple[str, Value]] = []
    single: list[SetParameter] = []
    whole: list[tuple[str, tuple[float, ...]]] = []
    for word in words:
        match = _PARAMETER.fullmatch(word)
        if match is None:
            name, value = setting(word)
            if name in dict(switches):
                raise SpecError(f"{quoted(name)} is given twice.")
            switches.append((name, value))
            continue
        try:
            index = tuple(int(part) for part in match["index"].split(",")) if match["index"] else ()
            numbers = tuple(float32(float(part)) for part in match["values"].split(","))
        except ValueError:
            raise SpecError(f"{quoted(word)} does not set a parameter to a number.") from None
        if match["index"]:
            if len(numbers) != 1:
                raise SpecError(f"{quoted(word)} sets one number to {len(numbers)}.")
            single.append(SetParameter(match["name"], index, numbers[0]))
        else:
            whole.append((match["name"], numbers))
    kinds = bool(switches) + bool(whole) + len(single)
    if kinds > 1:
        raise SpecError("Two edits at one point need a position each, as in @3 loss=l1 @3 W.weight[0,1]=0.5.")
    if single:
        return single[0]
    if whole:
        return LoadParameters(tuple(whole))
    return Switch(tuple(switches)) if switches else None


def setting(word: str) -> tuple[str, str]:
    """Split ``name=value``; a name alone means true, and the value may be empty (``updates=``).

    Raises:
        OptionError: There is no name.
    """
    name, sign, value = word.partition("=")
    if not name:
        raise OptionError(f"{quoted(word)} is not a setting: write name=value, as in lr=0.1.")
    return name, value if sign else "true"
