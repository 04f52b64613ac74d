"""Ways: how steps are computed, by autograd or, where that has its very bits, written out."""

from __future__ import annotations

from operator import attrgetter

from hltcore._torch import torch
from hltcore.backprop import Backprop, Kind
from hltcore.derived import Beside
from hltcore.exactness import exact
from hltcore.models import Output
from hltcore.nets import FeedForward
from hltcore.parameters import ParameterBuffer
from hltcore.passes import Autograd, Passes
from hltcore.spec import RunSpec

__all__ = ["Ways"]

_IS_TRAINED = attrgetter("requires_grad")


class Ways:
    """The passes of a model and a loss, by the number of examples.

    Args:
        model: The model.
        spec: The run.
        output: The model's kind of output.
        buffer: All parameters and gradients.
        autograd: How it is done in any case.
    """

    def __init__(
        self, model: torch.nn.Module, spec: RunSpec, output: Output, buffer: ParameterBuffer, autograd: Autograd
    ) -> None:
        self._model, self._spec, self._output, self._buffer = model, spec, output, buffer
        self._autograd = autograd
        self._tensors = list(model.parameters())
        self._passes: dict[int, Passes] = {}
        self._beside: dict[int, Beside | None] = {}

    def of(self, rows: int) -> Passes:
        """How a step on so many examples is computed."""
        if rows not in self._passes:
            self._passes[rows] = self._written_out(rows, self._buffer.gradients) or self._autograd
        return self._passes[rows] if self._trains_all else self._autograd

    def beside(self, rows: int) -> Beside | None:
        """The same without touching the run's gradients; None where autograd has to do it.

        Laying it out takes as long as several passes, and is done once.
        """
        if rows not in self._beside:
            backprop = self._written_out(rows, None)
            self._beside[rows] = Beside(backprop, self._buffer.layout) if backprop else None
        return self._beside[rows] if self._trains_all else None

    @property
    def _trains_all(self) -> bool:
        """Whether autograd would do all that is written out: a script can let it pass over a parameter, or cast."""
        return all(map(_IS_TRAINED, self._tensors)) and not torch.is_autocast_enabled("cpu")

    def _written_out(self, rows: int, gradients: torch.Tensor | None) -> Backprop | None:
        model, spec = self._model, self._spec
        if not isinstance(model, FeedForward) or spec.l1 or spec.l2 or not self._trains_all:
            return None
        kind = Kind(model.sizes, tuple(layer.activation for layer in model.layers), spec.loss, self._output, rows)
        if kind.layout.shapes != self._buffer.layout.shapes or not kind.is_worth_it or not exact(kind):
            return None
        return Backprop(kind, self._buffer.values, gradients)
