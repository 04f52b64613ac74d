"""TensorBoard: reads the scalars that a run has written for it, as the lines of an event log."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import Any

from hltcore.errors import LogError, MissingError, nearest, quoted
from hltcore.recording import VERSION, one_line

__all__ = ["lines"]


def lines(path: str | os.PathLike[str], tag: str = "") -> Iterator[str]:
    """One run's loss as an event log, which ``hlt-tui replay`` shows beside others.

    Args:
        path: The folder of a run, or one file of events.
        tag: The scalar that is the loss; by default the only one, or the only one with "loss" in its name.

    Returns:
        The lines, without their ends; each step once, as it was written last.

    Raises:
        MissingError: TensorBoard is not installed.
        LogError: There are no scalars, or none of that name, or it is not clear which one is meant.
    """
    name = os.fspath(path)
    scalars = _load(name)
    chosen = _chosen(name, scalars, tag)
    yield one_line({"event": "run-started", "version": ".".join(map(str, VERSION)), "model": chosen})
    steps = {point.step: point.value for point in scalars[chosen]}
    for step in sorted(steps):
        value = float(steps[step])
        told = value if math.isfinite(value) else str(value)
        yield one_line({"event": "step", "step": step, "epoch": None, "lr": None, "loss": told})


def _load(name: str) -> dict[str, list[Any]]:
    """Every scalar's points by its tag."""
    try:
        from tensorboard.backend.event_processing.event_accumulator import SCALARS, TENSORS, EventAccumulator
    except ImportError:
        raise MissingError("Reading these events", "TensorBoard", "tensorboard") from None
    if not os.path.exists(name):
        raise LogError(f"There is no {quoted(name)}: name the folder that TensorBoard's events are in.")
    accumulator = EventAccumulator(name, size_guidance={SCALARS: 0, TENSORS: 1})
    accumulator.Reload()
    return {tag: accumulator.Scalars(tag) for tag in accumulator.Tags()[SCALARS]}


def _chosen(name: str, scalars: dict[str, list[Any]], tag: str) -> str:
    if not scalars:
        raise LogError(f"{quoted(name)} has no scalars that TensorBoard could read.")
    if tag:
        if tag not in scalars:
            raise LogError(f"{quoted(name)} has no scalar {quoted(tag)}: {nearest(tag, scalars)}")
        return tag
    likely = list(scalars) if len(scalars) == 1 else [name for name in scalars if "loss" in name.casefold()]
    if len(likely) != 1:
        told = ", ".join(quoted(name) for name in likely or scalars)
        raise LogError(f"{quoted(name)} has several scalars, and one must be named as the loss: {told}.")
    return likely[0]
