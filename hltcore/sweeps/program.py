"""Program: tensor operations written down once, on buffers that stay, and then done again at every step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hltcore._torch import torch
from hltcore.sweeps.summation import Fused, Order, number_of, spine

__all__ = ["Program", "Scratch", "Term", "add_up"]

Tensor = torch.Tensor
Term = tuple[Tensor, ...]
"""A term of a sum: a tensor, or two that are multiplied."""


class Program:
    """Operations in order; calling it does them all."""

    def __init__(self) -> None:
        self._calls: list[Callable[[], object]] = []

    def add(self, operation: Callable[..., object], *arguments: Any, **options: Any) -> None:
        """Write down one more."""
        self._calls.append(partial(operation, *arguments, **options) if arguments or options else operation)

    def __call__(self) -> None:
        """Do them all."""
        for call in self._calls:
            call()


class Scratch:
    """Memory for what is needed within one operation only, shared by all that ask for the same shape."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], Tensor] = {}

    def __call__(self, use: str, shape: tuple[int, ...]) -> Tensor:
        """A tensor of that shape; what it holds is another use's only where the words are the same."""
        key = (use, shape)
        if key not in self._kept:
            self._kept[key] = torch.zeros(shape)
        return self._kept[key]


def add_up(
    program: Program,
    order: Order,
    term: Callable[[int], Term],
    out: Tensor,
    scratch: Scratch,
    depth: int = 0,
) -> None:
    """Write down a sum in a certain order.

    Args:
        program: Where to.
        order: In which order.
        term: Gives each term.
        out: Where the sum goes; no term may share its memory.
        scratch: Memory to use.
        depth: How deep inside another sum this one is.
    """
    lowest, parts = spine(order)

    def value(part: Order) -> Tensor:
        factors = () if isinstance(part, tuple) else term(number_of(part))
        if len(factors) == 1:
            return factors[0]
        held = scratch(f"part {depth}", tuple(out.shape))
        if factors:
            program.add(torch.mul, *factors, out=held)
        else:
            add_up(program, part, term, held, scratch, depth + 1)
        return held

    first = term(number_of(lowest))
    so_far = out
    if len(first) == 1 and parts:
        so_far = first[0]
    elif len(first) == 1:
        program.add(out.copy_, first[0])
    elif isinstance(lowest, Fused):
        program.add(torch.addcmul, value(parts.pop(0)), *first, out=out)
    else:
        program.add(torch.mul, *first, out=out)
    for part in parts:
        factors = term(part.number) if isinstance(part, Fused) else ()
        if len(factors) == 2:
            program.add(torch.addcmul, so_far, *factors, out=out)
        else:
            program.add(torch.add, so_far, value(part), out=out)
        so_far = out
