"""An optimizer: every number moves by the learning rate, in the direction that its gradient's sign tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hltcore import optimizers

if TYPE_CHECKING:
    from torch.nn import Parameter
    from torch.optim import Optimizer

__all__ = ["entry"]


def _sign_sgd(parameters: list[Parameter], lr: float) -> Optimizer:
    import torch

    class SignSGD(torch.optim.Optimizer):
        def __init__(self) -> None:
            super().__init__(parameters, {"lr": lr})

        @torch.no_grad()
        def step(self, closure: None = None) -> None:
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        parameter.add_(parameter.grad.sign(), alpha=-group["lr"])

    return SignSGD()


entry = optimizers.register(
    "sign-sgd", _sign_sgd, formula="θ − lr·sign(g)", summary="steps of one size, by the gradient's sign"
)
