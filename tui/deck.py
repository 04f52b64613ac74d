"""Deck: one or several event logs side by side, one of which is shown, and what is to be seen of it."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hltcore.log import RunLog
from hltcore.log_curve import Losses
from hltcore.logged import LogStep, Tensor
from tui.about_log import about_log
from tui.cells import Focus, value_at
from tui.curve import CurveView
from tui.footage import Footage
from tui.formatting import tally
from tui.moment import Moment, Tape
from tui.panels.matrix import tensor_name
from tui.reel import Reel
from tui.replayed import Replayed
from tui.screens.live import RunStage
from tui.screens.stage import Stage
from tui.screens.watched import WatchedStage
from tui.view import View

__all__ = ["Deck"]

_NUMBERS = 400
"""The most numbers of a model that are all written out; of larger ones the tensors are listed."""
_POINTS = 128  # of a path
_POINTS_AT_ONCE = 4  # that are looked up for one picture of the screen


class Deck:
    """Logs, and where one stands in each.

    Args:
        logs: The logs.
        follows: Whether to stand at their ends, as they grow.

    Attributes:
        reels: The logs.
        chosen: Which of them is shown.
        view: What the screen looks at.
        follows: Whether the end of a log that goes on is followed.
    """

    def __init__(self, logs: Sequence[RunLog], *, follows: bool) -> None:
        self.reels = [Reel(log, follows=follows) for log in logs]
        self.chosen = 0
        self.view = View()
        self.follows = follows
        self._replayed = [Replayed() for _ in logs]
        self._path = _Path()

    @property
    def reel(self) -> Reel:
        """The log that is shown."""
        return self.reels[self.chosen]

    @property
    def missing(self) -> str:
        """Why the log that is shown is not shown as the run of this library that it is, in a sentence; else empty."""
        told = self._replayed[self.chosen].missing
        return f"Only its tensors are shown: {told}" if told else ""

    def next(self) -> None:
        """Show the next log."""
        self.chosen = (self.chosen + 1) % len(self.reels)

    def refresh(self, seconds: float) -> bool:
        """Look what is new in each log; whether anything is.

        Raises:
            LogError: What came is no event log.
        """
        share = seconds / len(self.reels)
        changed = [reel.refresh(share) for reel in self.reels]  # all of them, whatever the first one says
        return any(changed) or not self._path.is_whole

    @property
    def is_busy(self) -> bool:
        """Whether there is more to be read than was read so far."""
        return any(reel.is_busy for reel in self.reels) or not self._path.is_whole

    def stage(self, *, note: str, error: bool, playing: bool, speed: str, lost: str = "") -> Stage:
        """The chosen run where one stands, ready to be drawn.

        Args:
            note: Something to tell the user.
            error: Whether that is an error.
            playing: Whether it plays.
            speed: How fast.
            lost: Why its log cannot be read any further.
        """
        reel = self.reel
        tape = Tape(
            _names([reel.log.name for reel in self.reels]),
            tuple(_curve(reel.log.losses) for reel in self.reels),
            self.chosen,
            reel.following,
            lost or _state(reel),
            reel.log.scanned,
            about_log(reel.log),
        )
        checkup = reel.checkup
        unchecked = checkup.unchecked
        ours = self._replayed[self.chosen].snapshot(reel, self.view) if reel.log.steps else None
        footage = self._footage(reel)
        moment: Moment = ours or footage
        common: dict[str, Any] = {
            "first": reel.first,
            "note": note or moment.note,
            "error": error,
            "playing": playing,
            "speed": speed,
            "tape": tape,
            "losses": tape.curves[self.chosen],
            "findings": checkup.findings,
            "checked": checkup.checked,
            "unchecked": unchecked,
        }
        if ours is not None:
            focus = self.view.focus
            path = self._path.of(reel, focus) if self.view.story and focus is not None else ()
            return RunStage(replace(ours, focus=focus, path=path, **common))
        if not self.view.story:
            return WatchedStage(replace(footage, **common))
        name, focus = tensor_name(footage.tensors, self.view.focus), self.view.focus
        if focus is None or focus[0] != name or not footage.parameters:
            focus = (name, ()) if name is not None else None
        path = self._path.of(reel, focus) if focus is not None else ()
        return WatchedStage(replace(footage, focus=focus, path=path, **common))

    def _footage(self, reel: Reel) -> Footage:
        log = reel.log
        led, held = reel.step_at(reel.here), reel.held_at(reel.here)
        tensors = held.updated if held is not None else _at_first(reel)
        whole = {name: tensor.whole for name, tensor in tensors.items()}
        few = sum(math.prod(tensor.shape) for tensor in tensors.values()) <= _NUMBERS
        written = few and all(tensor is not None and tensor.size for tensor in whole.values())
        note = log.awaited
        if note:
            note += "   N shows the next log" if len(self.reels) > 1 else ""
        elif log.started is None and log.last is None:
            note = "The log is empty so far: waiting for its first line"
        elif log.last is None:
            note = "The run has begun; no step is complete yet"
        return Footage(
            ready=bool(log.steps),
            note=note,
            steps=reel.here,
            recorded=reel.last,
            parameters={name: tensor.values for name, tensor in whole.items() if tensor is not None} if written else {},
            started=log.started,
            step=led,
            held=held,
            tensors=tensors,
            tells_epochs=_tells_epochs(log, led),
        )


class _Path:
    """What a number, or the size of a tensor, was at some steps all over a log; a few more with each picture.

    Attributes:
        is_whole: Whether all of it is known.
    """

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._points: dict[int, tuple[int, float] | None] = {}
        self.is_whole = True

    def of(self, reel: Reel, focus: Focus) -> tuple[tuple[int, float], ...]:
        """As much of the path as is known by now, step by step."""
        key = (reel, reel.log.generation, focus)
        if key != self._key:
            self._key, self._points = key, {}
        stride = 1
        while (reel.last - reel.first) // stride > _POINTS:
            stride *= 2
        wanted = [*range(reel.first, reel.last, stride), reel.last]
        missing = [point for point in wanted if point not in self._points]
        looked_up = missing[:: max(len(missing) // _POINTS_AT_ONCE, 1)]  # spread evenly
        for point in looked_up:
            self._points[point] = _told(reel, point, focus)
        self.is_whole = len(looked_up) == len(missing)
        if len(self._points) > 4 * _POINTS:
            self._points = {point: told for point, told in self._points.items() if point in set(wanted)}
        return tuple(sorted(dict(filter(None, self._points.values())).items()))


def _tells_epochs(log: RunLog, led: LogStep | None) -> bool:
    """Whether steps say in which epoch they were done: this one, or the first there is."""
    told = led if led is not None or log.first is None else log.at(log.first)
    return told is not None and told.epoch is not None


def _at_first(reel: Reel) -> Mapping[str, Tensor]:
    """The parameters before the first step, as the log's first line has them, or the first step's."""
    if reel.log.started is not None and reel.log.started.parameters:
        return reel.log.started.parameters
    first = reel.log.at(0)
    return first.parameters if first is not None and first.step == 0 else {}


def _told(reel: Reel, point: int, focus: Focus) -> tuple[int, float] | None:
    """The value that is recorded at or before a point, and after how many steps that was."""
    if not point:
        return 0, _value(_at_first(reel), focus)
    held = reel.held_at(point)
    return None if held is None else (held.step + 1, _value(held.updated, focus))


def _value(tensors: Mapping[str, Tensor], focus: Focus) -> float:
    tensor = tensors.get(focus[0])
    if tensor is None:
        return math.nan
    if not focus[1]:
        return tensor.norm
    return value_at({focus[0]: tensor.whole.values}, focus) if tensor.whole is not None else math.nan


def _names(paths: Sequence[str]) -> tuple[str, ...]:
    """The logs' names: without their folders, where that tells them apart."""
    short = ["standard input" if path == "-" else os.path.basename(path) or path for path in paths]
    return tuple(short if len(set(short)) == len(short) else paths)


def _curve(losses: Losses) -> CurveView:
    return CurveView(
        losses.stride, losses.lows, losses.highs, losses.count, losses.last, losses.lost, losses.sums, losses.counts
    )


def _state(reel: Reel) -> str:
    """What is to be known of a log, in a few words."""
    log = reel.log
    told = []
    if log.scanned < 1:
        told.append(f"{log.scanned:.0%} read")
    if log.generation:
        told.append("written anew")
    if log.ended is not None:
        told.append(f"ended by {log.ended.error}" if log.ended.error else "complete")
    elif not log.following:
        told.append("the stream has ended")
    elif reel.gone:
        told.append("the file is gone")
    if reel.first:
        told.append(f"joined at step {reel.first:,}")
    if log.problem_count:
        told.append(f"{tally(log.problem_count, 'line')} passed over")
    return ", ".join(told)
