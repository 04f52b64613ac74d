"""Mersenne: the first numbers of PyTorch's random generator for many seeds at once.

The generator is the Mersenne Twister of Matsumoto and Nishimura ("Mersenne Twister: a 623-dimensionally equidistributed
uniform pseudo-random number generator", 1998); a seed's lowest 32 bits fill its memory, and 24 of the bits it gives
make a float32 from 0 up to 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from hltcore._torch import torch

__all__ = ["MOST", "uniform"]

_SIZE, _SHIFT = 624, 397
_WORD = 0xFFFFFFFF

MOST = _SIZE - _SHIFT
"""Numbers that depend on the memory as it was filled, and on nothing that was drawn before."""


def uniform(seeds: Sequence[int], count: int) -> torch.Tensor:
    """The first numbers from 0 up to 1 that each seed draws.

    Args:
        seeds: The seeds.
        count: How many numbers, at most ``MOST``.

    Returns:
        A tensor of shape (count, seeds).
    """
    word = torch.tensor([seed & _WORD for seed in seeds], dtype=torch.int64)
    memory = torch.empty((_SHIFT + count, len(seeds)), dtype=torch.int64)
    shifted = torch.empty_like(word)
    for number in range(len(memory)):
        if number:
            torch.bitwise_right_shift(word, 30, out=shifted)
            word.bitwise_xor_(shifted).mul_(1812433253).add_(number).bitwise_and_(_WORD)
        memory[number] = word
    this, following, far = memory[:count], memory[1 : count + 1], memory[_SHIFT : _SHIFT + count]
    mixed = (this & 0x80000000) | (following & 0x7FFFFFFF)
    drawn = far ^ (mixed >> 1) ^ ((mixed & 1) * 0x9908B0DF)
    drawn ^= drawn >> 11
    drawn ^= (drawn << 7) & 0x9D2C5680
    drawn ^= (drawn << 15) & 0xEFC60000
    drawn ^= drawn >> 18
    return (drawn & 0xFFFFFF).to(torch.float32) * 2.0**-24
