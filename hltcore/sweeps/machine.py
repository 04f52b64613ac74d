"""Machine: what has been found out about this machine's arithmetic, for the layers and batches of some runs."""

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

__all__ = ["Known", "Machine"]

_LINE = 16  # floats from one address to the next one that lies alike


class Known:
    """What is found out once and holds for all runs whose tensors have the same shapes and lie alike in memory."""

    def __init__(self) -> None:
        self._sums: dict[tuple[object, ...], LayerSums] = {}
        self._paths: dict[tuple[str, int], tuple[bool, ...]] = {}

    def sums(self, layer: Layer, x: torch.Tensor, first: bool) -> LayerSums:
        """The sums of a layer, whose numbers are overwritten; see ``look``."""
        places = (x.storage_offset() % _LINE, layer.weight.data_ptr() // 4 % _LINE)
        key = (layer.bias is None, tuple(layer.weight.shape), tuple(x.shape), places, first)
        if key not in self._sums:
            self._sums[key] = look(layer, x, first)
        return self._sums[key]

    def paths(self, function: Function, numbers: int) -> tuple[bool, ...]:
        """The path of each number of a tensor of a run through a function."""
        key = (function.name, numbers)
        if key not in self._paths:
            self._paths[key] = paths(function, numbers)
        return self._paths[key]


class Machine:
    """How this machine computes one kind of run.

    Args:
        spec: A run of the kind.
        known: What has been found out so far.

    Attributes:
        engine: One such run, whose numbers are not to be relied on.
        layers: Its layers.

    Raises:
        UnknownOrder: The model is not a row of layers.
        HltError: The parts do not fit each other.
    """

    def __init__(self, spec: RunSpec, known: Known) -> None:
        self.engine = Engine(spec)
        if not isinstance(self.engine.model, FeedForward):
            raise UnknownOrder
        self.layers: tuple[Layer, ...] = self.engine.model.layers
        self.paths = known.paths
        self._known = known
        self._sums: dict[tuple[int, ...], tuple[LayerSums, ...]] = {}

    def sums(self, examples: Examples) -> tuple[LayerSums, ...]:
        """The sums of each layer in a step on some examples.

        Raises:
            UnknownOrder: They are none that are known.
        """
        x = examples.x
        key = (x.dim(), len(examples.batch.rows), int(x.storage_offset()) % _LINE)
        if key not in self._sums:
            found = []
            for number, layer in enumerate(self.layers):
                found.append(self._known.sums(layer, x, number == 0))
                x = torch.empty((*x.shape[:-1], layer.width))
            self._sums[key] = tuple(found)
        return self._sums[key]

    def sums_of_each(self, examples: list[Examples]) -> tuple[LayerSums, ...]:
        """The sums of a forward pass over several examples, each of which is computed by itself.

        Raises:
            UnknownOrder: They are none that are known.
        """
        every = [self.sums(example) for example in examples]
        forward = [stacked([sums.forward for sums in layer]) for layer in zip(*every)]
        return tuple(LayerSums(sums, None, None, None) for sums in forward)
