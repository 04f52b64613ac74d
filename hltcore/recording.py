"""Recordings: events as JSON lines, one a line, written and read without torch and without losing a bit."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

from hltcore.errors import RecordingError, quoted
from hltcore.events import Batch, Edited, EpochEvent, Event, Layout, PhaseEvent, RunStarted, Score, StepEvent
from hltcore.packing import TensorLayout, float32, from_json, pack, to_json
from hltcore.phase import Phase

__all__ = ["BROKEN", "VERSION", "dumps", "load", "loads", "one_line", "read", "version", "write"]

VERSION = (1, 0)
"""Of the event log's schema (docs/event-log.md): major, which a reader must know, and minor, which adds fields."""


_LOSS = ("loss", "penalty")
"""A step has a penalty only under regularisation."""

BROKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error)
"""What reading a line can raise that is no event."""


def dumps(event: Event) -> str:
    """One event as one line of JSON, without the line's end.

    Numbers are the shortest decimals that read back as the same float32; ``"inf"``, ``"-inf"`` and ``"nan"``, which
    JSON lacks, are strings.
    """
    name, dump = _DUMP[type(event)]
    return one_line({"event": name, **dump(event)})


def one_line(record: dict[str, Any], *, compact: bool = False) -> str:
    """A line of an event log, without its end: JSON in which no terminal finds anything to obey.

    Args:
        record: What it says; without numbers that are not finite.
        compact: Whether no spaces are put after its separators.
    """
    text = json.dumps(record, allow_nan=False, separators=(",", ":") if compact else None)
    return text.replace("\x7f", "\\u007f")  # the one control character that JSON in ASCII leaves as it is


def loads(line: str) -> Event:
    """The event that ``dumps`` wrote.

    Raises:
        RecordingError: The line is not an event, or begins a run of a later version.
    """
    try:
        record = json.loads(line)
        return load(record)
    except RecordingError:  # of a later version: it says so itself
        raise
    except BROKEN as error:
        raise RecordingError(f"{quoted(line.strip())} is not a recorded event ({_why(error)}).") from None


def load(record: dict[str, Any]) -> Event:
    """The event in a line that was read as JSON already.

    Raises:
        RecordingError: It is of a later version of the schema.
        Exception: One of ``BROKEN``: it is not an event.
    """
    event = _LOAD[record["event"]](record)
    if isinstance(event, StepEvent | PhaseEvent):
        _check(event)
    return event


def version(record: dict[str, Any]) -> tuple[int, int]:
    """The version of the schema that a run's first line names; 1.0 where it names none.

    Raises:
        RecordingError: It is one that this library cannot read.
    """
    written = record.get("version", "1.0")
    parts = written.split(".") if isinstance(written, str) else ()
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        raise RecordingError(f"{quoted(written)} is no version of an event log, such as 1.0.")
    major, minor = map(int, parts)
    if major != VERSION[0]:
        raise RecordingError(
            f"The event log is of version {major}.{minor}, and this hltcore reads version {VERSION[0]}: "
            f"{'upgrade hltcore' if major > VERSION[0] else 'record it anew'}."
        )
    return major, minor


def _began(record: dict[str, Any]) -> RunStarted:
    version(record)
    return RunStarted(record["spec"], tuple(record["features"]), tuple(record["classes"]))


def _why(error: Exception) -> str:
    if not isinstance(error, KeyError):
        return type(error).__name__
    name = error.args[0]
    return f"{quoted(name)} is missing" if name in _FIELDS else f"there is no event {quoted(name)}"


def write(events: Iterable[Event], file: TextIO) -> None:
    """Write events as they come, a line each."""
    for event in events:
        file.write(dumps(event) + "\n")


def read(file: Iterable[str]) -> Iterator[Event]:
    """The events in a file of lines; blank lines are skipped.

    Raises:
        RecordingError: A line is not an event; the message says which line it is.
    """
    for number, line in enumerate(file, 1):
        if line.strip():
            try:
                yield loads(line)
            except RecordingError as error:
                raise RecordingError(f"Line {number}: {error}") from None


def _tensors(tensors: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if tensors is None else {name: to_json(value) for name, value in tensors.items()}


def _facts(event: StepEvent | PhaseEvent) -> dict[str, Any]:
    return {
        "step": event.step,
        "epoch": event.epoch,
        "lr": event.lr,
        "loss": None if event.loss is None else to_json(event.loss),
        "examples": list(event.batch.rows),
        "labels": list(event.batch.labels),
        "x": [list(x) for x in event.batch.xs],
        "target": list(event.batch.targets),
        "prediction": to_json(event.predictions),
        **({"penalty": to_json(event.penalty)} if event._loss and len(event._loss) > 4 else {}),
        "functions": list(event.layout.functions),
        "pre_activations": _tensors(event.pre_activations),
        "activations": _tensors({name: event.activations[name] for name in event.layout.activations.names}),
        "parameters": _tensors(event.parameters),
        "gradients": _tensors(event.gradients),
        "updated": _tensors(event.updated),
    }


def _phase_facts(event: PhaseEvent) -> dict[str, Any]:
    return {"phase": str(event.phase), **_facts(event), "discarded": _tensors(event.discarded)}


def _started(event: RunStarted) -> dict[str, Any]:
    return {
        "version": ".".join(map(str, VERSION)),
        "spec": event.spec,
        "features": list(event.features),
        "classes": list(event.classes),
    }


def _edited(event: Edited) -> dict[str, Any]:
    return {"step": event.step, "edit": event.edit, "spec": event.spec}


def _epoch(event: EpochEvent) -> dict[str, Any]:
    scores = {"training": event.training, "held_out": event.held_out}
    return {
        "step": event.step,
        "epoch": event.epoch,
        **{name: {"loss": to_json(s.loss), "right": s.right, "count": s.count} for name, s in scores.items()},
    }


def _score(record: dict[str, Any]) -> Score:
    right, count = record["right"], record["count"]
    if count < 1 or (right is not None and not 0 <= right <= count):
        raise ValueError
    return Score(float32(from_json(record["loss"])), right, count)


def _shape(value: Any) -> tuple[int, ...]:
    return (len(value), *_shape(value[0])) if isinstance(value, list) else ()


def _flat(value: Any) -> list[float]:
    return [number for item in value for number in _flat(item)] if isinstance(value, list) else [from_json(value)]


def _layout(tensors: dict[str, Any]) -> TensorLayout:
    return TensorLayout(tuple(tensors), tuple(_shape(value) for value in tensors.values()))


def _packed(tensors: dict[str, Any] | None) -> Any:
    return None if tensors is None else pack(number for value in tensors.values() for number in _flat(value))


def _arguments(record: dict[str, Any]) -> dict[str, Any]:
    pre, post = record["pre_activations"], record["activations"]
    return {
        "step": record["step"],
        "epoch": record["epoch"],
        "lr": record["lr"],
        "batch": Batch(
            tuple(record["examples"]),
            tuple(record["labels"]),
            tuple(tuple(map(float, x)) for x in record["x"]),
            tuple(map(float, record["target"])),
        ),
        "layout": Layout(_layout(record["parameters"]), _layout(pre), _layout(post), tuple(record["functions"])),
        "_before": _packed(record["parameters"]),
        "_forward": _packed(pre) + _packed(post),
        "_gradients": _packed(record["gradients"]),
        "_loss": None if record["loss"] is None else pack(from_json(record[name]) for name in _LOSS if name in record),
        "_updated": _packed(record["updated"]),
    }


def _check(event: StepEvent | PhaseEvent) -> None:
    """Refuse numbers that do not fit each other, which would come out wrong later."""
    layout, rows = event.layout, len(event.batch.rows)
    parameters = [event._before, event._gradients, event._updated]
    if isinstance(event, PhaseEvent):
        parameters.append(event._discarded)
    fits = all(len(numbers) == 4 * layout.parameters.size for numbers in parameters if numbers is not None)
    fits &= len(event._forward) == 4 * (layout.pre_activations.size + layout.activations.size)
    named = {len(event.batch.labels), len(event.batch.xs), len(event.batch.targets), len(event.predictions)}
    if not fits or named != {rows} or not _has_kinds(event) or not _has_layers(layout, rows):
        raise ValueError


def _has_kinds(event: StepEvent | PhaseEvent) -> bool:
    """Whether whole numbers, numbers and texts are what they should be: JSON may hold anything."""
    counts = (event.step, event.epoch, *event.batch.rows)
    texts = (*event.batch.labels, *event.layout.functions)
    return (
        all(type(count) is int and count >= 0 for count in counts)
        and type(event.lr) in (int, float)
        and all(type(text) is str for text in texts)
    )


def _has_layers(layout: Layout, rows: int) -> bool:
    """Whether each layer of a row of layers has its function, and numbers for one example, or for each."""
    shapes = layout.pre_activations.shapes
    return not layout.functions or (
        len(layout.functions) == len(shapes)
        and (all(len(shape) == 1 for shape in shapes) or all(len(s) == 2 and s[0] == rows for s in shapes))
    )


_DUMP: dict[type[Any], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    RunStarted: ("run-started", _started),
    Edited: ("edited", _edited),
    StepEvent: ("step", _facts),
    PhaseEvent: ("phase", _phase_facts),
    EpochEvent: ("epoch", _epoch),
}

_FIELDS = {"event", "spec", "features", "classes", "edit", "phase", "discarded", "step", "epoch", "lr", "examples"} | {
    *("labels", "x", "target", "loss", "functions", "pre_activations", "activations"),
    *("parameters", "gradients", "updated", "training", "held_out", "right", "count"),
}

_LOAD: dict[str, Callable[[dict[str, Any]], Event]] = {
    "run-started": _began,
    "edited": lambda record: Edited(record["step"], record["edit"], record["spec"]),
    "epoch": lambda record: EpochEvent(
        record["step"], record["epoch"], _score(record["training"]), _score(record["held_out"])
    ),
    "step": lambda record: StepEvent(**_arguments(record)),
    "phase": lambda record: PhaseEvent(
        **_arguments(record), phase=Phase(record["phase"]), _discarded=_packed(record["discarded"])
    ),
}
