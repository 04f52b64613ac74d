"""Machine: what has been found out about this machine's arithmetic, for the layers and batches of one kind of run."""

from __future__ import annotations

from hltcore._torch import torch
from hltcore.engine import Engine
from hltcore.feed import Examples
from hltcore.nets import FeedForward, Layer
from hltcore.spec import RunSpec
from hltcore.sweeps.functions import Function, paths
from hltcore.sweeps.looking import look
from hltcore.sweeps.summation import UnknownOrder
from hltcore.sweeps.sums import LayerSums, stacked

__all__ = ["Machine"]

_LINE = 16  # floats from one address to the next one that lies alike


class Machine:
    """Looks things up on this machine, each once.

    Args:
        spec: A run of the kind.

    Attributes:
        engine: One such run, whose numbers are not to be relied on.
        layers: Its layers.

    Raises:
        UnknownOrder: The model is not a row of layers.
        HltError: The parts do not fit each other.
    """

    def __init__(self, spec: RunSpec) -> None:
        self.engine = Engine(spec)
        if not isinstance(self.engine.model, FeedForward):
            raise UnknownOrder
        self.layers: tuple[Layer, ...] = self.engine.model.layers
        self._sums: dict[tuple[int, ...], tuple[LayerSums, ...]] = {}
        self._paths: dict[tuple[str, int], tuple[bool, ...]] = {}

    def sums(self, examples: Examples) -> tuple[LayerSums, ...]:
        """The sums of each layer in a step on some examples.

        Raises:
            UnknownOrder: They are none that are known.
        """
        x = examples.x
        key = (x.dim(), len(examples.batch.rows), x.storage_offset() % _LINE)
        if key not in self._sums:
            found = []
            for number, layer in enumerate(self.layers):
                found.append(look(layer, x, number == 0))
                x = torch.empty((*x.shape[:-1], layer.width))
            self._sums[key] = tuple(found)
        return self._sums[key]

    def sums_of_each(self, examples: list[Examples]) -> tuple[LayerSums, ...]:
        """The sums of a forward pass over several examples, each of which is computed by itself.

        Raises:
            UnknownOrder: They are none that are known.
        """
        every = [self.sums(example) for example in examples]
        try:
            return tuple(
                LayerSums(stacked([sums.forward for sums in layer]), None, None, None) for layer in zip(*every)
            )
        except ValueError:
            raise UnknownOrder from None

    def paths(self, function: Function, numbers: int) -> tuple[bool, ...]:
        """The path of each number of a tensor of a run through a function.

        Raises:
            UnknownOrder: It is none that is known.
        """
        key = (function.name, numbers)
        if key not in self._paths:
            self._paths[key] = paths(function, numbers)
        return self._paths[key]
