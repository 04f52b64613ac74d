"""A model: a hidden layer that also lets x itself pass to the output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hltcore import models
from hltcore.options import integer

if TYPE_CHECKING:
    from torch.nn import Module

__all__ = ["entry"]


def _skip_net(inputs: int, width: int) -> Module:
    import torch  # late: to list the models costs no torch import

    class SkipNet(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.hidden = torch.nn.Linear(inputs, width)
            self.out = torch.nn.Linear(inputs + width, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.out(torch.cat((x, torch.tanh(self.hidden(x))), dim=-1))

    return SkipNet()


entry = models.register(
    "skip-net",
    _skip_net,
    summary="a hidden layer with tanh, and x itself beside it",
    options=(integer("width", 3, "units in the hidden layer", minimum=1, maximum=64),),
)
