"""Origin: on which data a run's present parameters were trained, read off its line of history."""

from __future__ import annotations

import math
from typing import Any

from hltcore.diagnostics import Carried, Score
from hltcore.engine import Engine
from hltcore.events import Evaluation
from hltcore.history import Branch
from hltcore.spec import RunSpec

__all__ = ["carried"]


def carried(engine: Engine, branch: Branch) -> Carried | None:
    """Where the parameters at the end of a line come from, if that is other data than the engine's."""
    stretches = _stretches(branch)
    if not stretches or stretches[-1][0] == _data(engine.spec):
        return None
    (name, _), steps = stretches[-1]
    return Carried(name, steps, _score(engine), _score_anew(engine.spec))


def _stretches(branch: Branch) -> list[tuple[Any, int]]:
    """The data that the parameters were trained on since they started anew, each with the steps there, in order."""
    stretches: list[tuple[Any, int]] = []
    spec, since = branch.root, 0
    entries = [(entry.step, entry.spec, entry.anew) for entry in branch.entries]
    for step, following, anew in [*entries, (branch.steps, branch.root, False)]:
        if step > since and not spec.updates:  # else the optimizer holds others
            before = stretches.pop()[1] if stretches and stretches[-1][0] == _data(spec) else 0
            stretches.append((_data(spec), before + step - since))
        if anew:
            stretches.clear()
        spec, since = following, step
    return stretches


def _data(spec: RunSpec) -> tuple[str, dict[str, Any]]:
    return spec.dataset, spec.options_of("dataset")


def _score_anew(spec: RunSpec) -> Score | None:
    try:
        return _score(Engine(spec))
    except Exception:  # a course's own model; the run is to go on with what it has
        return None


def _score(engine: Engine) -> Score | None:
    """How well an engine's parameters do; None where a prediction or a loss cannot be computed."""
    targets = engine.dataset.targets
    try:
        evaluation = Evaluation(*engine.evaluate_all(engine.feed), engine.threshold)
    except Exception:  # the next step tells what is wrong
        return None
    loss = math.fsum(evaluation.losses) / len(targets)
    right = sum(evaluation.right(row, target) for row, target in enumerate(targets))
    return Score(right, loss) if math.isfinite(loss) else None
