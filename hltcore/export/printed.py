"""Printed: what a script that was written prints, told from the events of the run itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hltcore.errors import printable
from hltcore.events import Event, StepEvent
from hltcore.packing import float32

__all__ = ["HEADING", "run_lines"]

HEADING = "epoch: y_pred | y | loss"
"""The first line."""


def run_lines(events: Iterable[Event], parameters: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """The heading, a line for each step, and at the end one for each parameter.

    Args:
        events: The run; other events than steps are passed by.
        parameters: Tells the parameters by name, as floats or nested tuples, when the run has ended.
    """
    yield HEADING
    for event in events:
        if isinstance(event, StepEvent):
            targets = map(float32, event.batch.targets)
            yield f"{event.epoch}: {_digits(event.predictions)} | {_digits(targets)} | {_digits((event.loss,))}"
    for name, value in parameters().items():
        yield f"{printable(name)} {_digits(_flat(value))}"


def _digits(numbers: Iterable[float]) -> str:
    """Nine digits: so many tell any two float32 numbers apart."""
    return " ".join(f"{number:.9g}" for number in numbers)


def _flat(value: Any) -> Iterator[float]:
    if isinstance(value, tuple):
        for item in value:
            yield from _flat(item)
    else:
        yield value
