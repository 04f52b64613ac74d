"""Functions of one number each, for all seeds at once, on the path through PyTorch's code that a single run takes.

A sigmoid has two versions in PyTorch, one for whole vectors of a tensor and one for what is left at its end, and they
differ in the last bit now and then. A run's own tensors are mostly too short for the first; ours are long. Which
numbers of a run take which path is found out by trying, and both paths can be taken on purpose. The derivatives are
those of a run's own step in ``hltcore.slopes``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from hltcore._torch import torch
from hltcore.sweeps.program import Program, Scratch
from hltcore.sweeps.summation import UnknownOrder

__all__ = ["FINITE_CLAMP_SLOPE", "LANES", "Function", "activate", "emit", "paths", "slope"]

Tensor = torch.Tensor

LANES = 64
"""Tensors whose sizes are multiples of it have nothing left at their ends, on any processor."""

_SPLIT = 1 << 15
"""Numbers from which on PyTorch shares an operation among threads, and then cuts where it likes."""

_TRIALS = 16 * LANES


@dataclass(frozen=True)
class Function:
    """A function of one or two numbers, done elementwise.

    Attributes:
        name: Its name.
        single: As a run does it.
        into: The same with the result put into the last argument.
        arity: How many numbers it takes.
        exact: Whether no path differs from another, so that nothing need be tried.
    """

    name: str
    single: Callable[..., Tensor]
    into: Callable[..., object]
    arity: int = 1
    exact: bool = False


_ZERO = torch.zeros(())
_BELOW_ZERO = -(2.0**-149)
"""The highest float32 below 0."""


def _into(operation: Callable[..., object], **options: object) -> Callable[..., object]:
    return lambda *arguments: operation(*arguments[:-1], **options, out=arguments[-1])


def _clamp_slope(gradient: Tensor, z: Tensor, out: Tensor) -> None:
    torch.where(z >= 0, gradient, _ZERO, out=out)


_aten = torch.ops.aten
_threshold = _aten.threshold_backward.grad_input


def _finite_clamp_slope(gradient: Tensor, z: Tensor, out: Tensor) -> None:
    _threshold(gradient, z, _BELOW_ZERO, grad_input=out)  # open above it: one operation in place of two, but for NaN


def _relu_slope(gradient: Tensor, a: Tensor, out: Tensor) -> None:
    _threshold(gradient, a, 0, grad_input=out)


activate: dict[str, Function] = {
    "clamp": Function("clamp", lambda z: z.clamp(min=0), _into(torch.clamp, min=0), exact=True),
    "relu": Function("relu", torch.relu, _into(torch.clamp, min=0), exact=True),
    "sigmoid": Function("sigmoid", torch.sigmoid, _into(torch.sigmoid)),
    "tanh": Function("tanh", torch.tanh, _into(torch.tanh)),
}
"""Each activation function, from z."""


def _backward(operation: Callable[..., object]) -> Callable[..., object]:
    return lambda *arguments: operation(*arguments[:-1], grad_input=arguments[-1])


slope: dict[str, Function] = {
    "clamp": Function("clamp'", _aten.where, _clamp_slope, 2, exact=True),
    "relu": Function("relu'", _aten.where, _relu_slope, 2, exact=True),
    "sigmoid": Function("sigmoid'", _aten.sigmoid_backward, _backward(_aten.sigmoid_backward.grad_input), 2),
    "tanh": Function("tanh'", _aten.tanh_backward, _backward(_aten.tanh_backward.grad_input), 2),
}
"""What the gradient of an activation a becomes on the way to z: from that gradient and a; for clamp, from it and z."""


FINITE_CLAMP_SLOPE = Function("finite clamp'", _aten.where, _finite_clamp_slope, 2, exact=True)
"""The slope of clamp where z is no NaN."""


def paths(function: Function, numbers: int) -> tuple[bool, ...]:
    """For each number of a run's tensor, whether it takes the path of whole vectors.

    Args:
        function: The function.
        numbers: How many numbers the run's tensor has.

    Raises:
        UnknownOrder: It takes neither path.
    """
    if function.exact:
        return (True,) * numbers
    generator = torch.Generator().manual_seed(0)
    shape = (numbers, _TRIALS)
    given = [3 * torch.randn(*shape, generator=generator) for _ in range(function.arity)]
    if function.arity == 2:
        given[1] = torch.rand(*shape, generator=generator)
    done = [function.single(*(values[:, i].contiguous() for values in given)) for i in range(_TRIALS)]
    wanted = torch.stack(done, 1)
    vectors, rest = torch.zeros(shape), torch.zeros(shape)
    program, scratch = Program(), Scratch()
    for out, path in ((vectors, True), (rest, False)):
        _emit_rows(program, function, given, out, path, scratch)
    program()
    found = []
    for row in range(numbers):
        path = torch.equal(vectors[row], wanted[row])
        if not path and not torch.equal(rest[row], wanted[row]):
            raise UnknownOrder
        found.append(path)
    return tuple(found)


def emit(
    program: Program, function: Function, given: list[Tensor], out: Tensor, paths: tuple[bool, ...], scratch: Scratch
) -> None:
    """Write down a function.

    Args:
        program: Where to.
        function: The function.
        given: What it takes, of shape (rows, units, seeds) each.
        out: Where the result goes.
        paths: The path of each number of a run's tensor, of shape (rows, units).
        scratch: Memory to use.
    """
    flat = [values.reshape(-1, values.shape[-1]) for values in given]
    result = out.view(-1, out.shape[-1])
    row = 0
    for path, same in groupby(paths):
        end = row + len(list(same))
        _emit_rows(program, function, [values[row:end] for values in flat], result[row:end], path, scratch)
        row = end


def _emit_rows(
    program: Program, function: Function, given: list[Tensor], out: Tensor, path: bool, scratch: Scratch
) -> None:
    seeds = out.shape[1]
    if function.exact:
        program.add(function.into, *given, out)
        return
    height = max(1, _SPLIT // seeds)
    for start in range(0, len(out), height):
        rows = slice(start, start + height)
        part = out[rows]
        if path:
            program.add(function.into, *(values[rows] for values in given), part)
        else:  # results with gaps between them: PyTorch then takes each number by itself
            gaps = scratch("gaps", (len(part), seeds, 2))[..., 0]
            program.add(function.into, *(values[rows] for values in given), gaps)
            program.add(part.copy_, gaps)
