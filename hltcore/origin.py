"""Origin: on which data a run's present parameters were trained, read off its line of history."""

from __future__ import annotations

from hltcore import places
from hltcore.diagnostics import Carried
from hltcore.engine import Engine
from hltcore.errors import HltError, reason
from hltcore.events import Score
from hltcore.history import Branch
from hltcore.options import Value
from hltcore.spec import RunSpec

__all__ = ["carried"]


def carried(engine: Engine, branch: Branch) -> Carried | None:
    """Where the parameters at the end of a line come from, if that is other data than the engine's."""
    stretches = [(spec, steps) for spec, steps in _stretches(branch) if _trains(engine, spec)]
    if not stretches or stretches[-1][0].data == engine.spec.data:
        return None
    last = stretches[-1][0]
    steps = 0
    for spec, more in reversed(stretches):
        if spec.data != last.data:
            break
        steps += more
    anew, why = _score_anew(engine.spec)
    return Carried(last.dataset, _options(engine.spec, last), steps, engine.score(engine.feed.whole), anew, why)


def _stretches(branch: Branch) -> list[tuple[RunSpec, int]]:
    """The settings under which steps were done since the parameters started anew, each with their number, in order."""
    stretches: list[tuple[RunSpec, int]] = []
    spec, since = branch.root, 0
    entries = [(entry.step, entry.spec, entry.anew) for entry in branch.entries]
    for step, following, anew in [*entries, (branch.steps, branch.root, False)]:
        if step > since:
            stretches.append((spec, step - since))
        if anew:
            stretches.clear()
        spec, since = following, step
    return stretches


def _trains(engine: Engine, spec: RunSpec) -> bool:
    """Whether steps under some settings change any of the engine's parameters."""
    if spec.updates or not spec.lr:  # the optimizer holds others, or moves nothing
        return False
    frozen = {number for place in places.read(spec.frozen) for number in engine.buffer.numbers(place)}
    return len(frozen) < len(engine.buffer.values)


def _options(now: RunSpec, then: RunSpec) -> dict[str, tuple[Value, Value]]:
    """The options that two settings of one data set have different."""
    if now.dataset != then.dataset:
        return {}
    before = then.options_of("dataset")
    return {name: (value, before[name]) for name, value in now.options_of("dataset").items() if value != before[name]}


def _score_anew(spec: RunSpec) -> tuple[Score | None, str]:
    """How well parameters do that start anew, or why there are none."""
    try:
        engine = Engine(spec)
    except HltError as error:
        return None, str(error)
    except Exception as error:  # a course's own model; the run is to go on with what it has
        return None, reason(error)
    return engine.score(engine.feed.whole), ""
