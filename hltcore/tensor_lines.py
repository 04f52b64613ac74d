"""Tensor lines: a step's tensors as JSON for an event log, small ones whole and large ones summed up.

All numbers of a line go into one buffer with one operation, so that a step costs microseconds on a small net, and one
copy from a graphics card.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from binascii import b2a_base64
from collections.abc import Sequence
from typing import NamedTuple

from hltcore._torch import torch
from hltcore.errors import ShapeError

__all__ = ["Named", "TensorLine", "size_of"]

_SIDE = 16
"""Rows and columns of a large tensor's picture at most."""
_SAMPLE = 4096
"""Numbers of which its quantiles are taken."""
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_FIGURES = 5 + len(_QUANTILES)


class Named(NamedTuple):
    """A tensor's place in a line.

    Attributes:
        field: The field of the line, such as "gradients".
        name: Its name there; None where the field is the tensor itself.
        shape: Its shape.
    """

    field: str
    name: str | None
    shape: tuple[int, ...]


def size_of(shape: tuple[int, ...], limit: int) -> int:
    """About how many bytes a tensor takes in a line."""
    size = math.prod(shape)
    return 100 + (4 * size + 2) // 3 * 4 if size <= limit else 400 + _SIDE * _SIDE * 16 // 3


class TensorLine:
    """Turns tensors of known shapes into the part of a line that holds them.

    Args:
        tensors: Their places, those of a field one after the other.
        limit: Tensors of at most that many numbers are whole.

    Attributes:
        whole: Whether all of them are.
    """

    def __init__(self, tensors: Sequence[Named], limit: int) -> None:
        self._large = [math.prod(tensor.shape) > limit for tensor in tensors]
        sizes = [
            _FIGURES + math.prod(_picture(tensor.shape)) if large else math.prod(tensor.shape)
            for tensor, large in zip(tensors, self._large)
        ]
        self._size = sum(sizes)
        memory = bytearray(4 * self._size or 4)
        self._numbers = torch.frombuffer(memory, dtype=torch.float32)[: self._size]
        self._parts: list[memoryview] = []
        start = 0
        for size in sizes:
            self._parts.append(memoryview(memory)[4 * start : 4 * (start + size)])
            start += size
        self.whole = not any(self._large)
        self._shapes = [tensor.shape for tensor in tensors]
        self._template = _template(tensors, self._large)

    def fill(self, tensors: Sequence[torch.Tensor]) -> bytes:
        """The text, ``,"field":{"name":…},…``, of tensors in the order of their places.

        Raises:
            ShapeError: They are not of the shapes that they were.
        """
        with torch.no_grad():
            pairs = zip(tensors, self._large)
            flat = [_figures(tensor) if large else tensor.reshape(-1) for tensor, large in pairs]
            if flat:
                self._gather(flat)
        return self._template % tuple(
            _summary(part, tensor, shape) if large else b2a_base64(part, newline=False)
            for part, tensor, large, shape in zip(self._parts, tensors, self._large, self._shapes)
        )

    def fill_flat(self, flat: list[torch.Tensor]) -> bytes:
        """The same, sooner, where all tensors are whole: of tensors without a graph and with one dimension.

        Raises:
            ShapeError: They are not of the sizes that they were.
            RuntimeError: They are part of a graph.
        """
        self._gather(flat)
        return self._template % tuple([b2a_base64(part, newline=False) for part in self._parts])

    def _gather(self, flat: list[torch.Tensor]) -> None:
        numbers = self._numbers
        if sum([part.numel() for part in flat]) != self._size:
            raise ShapeError("A tensor is not of the shape that it had before.")
        try:
            torch.cat(flat, out=numbers)
        except RuntimeError:  # several devices, or another than the processor
            device = flat[0].device
            numbers.copy_(torch.cat([part.to(device, torch.float32) for part in flat]))
        if sys.byteorder == "big":
            numbers.copy_(numbers.view(torch.uint8).reshape(-1, 4).flip(1).reshape(-1).view(torch.float32))


def _template(tensors: Sequence[Named], large: Sequence[bool]) -> bytes:
    text, field = "", None
    for tensor, summed in zip(tensors, large):
        if tensor.field != field:
            text += "}" if field else ""
            text += f",{_text(tensor.field)}:"
            text += "" if tensor.name is None else "{"
        elif tensor.name is not None:
            text += ","
        field = None if tensor.name is None else tensor.field
        text += "" if tensor.name is None else f"{_text(tensor.name)}:"
        text += "%b" if summed else f'"f4{_dimensions(tensor.shape)}:%b"'
    return (text + ("}" if field else "")).encode()


def _text(text: str) -> str:
    return json.dumps(text).replace("%", "%%").replace("\x7f", "\\u007f")


def _dimensions(shape: Sequence[int]) -> str:
    return f"[{','.join(map(str, shape))}]"


def _rows(shape: tuple[int, ...]) -> tuple[int, int]:
    """The shape of the matrix that a tensor is shown as."""
    rows = shape[0] if len(shape) > 1 else 1
    return rows, math.prod(shape) // rows


def _picture(shape: tuple[int, ...]) -> tuple[int, int]:
    rows, columns = _rows(shape)
    return min(rows, _SIDE), min(columns, _SIDE)


def _figures(tensor: torch.Tensor) -> torch.Tensor:
    """What is told of a large tensor, as one flat tensor; nothing here waits for a graphics card."""
    shape = tuple(tensor.shape)
    if tensor.is_sparse:
        tensor = tensor.to_dense()
    whole = tensor.detach()
    if whole.dtype not in (torch.float32, torch.float64):
        whole = whole.float()
    flat = whole.reshape(-1)
    length = torch.linalg.vector_norm
    low, high = torch.aminmax(flat)
    figures = torch.stack([length(flat), low, high, flat.mean(), length(flat, 1) / flat.numel()])
    ordered = flat[:: _stride(shape)][:_SAMPLE].sort().values
    places = [min(int(share * ordered.numel()), ordered.numel() - 1) for share in _QUANTILES]
    quantiles = torch.cat([ordered[place : place + 1] for place in places])
    pooled = torch.nn.functional.adaptive_avg_pool2d(flat.reshape(1, *_rows(shape)), _picture(shape))
    return torch.cat([figures, quantiles, pooled.reshape(-1)])


def _stride(shape: tuple[int, ...]) -> int:
    """The distance of the numbers in a sample: one that meets every column in turn."""
    columns = _rows(shape)[1]
    stride = max(1, math.prod(shape) // _SAMPLE)
    while stride > 1 and math.gcd(stride, columns) > 1:
        stride -= 1
    return stride


def _summary(part: memoryview, tensor: torch.Tensor, shape: tuple[int, ...]) -> bytes:
    norm, low, high, mean, mean_size, *quantiles = struct.unpack(f"<{_FIGURES}f", part[: 4 * _FIGURES])
    not_finite = 0
    if not math.isfinite(norm):
        not_finite = tensor.numel() - int(torch.isfinite(tensor).sum().item())
    matrix = b2a_base64(part[4 * _FIGURES :], newline=False).decode()
    return (
        f'{{"shape":{_dimensions(shape)},"norm":{_number(norm)},"low":{_number(low)},"high":{_number(high)},'
        f'"mean":{_number(mean)},"mean_size":{_number(mean_size)},"not_finite":{not_finite},'
        f'"quantiles":[{",".join(map(_number, quantiles))}],"matrix":"f4{_dimensions(_picture(shape))}:{matrix}"}}'
    ).encode()


def _number(value: float) -> str:
    """A float32 in JSON."""
    return f"{value:.9g}" if math.isfinite(value) else f'"{value}"'
