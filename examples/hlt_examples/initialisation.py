"""An initialisation: every matrix hands on what enters it, as far as its shape allows; biases are 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hltcore import initialisations

if TYPE_CHECKING:
    from torch.nn import Module

__all__ = ["entry"]


def _identity(model: Module) -> None:
    from torch.nn.init import eye_, zeros_

    for parameter in model.parameters():
        if parameter.dim() == 2:
            eye_(parameter)
        else:
            zeros_(parameter)


entry = initialisations.register("identity", _identity, summary="each matrix 1 on its diagonal and 0 elsewhere")
