"""Lightning: a callback that records a ``lightning.pytorch.Trainer``'s run in an event log.

from hltcore.integrations.lightning import WatchCallback

trainer = lightning.Trainer(callbacks=[WatchCallback("run.jsonl")])
"""

from __future__ import annotations

import os
from typing import Any

from hltcore.errors import MissingError
from hltcore.watching import Watch

try:
    from lightning.pytorch.callbacks import Callback
except ImportError:
    raise MissingError("This callback", "Lightning", "lightning") from None

__all__ = ["WatchCallback"]


class WatchCallback(Callback):
    """Records each optimizer step of a fit; only on the first of several processes.

    A step's loss is what ``training_step`` returned, as Lightning divides it where gradients are accumulated over
    batches: the sum over those batches. Under manual optimization, one step is recorded for each batch in which any
    optimizer stepped, and its loss is what ``training_step`` returned, if it returned one.

    Args:
        path: The event log.
        settings: ``every``, ``limit``, ``activations`` and ``resume`` of ``hltcore.watch``.

    Raises:
        LogError: When the fit begins: the log cannot be written, or an argument is not allowed.
    """

    def __init__(self, path: str | os.PathLike[str], **settings: Any) -> None:
        super().__init__()
        self._path = path
        self._settings = settings
        self._watch: Watch | None = None
        self._losses: list[Any] = []
        self._rate: float | None = None
        self._stepped = False

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin to record."""
        if trainer.is_global_zero:
            optimizers = trainer.optimizers
            optimizer = optimizers[0] if len(optimizers) == 1 else Several(optimizers)
            self._watch = Watch(pl_module, optimizer, self._path, **self._settings)

    def on_before_optimizer_step(self, trainer: Any, pl_module: Any, optimizer: Any) -> None:
        """Keep the learning rate of this step: at its end the scheduler has set the next one's."""
        if not self._stepped:
            self._rate = optimizer.param_groups[0].get("lr")
        self._stepped = True

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Record the step, if this batch ended with one."""
        loss = outputs.get("loss") if hasattr(outputs, "get") else outputs
        if loss is not None:
            self._losses.append(loss.detach())
        if self._stepped and self._watch is not None:
            total = sum(self._losses[1:], self._losses[0]) if self._losses else None
            self._watch.step(total, epoch=trainer.current_epoch, lr=self._rate)
        if self._stepped:
            self._losses.clear()
            self._stepped = False

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """End the log."""
        self._close("")

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """End the log, and say in it why."""
        self._close(type(exception).__name__)

    def _close(self, error: str) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.close(error)


class Several:
    """Several optimizers as one.

    Args:
        optimizers: Each of them.
    """

    def __init__(self, optimizers: list[Any]) -> None:
        self._optimizers = optimizers

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """The groups of all of them."""
        return [group for optimizer in self._optimizers for group in optimizer.param_groups]
