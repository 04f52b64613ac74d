"""About a log: what is known of an event log itself, in words: who wrote it, what is in it, and how much."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from hltcore.log import RunLog
from hltcore.logged import LogStarted
from tui.formatting import tally

__all__ = ["about_log"]

_SECONDS = re.compile(r"(\.\d+)?(\+00:00|Z)$")
_UNITS = ("bytes", "kB", "MB", "GB")


def about_log(log: RunLog) -> tuple[tuple[str, str], ...]:
    """What is known of a log, each with what it is about; text of the log as it stands there."""
    return tuple((about, told) for about, told in _facts(log) if told)


def _facts(log: RunLog) -> Iterator[tuple[str, str]]:
    started = log.started
    yield "file", "standard input" if log.name == "-" else log.name
    if started is None:
        yield "run", "" if log.last is None else "its first line is missing: the log was joined later"
    else:
        version = ".".join(map(str, started.version))
        yield "schema", f"version {version} of the event log (docs/event-log.md)"
        yield "begun", _SECONDS.sub(" UTC", started.started.replace("T", " "))
        yield "run", started.spec
        yield "model", started.model
        yield "optimizer", started.optimizer
        yield "parameters", _parameters(started)
    yield "steps", _steps(log)
    yield "tensors", _tensors(log)
    if started is not None and not started.spec:
        layers = started.layers
        none = "none; hltcore.watch(…, activations=True) records them"
        yield "activations", f"of {tally(len(layers), 'layer')}" if layers else none
    if log.problem_count:
        yield "passed over", f"{tally(log.problem_count, 'line')}; python -m hltcore check tells why"


def _parameters(started: LogStarted) -> str:
    if not started.shapes:
        return ""
    told = [tally(len(started.shapes), "tensor"), tally(sum(map(math.prod, started.shapes.values())), "number")]
    if started.frozen:
        told.append(f"{len(started.frozen):,} frozen")
    if started.unowned:
        told.append(f"{len(started.unowned):,} not in the optimizer")
    return ", ".join(told)


def _steps(log: RunLog) -> str:
    size, unit = float(log.size), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{log.steps:,}, in {size:.3g} {_UNITS[unit]}"


def _tensors(log: RunLog) -> str:
    """At how many steps there are tensors, and which of them are whole."""
    so_far = "" if log.scanned == 1 else ", as far as it was read"
    told = f"at {log.tensor_steps:,} of {tally(log.steps - (log.first or 0), 'step')}{so_far}"
    started = log.started
    if started is None:
        return told
    if started.every > 1:
        told += f", every {started.every:,}"
    if started.limit:
        told += f", whole up to {tally(started.limit, 'number')} each"
    return told
