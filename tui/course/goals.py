"""Goals: what the app can recognise as done, as words: ``loss<0.1``, ``phase=backward``, ``focus=linear1.weight[1]``.

A goal is a quantity, a sign and a number; or a name, ``=`` and a word; or a word alone. All there are stand in the
three tables below.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hltcore import diagnostics
from hltcore.errors import HltError, OptionError, UnknownNameError, nearest, quoted
from hltcore.options import Option
from hltcore.packing import float32
from hltcore.phase import Phase
from hltcore.settings import REGISTRIES, SETTINGS
from tui.cells import value_at
from tui.course.panels import PANELS
from tui.course.scene import Scene, folded

if TYPE_CHECKING:
    from hltcore.events import Evaluation

__all__ = ["MATCHES", "QUANTITIES", "SHARES", "STATES", "Goal", "GoalError", "parse_goal"]

Holds = Callable[[Scene], bool]

_WORDS = re.compile(r"(?P<name>[^<>=]+?)\s*(?:(?P<sign><=|>=|<|>|=)\s*(?P<value>.+))?", re.DOTALL)
_PLACE = re.compile(r"(?P<name>[^\s\[\]<>=]+?)(?:\[(?P<index>\d{1,9}(?:,\d{1,9})*)\])?")
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


class GoalError(HltError):
    """Words that are no goal."""


@dataclass(frozen=True)
class Goal:
    """Something that holds at some moments.

    Attributes:
        words: The goal as it is written in a lesson.
        holds: Whether it holds in a scene.
    """

    words: str
    holds: Holds = field(compare=False)

    def __str__(self) -> str:
        return self.words


def _loss(scene: Scene) -> float:
    event = scene.snapshot.event
    return math.nan if event is None else event.loss


def _mean_loss(scene: Scene) -> float:
    seen = scene.snapshot.evaluation
    return sum(seen.losses) / len(seen.losses) if seen is not None and seen.losses else math.nan


def _right(scene: Scene) -> float:
    return _count(scene.snapshot.evaluation, scene.snapshot.dataset.targets)


def _wrong(scene: Scene) -> float:
    return len(scene.snapshot.dataset) - _right(scene)


def _held_out_accuracy(scene: Scene) -> float:
    rows = scene.snapshot.dataset.held_out
    return math.nan if rows is None else _count(scene.snapshot.held_out, rows.targets) / len(rows.targets)


def _count(seen: Evaluation | None, targets: tuple[float, ...]) -> float:
    return math.nan if seen is None or seen.threshold is None else seen.count_right(targets)


def _found(scene: Scene, check: str = "") -> bool:
    """Whether it was found up to here: what lies ahead on this line does not count."""
    snapshot = scene.snapshot
    return any(check in ("", finding.check) for finding in snapshot.findings if finding.step <= snapshot.steps)


def _in_phase(scene: Scene, phase: str) -> bool:
    here = scene.snapshot.phase_event
    return here is not None and str(here.phase) == phase


def _focused(scene: Scene, place: str) -> bool:
    match = _PLACE.fullmatch(place)
    if scene.focus is None or match is None:
        return False
    name, index = scene.focus
    wanted = tuple(map(int, match["index"].split(","))) if match["index"] else ()
    return (name == match["name"] or (not wanted and name.startswith(f"{match['name']}."))) and (
        index[: len(wanted)] == wanted
    )


QUANTITIES: dict[str, Callable[[Scene], float]] = {
    "steps": lambda scene: scene.snapshot.steps,
    "epoch": lambda scene: scene.snapshot.epoch,
    "loss": _loss,
    "mean-loss": _mean_loss,
    "right": _right,
    "wrong": _wrong,
    "held-out-accuracy": _held_out_accuracy,
    "edits": lambda scene: scene.snapshot.changes,
    "lines": lambda scene: scene.snapshot.lines,
}
"""What can be compared with a number; what is not known yet is no number, and no goal is reached by it."""

SHARES = ("held-out-accuracy",)
"""Those that are never below 0 or above 1."""

STATES: dict[str, Holds] = {
    "behind": lambda scene: scene.snapshot.recorded > scene.snapshot.steps,
    "finding": _found,
    "no-finding": lambda scene: not _found(scene),
    "tried": lambda scene: bool(scene.tried),
    "twin": lambda scene: scene.snapshot.twin is not None,
}
"""What is said by a word alone."""

MATCHES: dict[str, tuple[Callable[[str], str], Callable[[Scene, str], bool]]] = {
    "phase": (lambda word: _one_of("phase", word, [str(p) for p in Phase if p is not Phase.UPDATE]), _in_phase),
    "finding": (lambda word: _one_of("check", word, diagnostics.registry.names()), _found),
    "focus": (lambda word: _place(word), _focused),
    "panel": (lambda word: _one_of("panel", word, PANELS), lambda scene, panel: panel in scene.panels),
    "tried": (folded, lambda scene, text: text in scene.tried),
}
"""What is compared with a word: how that is read, and whether it holds. Every setting of a spec is, besides these."""


def parse_goal(text: str) -> Goal:
    """Read a goal.

    Raises:
        GoalError: It is none, or names what there is not.
    """
    match = _WORDS.fullmatch(text.strip())
    if match is None:
        raise GoalError(f"{quoted(text)} is no goal: write one as in loss<0.1, phase=backward or behind.")
    name, sign, value = match["name"], match["sign"], (match["value"] or "").strip()
    if sign is None:
        return Goal(text, _state(name))
    if sign == "=" and name in MATCHES:
        read, matches = MATCHES[name]
        word = read(value)
        return Goal(text, lambda scene: matches(scene, word))
    if name in QUANTITIES and (name, sign) != ("loss", "="):
        return Goal(text, _compared(name, sign, value))
    if name in MATCHES:
        raise GoalError(f"{quoted(name)} is compared with a word: write {name}=…, not {name}{sign}….")
    if name in STATES:
        raise GoalError(f"{quoted(name)} is compared with nothing: write it alone.")
    place = _PLACE.fullmatch(name)
    if place is not None and place["index"]:
        focus = place["name"], tuple(map(int, place["index"].split(",")))
        bound = float32(_number(value))
        return Goal(text, lambda scene: _SIGNS[sign](value_at(scene.snapshot.parameters, focus), bound))
    return Goal(text, _setting(name, sign, value))


def _state(name: str) -> Holds:
    if name not in STATES:
        others = [f"{match}=…" for match in MATCHES] + [f"{quantity}<…" for quantity in QUANTITIES]
        raise GoalError(f"{quoted(name)} is no goal: {nearest(name, [*STATES, *others])}")
    return STATES[name]


def _compared(name: str, sign: str, value: str) -> Holds:
    quantity = QUANTITIES[name]
    if (name, sign, value) == ("right", "=", "all"):
        return lambda scene: _wrong(scene) == 0
    bound = _number(value)
    if name in SHARES and not 0 <= bound <= 1:
        raise GoalError(f"{name} is a share: compare it with a number from 0 to 1, not with {quoted(value)}.")
    return lambda scene: _SIGNS[sign](quantity(scene), bound)


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(float32(value)):
        raise GoalError(f"{quoted(word)} is no number to compare with.")
    return value


def _one_of(kind: str, word: str, choices: list[str] | tuple[str, ...]) -> str:
    if word not in choices:
        raise GoalError(f"There is no {kind} {quoted(word)}: {nearest(word, choices)}")
    return word


def _place(word: str) -> str:
    if not _PLACE.fullmatch(word):
        raise GoalError(f"{quoted(word)} is no place in the parameters: write linear1, linear1.weight[0] or [0,1].")
    return word


def _options() -> Iterator[Option]:
    """The settings of a run, and of any of its parts."""
    yield from SETTINGS
    for registry in REGISTRIES.values():
        yield from (option for entry in registry for option in entry.options)


def _setting(name: str, sign: str, value: str) -> Holds:
    if name in REGISTRIES:
        read: list[Callable[[object], object]] = [lambda word: REGISTRIES[name].canonical(str(word))]
    else:
        read = [option.read for option in _options() if option.name == name]
    if not read:
        names = [*QUANTITIES, *MATCHES, *REGISTRIES, *(option.name for option in _options())]
        raise GoalError(f"There is nothing of the name {quoted(name)} to compare: {nearest(name, names)}")
    if sign != "=":
        raise GoalError(f"{quoted(name)} is a setting: compare it with =, not with {quoted(sign)}.")
    _first_that_reads(read, value)

    def holds(scene: Scene) -> bool:
        settings = scene.snapshot.settings
        try:
            return settings.changed(**{name: value}) == settings
        except (OptionError, UnknownNameError):  # no part in use has it
            return False

    return holds


def _first_that_reads(readers: list[Callable[[object], object]], value: str) -> None:
    refusals: list[HltError] = []
    for read in readers:
        try:
            read(value)
        except HltError as error:
            refusals.append(error)
        else:
            return
    raise GoalError(str(refusals[0]))
