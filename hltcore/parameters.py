"""ParameterBuffer: all parameters and gradients of a model in one flat float32 buffer.

A snapshot of a whole step is then one copy of bytes, and one plain-SGD update is one operation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

from hltcore._torch import torch
from hltcore.errors import ShapeError, nearest, quoted
from hltcore.packing import TensorLayout, pack
from hltcore.places import Place

__all__ = ["ParameterBuffer", "aligned", "starts_of"]

_BYTES = 4  # of one float32
_VECTOR = 4  # floats in the vectors that a processor loads from addresses which are multiples of their size
_LINE = 64  # bytes: where PyTorch's own tensors start


class ParameterBuffer:
    """Moves a model's parameters into one buffer and gives each a gradient there.

    ``parameter.data`` and ``parameter.grad`` become views of the buffer, so the model and autograd go on as usual.

    Args:
        model: A module with float32 parameters; its buffers, if it has any, must stay as they are (``repeatable``).

    Attributes:
        layout: Names and shapes, in ``model.parameters()`` order.
        values: All parameters, one flat tensor.
        gradients: All gradients, one flat tensor.

    Raises:
        ShapeError: The model has no parameters, or others than float32.
    """

    def __init__(self, model: torch.nn.Module) -> None:
        named = list(model.named_parameters())
        if not named or any(p.dtype != torch.float32 for _, p in named):
            raise ShapeError(
                f"The model {quoted(type(model).__name__)} must have parameters, and all of them float32, so that "
                "every step can be kept and replayed."
            )
        self.layout = TensorLayout(tuple(name for name, _ in named), tuple(tuple(p.shape) for _, p in named))
        self._starts, size = starts_of(self.layout)
        memory = bytearray(2 * size * _BYTES + _LINE)
        base = -torch.frombuffer(memory, dtype=torch.uint8).data_ptr() % _LINE
        middle, end = base + size * _BYTES, base + 2 * size * _BYTES
        self.values = torch.frombuffer(memory, dtype=torch.float32, count=size, offset=base)
        self.gradients = torch.frombuffer(memory, dtype=torch.float32, count=size, offset=middle)
        self._all = memoryview(memory)[base:end]
        self._value_bytes = memoryview(memory)[base:middle]
        self._gradient_bytes = memoryview(memory)[middle:end]
        self._gaps = size > self.layout.size
        # -0.0 + g has the bits of g for every g, +0.0 + g has not (g = -0.0): so adding into a zeroed gradient
        # gives what PyTorch gives when it sets gradients to None and stores the first one.
        self._zeros = pack([-0.0] * size)
        self._gradient_bytes[:] = self._zeros
        self._adopt([parameter for _, parameter in named])

    def _adopt(self, parameters: list[torch.nn.Parameter]) -> None:
        for start, parameter in zip(self._starts, parameters):
            end = start + parameter.numel()
            self.values[start:end] = parameter.detach().reshape(-1)
            parameter.data = self.values[start:end].view(parameter.shape)
            parameter.grad = self.gradients[start:end].view(parameter.shape)

    def snapshot(self) -> bytes:
        """A copy of all parameters, packed."""
        return self._without_gaps(self._value_bytes) if self._gaps else bytes(self._value_bytes)

    def gradient_snapshot(self) -> bytes:
        """A copy of all gradients, packed."""
        return self._without_gaps(self._gradient_bytes) if self._gaps else bytes(self._gradient_bytes)

    def _without_gaps(self, memory: memoryview) -> bytes:
        sizes = map(math.prod, self.layout.shapes)
        return b"".join(memory[_BYTES * start : _BYTES * (start + size)] for start, size in zip(self._starts, sizes))

    def zero_gradients(self) -> None:
        """Empty all gradients."""
        self._gradient_bytes[:] = self._zeros

    def save(self) -> bytes:
        """A copy of parameters and gradients, for ``restore``."""
        return bytes(self._all)

    def restore(self, saved: bytes) -> None:
        """Put back what ``save`` returned."""
        self._all[:] = saved

    def place(self, name: str, index: Sequence[int]) -> int:
        """Where a number stands in the flat buffer.

        Raises:
            ShapeError: There is no such parameter or index.
        """
        shape = self.shape(name)
        if len(index) != len(shape) or not all(0 <= i < size for i, size in zip(index, shape)):
            raise ShapeError(f"{name} has shape {_shown(shape)}, and no number at [{', '.join(map(str, index))}].")
        offset = 0
        for i, size in zip(index, shape):
            offset = offset * size + i
        return self._starts[self.layout.names.index(name)] + offset

    def numbers(self, place: Place) -> range:
        """Where the numbers of a place stand in the flat buffer.

        Raises:
            ShapeError: There are no such numbers.
        """
        shape = self.shape(place.name)
        start = self.place(place.name, place.index or (0,) * len(shape))
        return range(start, start + (1 if place.index else math.prod(shape)))

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a parameter.

        Raises:
            ShapeError: There is no such parameter.
        """
        if name not in self.layout.names:
            raise ShapeError(f"The model has no parameter {quoted(name)}: {nearest(str(name), self.layout.names)}")
        return self.layout.shapes[self.layout.names.index(name)]

    def check_count(self, name: str, count: int) -> None:
        """Refuse a count of numbers that is not this parameter's.

        Raises:
            ShapeError: It is not, or there is no such parameter.
        """
        shape = self.shape(name)
        if count != math.prod(shape):
            raise ShapeError(f"{name} has shape {_shown(shape)}: it takes {math.prod(shape)} numbers, not {count}.")

    def fill(self, name: str, values: Sequence[float]) -> None:
        """Set all numbers of one parameter, row-major."""
        start = self.place(name, (0,) * len(self.shape(name)))
        self.values[start : start + len(values)] = torch.tensor(tuple(values), dtype=torch.float32)


def starts_of(layout: TensorLayout) -> tuple[list[int], int]:
    """Where each parameter starts, and the size of them all.

    Matrix products sum in another order, and so end in other bits, where a tensor starts between two vectors; in
    PyTorch's own memory none does.
    """
    starts, end = [], 0
    for size in map(math.prod, layout.shapes):
        start = -(-end // _VECTOR) * _VECTOR if size >= _VECTOR else end
        starts.append(start)
        end = start + size
    return starts, end


def aligned(shapes: Sequence[tuple[int, ...]]) -> tuple[list[memoryview], list[torch.Tensor]]:
    """Tensors in one memory, each starting where PyTorch's own would, and the bytes of each."""
    sizes = [_BYTES * math.prod(shape) for shape in shapes]
    starts = list(accumulate((-(-size // _LINE) * _LINE for size in sizes), initial=0))
    memory = bytearray(starts[-1] + _LINE)
    base = -torch.frombuffer(memory, dtype=torch.uint8).data_ptr() % _LINE
    tensors = [
        torch.frombuffer(memory, dtype=torch.float32, count=size // _BYTES, offset=base + start).view(shape)
        for shape, size, start in zip(shapes, sizes, starts)
    ]
    return [memoryview(memory)[base + start : base + start + size] for size, start in zip(sizes, starts)], tensors


def _shown(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) if shape else "of one number"
