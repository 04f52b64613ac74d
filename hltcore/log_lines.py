"""Log lines: one line of an event log (docs/event-log.md) as a fact; nothing in it is believed before it is checked."""

from __future__ import annotations

import json
import math
import re
import sys
from array import array
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias, TypeVar

from hltcore import recording
from hltcore.errors import RecordingError
from hltcore.events import Edited, EpochEvent, Event, StepEvent
from hltcore.logged import LogEnd, LogStarted, LogStep, Summary, Tensor, WholeTensor
from hltcore.packing import from_json, pack

__all__ = ["LONGEST", "Brief", "Fact", "brief", "read_line"]

LONGEST = 1 << 24
"""Bytes in the longest line that is read: no writer of this library makes a longer one."""

T = TypeVar("T")

_EMPTY = 1 << 16
"""The most that the dimensions above 0 of a tensor without numbers may multiply to."""
_DIMENSIONS = 16
_WHOLE = re.compile(r"f4\[((?:\d{1,9}(?:,\d{1,9})*)?)\]:")
_STEP = re.compile(
    rb'\{"event": ?"step", ?"step": ?(\d{1,15}), ?"epoch": ?(null|[-+.\deE]{1,30}), ?"lr": ?(?:null|[-+.\deE]{1,30}), ?'
    rb'"loss": ?(null|"[^"\\]{1,20}"|[-+.\deE]{1,30})[,}]'
)
_TENSORS = b'"updated":'
_QUOTE = ord('"')

Fact: TypeAlias = "LogStarted | LogStep | LogEnd | Edited | EpochEvent"


class Brief(NamedTuple):
    """What a line says of a step, read without its tensors.

    Attributes:
        step: The step's number.
        epoch: Epochs that were complete before it; None where that is not known.
        loss: Its loss; None where there is none.
        tensors: Whether it has tensors.
    """

    step: int
    epoch: float | None
    loss: float | None
    tensors: bool


def brief(line: bytes) -> Brief | None:
    """A step's number and loss, quickly; None for any line that is not a complete step's.

    Args:
        line: A line, with or without its end.
    """
    found = _STEP.match(line)
    if found is None or not line.endswith((b"}\n", b"}", b"}\r\n")):
        try:
            fact = read_line(line)
        except RecordingError:
            return None
        if not isinstance(fact, LogStep):
            return None
        return Brief(fact.step, fact.epoch, fact.loss, fact.has_tensors)
    step, epoch, loss = found.groups()
    try:
        passes = None if epoch == b"null" else float(epoch)
        value = None if loss == b"null" else float(loss) if loss[0] != _QUOTE else from_json(loss[1:-1].decode())
    except recording.BROKEN:
        return None
    return Brief(int(step), passes, value, _TENSORS in line)


def read_line(line: bytes) -> Fact | None:
    """The fact in a line; None for a kind of line that this version does not know, and for part of a step.

    Raises:
        RecordingError: It is no line of an event log, or of a version that cannot be read.
    """
    if len(line) > LONGEST:
        raise RecordingError(f"It is longer than {LONGEST >> 20} MB.")
    try:
        record = json.loads(line)
        read = _READ.get(record["event"])
        return None if read is None else read(record)
    except RecordingError:
        raise
    except recording.BROKEN as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else type(error).__name__
        if isinstance(error, json.JSONDecodeError):
            what = "it is not JSON"
        raise RecordingError(f"It is no line of an event log ({what}).") from None


def _started(record: dict[str, Any]) -> LogStarted:
    return LogStarted(
        recording.version(record),
        spec=_text(record.get("spec", "")),
        features=_texts(record.get("features", ())),
        classes=_texts(record.get("classes", ())),
        model=_text(record.get("model", "")),
        optimizer=_text(record.get("optimizer", "")),
        shapes={_text(name): _shape(shape) for name, shape in record.get("shapes", {}).items()},
        parameters=_tensors(record.get("parameters")),
        frozen=_texts(record.get("frozen", ())),
        unowned=_texts(record.get("unowned", ())),
        strangers=_whole(record.get("strangers", 0)),
        kinds=_named(record.get("kinds", {})),
        layers=_named(record.get("layers", {})),
        every=max(1, _whole(record.get("every", 1))),
        limit=_whole(record.get("limit", 0)),
        started=_text(record.get("started", "")),
    )


def _step(record: dict[str, Any]) -> LogStep:
    if "examples" in record:
        return _own(recording.load(record))
    return LogStep(
        _whole(record["step"]),
        _maybe(from_json, record.get("epoch")),
        _maybe(from_json, record.get("lr")),
        _maybe(from_json, record.get("loss")),
        x=_maybe(_tensor, record.get("x")),
        target=_maybe(_tensor, record.get("target")),
        prediction=_maybe(_tensor, record.get("prediction")),
        parameters=_tensors(record.get("parameters")),
        gradients=_tensors(record.get("gradients")),
        updated=_tensors(record.get("updated")),
        pre_activations=_tensors(record.get("pre_activations")),
        activations=_tensors(record.get("activations")),
    )


def _maybe(read: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else read(value)


def _own(event: Event) -> LogStep:
    """A step of a run of this library, in the words of a log."""
    assert isinstance(event, StepEvent)
    batch = event.batch
    rows = len(batch.rows)
    return LogStep(
        _whole(event.step),
        float(event.epoch),
        event.lr,
        event.loss,
        x=WholeTensor((rows, len(batch.xs[0])), pack(x for row in batch.xs for x in row)),
        target=WholeTensor((rows,), pack(batch.targets)),
        prediction=WholeTensor((rows,), pack(event.predictions)),
        parameters=_all_nested(event.parameters),
        gradients=_all_nested(event.gradients),
        updated=_all_nested(event.updated),
        pre_activations=_all_nested(event.pre_activations),
        activations=_all_nested(event.activations),
        event=event,
    )


def _all_nested(tensors: Mapping[str, Any]) -> dict[str, Tensor]:
    return {name: _nested(value) for name, value in tensors.items()}


def _ended(record: dict[str, Any]) -> LogEnd:
    return LogEnd(_whole(record["steps"]), _text(record.get("error", "")))


def _tensors(record: Any) -> dict[str, Tensor]:
    return {} if record is None else {_text(name): _tensor(value) for name, value in record.items()}


def _tensor(value: Any) -> Tensor:
    if isinstance(value, dict):
        return _summary(value)
    if not isinstance(value, str) or not value.startswith("f4["):
        return _nested(value)
    start = _WHOLE.match(value)
    if start is None:
        raise ValueError
    shape = tuple(map(int, start[1].split(","))) if start[1] else ()
    packed = (
        a2b_base64(value[start.end() :], strict_mode=True)
        if sys.version_info >= (3, 11)
        else a2b_base64(value[start.end() :])
    )
    if len(packed) != 4 * math.prod(_shape(shape)):
        raise ValueError
    if sys.byteorder == "big":
        numbers = array("f", packed)
        numbers.byteswap()
        packed = numbers.tobytes()
    return WholeTensor(shape, packed)


def _nested(value: Any) -> WholeTensor:
    """A tensor that is written as a number, or as lists (or tuples) of numbers."""
    shape: list[int] = []
    level = [value]
    while level and isinstance(level[0], list | tuple):
        width = len(level[0])
        if len(shape) == _DIMENSIONS or any(len(row) != width for row in level):
            raise ValueError
        shape.append(width)
        level = [item for row in level for item in row]
    return WholeTensor(tuple(shape), pack(map(from_json, level)))


def _summary(record: dict[str, Any]) -> Summary:
    matrix = _tensor(record["matrix"])
    if not isinstance(matrix, WholeTensor) or len(matrix.shape) != 2:
        raise ValueError
    norm, low, high, mean, mean_size = (
        from_json(record[name]) for name in ("norm", "low", "high", "mean", "mean_size")
    )
    quantiles = tuple(map(from_json, record["quantiles"]))
    if len(quantiles) != 5:
        raise ValueError
    shape = _shape(record["shape"])
    return Summary(shape, norm, low, high, mean, mean_size, _whole(record["not_finite"]), quantiles, matrix)


def _shape(value: Any) -> tuple[int, ...]:
    shape = tuple(map(_whole, value))
    if len(shape) > _DIMENSIONS or (0 in shape and math.prod(n for n in shape if n) > _EMPTY):
        raise ValueError
    return shape


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 10**15:
        raise ValueError
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, value))


def _named(value: Any) -> dict[str, str]:
    return {_text(name): _text(kind) for name, kind in value.items()}


def _recorded(record: dict[str, Any]) -> Any:
    return recording.load(record)


_READ: dict[str, Callable[[dict[str, Any]], Fact | None]] = {
    "run-started": _started,
    "step": _step,
    "run-ended": _ended,
    "edited": _recorded,
    "epoch": _recorded,
    "phase": lambda record: None,
}
