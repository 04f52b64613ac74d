"""Program: tensor operations written down once, on buffers that stay, and then done again at every step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hltcore._torch import torch
from hltcore.sweeps.summation import Order, spine

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
    fused: bool,
    scratch: Scratch,
    depth: int = 0,
) -> None:
    """Write down a sum in a certain order.

    Args:
        program: Where to.
        order: In which order.
        term: Gives each term.
        out: Where the sum goes; no term may share its memory.
        fused: Whether a product and the addition of it are rounded once, not twice.
        scratch: Memory to use.
        depth: How deep inside another sum this one is.
    """
    lowest, parts = spine(order)
    so_far = term(lowest)
    if not parts:
        if len(so_far) == 2:
            program.add(torch.mul, *so_far, out=out)
        else:
            program.add(out.copy_, so_far[0])
        return
    for part in parts:
        added = term(part) if isinstance(part, int) else ()
        if fused and len(so_far) == 2 and len(added) == 1:
            so_far, added = added, so_far
        if len(so_far) == 2:
            program.add(torch.mul, *so_far, out=out)
            so_far = (out,)
        if len(added) == 2 and fused:
            program.add(torch.addcmul, so_far[0], *added, out=out)
        elif len(added) == 1:
            program.add(torch.add, so_far[0], added[0], out=out)
        else:
            value = scratch(f"part {depth}", tuple(out.shape))
            if added:
                program.add(torch.mul, *added, out=value)
            else:
                add_up(program, part, term, value, fused, scratch, depth + 1)
            program.add(torch.add, so_far[0], value, out=out)
        so_far = (out,)
