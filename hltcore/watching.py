"""Watching: records a training loop of your own in an event log, and changes nothing in it."""

from __future__ import annotations

import inspect
import math
import os
import sys
import warnings
from collections.abc import Iterable
from datetime import datetime, timezone
from time import perf_counter
from types import TracebackType
from typing import Any

from hltcore._torch import torch
from hltcore.activation_hooks import ActivationHooks
from hltcore.caller import number_named
from hltcore.errors import LogError, quoted, reason
from hltcore.log import RunLog
from hltcore.log_writer import LogWriter
from hltcore.recording import VERSION, one_line
from hltcore.watched import NOTHING, Optimizer, Watched, default_interval

__all__ = ["Watch", "watch"]

_SECONDS = 0.2
"""How long losses stay on a graphics card at most."""


def watch(
    model: torch.nn.Module,
    optimizer: Optimizer | None,
    path: str | os.PathLike[str],
    *,
    every: int | None = None,
    limit: int | None = None,
    activations: bool | Iterable[str] = (),
    resume: bool = False,
) -> Watch:
    """Record a training loop: call ``step()`` of what this returns after each update.

        with hltcore.watch(model, optimizer, "run.jsonl") as watch:
            for x, y in loader:
                loss = criterion(model(x), y); optimizer.zero_grad(); loss.backward(); optimizer.step()
                watch.step(loss=loss)

    Args:
        model: Any module, on any device.
        optimizer: Its optimizer; None where there is none yet.
        path: The event log (see docs/event-log.md); one that is there already is written anew.
        every: At each how manieth step tensors are recorded; by default 1 for a net of up to a thousand numbers, and
            more for larger ones. The loss is recorded at every step.
        limit: Parameters, gradients and the rest are recorded whole up to that many numbers each, and summed up above;
            by default 4096, or less for a model of very many tensors.
        activations: The names of modules whose output is to be recorded, as ``model.named_modules()`` gives them; True
            for all that have no modules in them.
        resume: Go on with a log that is there, after its last step.

    Raises:
        LogError: The log cannot be written, or somebody else writes it; the model cannot be watched as it is; an
            argument is not allowed.
    """
    return Watch(model, optimizer, path, every=every, limit=limit, activations=activations, resume=resume)


class Watch:
    """A training loop being recorded; use it in a ``with`` statement, or call ``close()`` at the end.

    What goes wrong in recording never reaches the training: it is told in one warning, and recorded no more.

    Args:
        model: See ``watch``, here and below.
        optimizer: As there.
        path: As there.
        every: As there.
        limit: As there.
        activations: As there.
        resume: As there.

    Attributes:
        steps: Steps since the run's beginning.
        every: At each how manieth step tensors are recorded.
        failure: Why it records no more; empty as long as all is well.

    Raises:
        LogError: As there.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        optimizer: Optimizer | None,
        path: str | os.PathLike[str],
        *,
        every: int | None = None,
        limit: int | None = None,
        activations: bool | Iterable[str] = (),
        resume: bool = False,
    ) -> None:
        for name, value, least in (("every", every, 1), ("limit", limit, 0)):
            if value is not None and (type(value) is not int or value < least):
                raise LogError(f"{name} is {quoted(value)}, and must be a whole number from {least} on.")
        self._watched = Watched(model, optimizer, limit)
        self.every = default_interval(self._watched.size) if every is None else every
        self.failure = ""
        self.steps = 0
        self._late: list[tuple[str, torch.Tensor]] = []
        self._drained = perf_counter()
        self._first = b""  # the parameters before the first step of a run that goes on
        self._writer: LogWriter | None = None
        self._hooks = ActivationHooks(model, activations)  # refuses unknown names before a file is touched
        try:
            self._writer = LogWriter(path, resume=resume)
            self._begin()
        except BaseException:
            self._hooks.remove()
            if self._writer is not None:
                self._writer.close()
            raise

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close("" if kind is None else kind.__name__)

    def step(
        self,
        loss: torch.Tensor | float | None = None,
        *,
        x: Any = None,
        target: Any = None,
        prediction: Any = None,
        epoch: float | None = None,
        lr: float | None = None,
    ) -> None:
        """Record an update that was just made.

        Args:
            loss: Its loss.
            x: The batch's input, a tensor or numbers; it is recorded with the other tensors.
            target: Its targets, the same.
            prediction: What the model said, the same.
            epoch: Passes through the data that were complete before it; by default the variable ``epoch`` where this
                is called, if there is one.
            lr: The learning rate; by default that of the optimizer's first group.
        """
        if self._writer is None:
            return
        try:
            if epoch is None:
                here = inspect.currentframe()
                epoch = number_named("epoch", here.f_back if here is not None else None)
            due = self.steps % self.every == 0 or bool(self._first)
            batch = NOTHING if x is target is prediction is None else (x, target, prediction)
            self._record(loss, batch if due else None, epoch, lr)
        except Exception as error:  # whatever it is, the training is to go on
            self._give_up(reason(error))

    def close(self, error: str = "") -> None:
        """Write what is left, and stop recording; hooks are gone after it. Again, it does nothing.

        Args:
            error: The kind of the exception that ended the run, where one did.
        """
        if self._writer is None:
            return
        try:
            self._drain()
            self._writer.write(_line({"event": "run-ended", "steps": self.steps, "error": error}))
            self._writer.flush()
            if self._writer.failure is not None:
                raise self._writer.failure
        except Exception as failure:
            self._give_up(reason(failure))
        finally:
            self._stop()

    def _begin(self) -> None:
        assert self._writer is not None
        started = datetime.now(timezone.utc).isoformat()
        if self._writer.resumed:
            with RunLog(self._writer.name) as log:
                self.steps = log.steps
            self._first = self._watched.values("parameters")
            self._writer.write(_line({"event": "resumed", "step": self.steps, "started": started}))
        else:
            head = {
                **{"event": "run-started", "version": ".".join(map(str, VERSION))},
                **{"spec": "", "features": [], "classes": [], "every": self.every, "started": started},
                **{"layers": self._hooks.kinds, **self._watched.head()},
            }
            self._writer.write(_line(head)[:-2] + self._watched.values("parameters") + b"}\n")
        self._hooks.wanted = self.steps % self.every == 0

    def _record(
        self,
        loss: torch.Tensor | float | None,
        batch: tuple[Any, Any, Any] | None,
        epoch: float | None,
        lr: float | None,
    ) -> None:
        assert self._writer is not None
        if self._writer.failure is not None:
            raise self._writer.failure
        rate = self._watched.rate() if lr is None else lr
        told = ["null" if value is None else _number(value) for value in (epoch, rate)]
        head = f'{{"event":"step","step":{self.steps},"epoch":{told[0]},"lr":{told[1]},"loss":'
        if batch is None and isinstance(loss, torch.Tensor) and not loss.is_cpu:
            self._late.append((head, loss.detach().clone()))
            if perf_counter() - self._drained > _SECONDS:
                self._drain()
        else:
            if self._late:
                self._drain()
            value = loss.item() if isinstance(loss, torch.Tensor) else loss
            text = "null" if value is None else _number(value)
            rest = b"" if batch is None else self._fill(batch)
            self._writer.write(b"%b%b%b}\n" % (head.encode(), text.encode(), rest))
        self.steps += 1
        self._hooks.wanted = self.steps % self.every == 0

    def _fill(self, batch: tuple[Any, Any, Any]) -> bytes:
        first, self._first = self._first, b""
        return first + self._watched.step(batch, self._hooks.take())

    def _drain(self) -> None:
        """Write the losses that are on a graphics card still: one wait for all of them."""
        self._drained = perf_counter()
        late, self._late = self._late, []
        if late and self._writer is not None:
            values = torch.stack([loss.reshape(()) for _, loss in late]).tolist()
            for (head, _), value in zip(late, values):
                self._writer.write(f"{head}{_number(value)}}}\n".encode())

    def _give_up(self, why: str) -> None:
        name = "" if self._writer is None else self._writer.name
        self.failure = why
        self._stop()
        told = f"The run is recorded no more in {quoted(name)}, and goes on: {why}"
        try:
            warnings.warn(told, RuntimeWarning, stacklevel=3)
        except RuntimeWarning:  # where warnings are errors, too
            print(told, file=sys.stderr)

    def _stop(self) -> None:
        writer, self._writer = self._writer, None
        self._hooks.remove()
        self._late.clear()
        if writer is not None:
            writer.close()


def _number(value: Any) -> str:
    """A number in JSON; what JSON lacks is a text."""
    plain = float(value) if type(value) is not int else value
    return repr(plain) if math.isfinite(plain) else f'"{plain}"'


def _line(record: dict[str, Any]) -> bytes:
    return one_line(record, compact=True).encode() + b"\n"
