"""Hugging Face: a callback that records a ``transformers.Trainer``'s run in an event log.

from hltcore.integrations.huggingface import WatchCallback

trainer = transformers.Trainer(model, arguments, train_dataset=data, callbacks=[WatchCallback("run.jsonl")])
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hltcore.errors import MissingError
from hltcore.watching import Watch

try:
    from transformers import TrainerCallback
except ImportError:
    raise MissingError("This callback", "transformers", "huggingface") from None

__all__ = ["WatchCallback"]


class WatchCallback(TrainerCallback):
    """Records each optimizer step, before its gradients are emptied; only on the first of several processes.

    ``Trainer`` does not tell callbacks a step's loss, so it is taken from the model's output, whose ``loss`` it is
    computed from. Where gradients are accumulated over batches it is put together as ``Trainer`` does: the sum where
    the model was told how many items there are in all, otherwise the mean. A loss that a ``compute_loss`` of your own
    computes outside of the model is not seen, and is left out of the log.

    Args:
        path: The event log.
        settings: ``every``, ``limit``, ``activations`` and ``resume`` of ``hltcore.watch``.

    Raises:
        LogError: When the training begins: the log cannot be written, or an argument is not allowed.
    """

    def __init__(self, path: str | os.PathLike[str], **settings: Any) -> None:
        self._path = path
        self._settings = settings
        self._watch: Watch | None = None
        self._remove: Callable[[], None] = lambda: None
        self._losses: list[Any] = []
        self._summed = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Begin to record."""
        if state.is_world_process_zero:
            model = kwargs["model"]
            self._watch = Watch(model, kwargs["optimizer"], self._path, **self._settings)
            self._remove = model.register_forward_hook(self._keep_loss, with_kwargs=True).remove

    def on_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Record the step."""
        if self._watch is not None:
            self._watch.step(self._loss(), epoch=state.epoch)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """End the log."""
        watch, self._watch = self._watch, None
        self._remove()
        if watch is not None:
            watch.close()

    def _keep_loss(self, model: Any, inputs: Any, given: dict[str, Any], output: Any) -> None:
        loss = output.get("loss") if isinstance(output, dict) else None
        if model.training and loss is not None:
            self._losses.append(loss.detach())
            self._summed = given.get("num_items_in_batch") is not None

    def _loss(self) -> Any:
        losses, self._losses = self._losses, []
        if not losses:
            return None
        total = sum(losses[1:], losses[0])
        return total if self._summed else total / len(losses)
