"""Criteria: the losses of all seeds' predictions, and their slopes, as a single run computes them.

The slopes are those of a run's own step in ``hltcore.slopes``.
"""

from __future__ import annotations

from collections.abc import Callable

from hltcore import losses
from hltcore._torch import torch
from hltcore.spec import RunSpec
from hltcore.sweeps.functions import activate, emit
from hltcore.sweeps.program import Program, Scratch

__all__ = ["emit_slope", "loss_of"]

Tensor = torch.Tensor
_F = torch.nn.functional

_VALUES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "difference": lambda prediction, target: prediction - target,
    "l1": lambda prediction, target: _F.l1_loss(prediction, target.expand_as(prediction), reduction="none"),
    "mse": lambda prediction, target: _F.mse_loss(prediction, target.expand_as(prediction), reduction="none"),
}


def emit_slope(
    program: Program,
    spec: RunSpec,
    output: str,
    prediction: Tensor,
    target: Tensor,
    out: Tensor,
    paths: tuple[bool, ...],
    scratch: Scratch,
) -> None:
    """Write down the gradient of the loss with respect to the prediction.

    Args:
        program: Where to.
        spec: Says which loss.
        output: The model's kind of output.
        prediction: Of shape (rows, 1, seeds).
        target: Of that shape, or (rows, 1, 1).
        out: Where it goes, of the prediction's shape.
        paths: The paths of a sigmoid of the prediction; looked at for cross-entropy of a real output alone.
        scratch: Memory to use.
    """
    if spec.loss == "difference":
        program.add(out.fill_, 1.0)
    elif spec.loss == "l1":
        program.add(torch.sub, prediction, target, out=out)
        program.add(torch.sgn, out, out=out)
    elif spec.loss == "mse":
        program.add(torch.sub, prediction, target, out=out)
        program.add(torch.add, out, out, out=out)
    elif spec.loss == "cross-entropy" and output == "probability":
        one = torch.ones(prediction.shape)
        wanted = target.expand(prediction.shape).contiguous() if target.shape[-1] == 1 else target
        backward = torch.ops.aten.binary_cross_entropy_backward.grad_input
        program.add(backward, one, prediction, wanted, None, 2, grad_input=out)
    elif spec.loss == "cross-entropy":
        emit(program, activate["sigmoid"], [prediction], out, paths, scratch)
        program.add(torch.sub, out, target, out=out)
    else:
        program.add(_differentiated, losses.registry.get(spec.loss), spec, output, prediction, target, out)


def _differentiated(
    entry: losses.LossEntry, spec: RunSpec, output: str, prediction: Tensor, target: Tensor, out: Tensor
) -> None:
    """The slope of somebody else's loss, from autograd: it is a sum over examples, and so over seeds."""
    wanted = target.expand(prediction.shape).reshape(-1, 1)
    with torch.enable_grad():
        leaf = prediction.detach().reshape(-1, 1).requires_grad_()
        loss = entry.factory(output, **spec.options_of("loss"))(leaf, wanted)
        out.copy_(torch.autograd.grad(loss, leaf)[0].view(out.shape))


def _of_probability(prediction: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy, NaN where the prediction is: PyTorch's refuses that."""
    undefined = prediction.isnan()
    defined = prediction.masked_fill(undefined, 0.5)
    return _F.binary_cross_entropy(defined, target.expand_as(defined), reduction="none").masked_fill(
        undefined, torch.nan
    )


def loss_of(spec: RunSpec, output: str) -> Callable[[Tensor, Tensor], Tensor]:
    """A function of the predictions for an example, of shape (seeds,), and its target (1,) to the losses."""
    if spec.loss in _VALUES:
        return _VALUES[spec.loss]
    if spec.loss == "cross-entropy" and output == "probability":
        return _of_probability
    if spec.loss == "cross-entropy":
        return lambda p, t: _F.binary_cross_entropy_with_logits(p, t.expand_as(p), reduction="none")
    function = losses.registry.get(spec.loss).factory(output, **spec.options_of("loss"))

    def each(prediction: Tensor, target: Tensor) -> Tensor:
        wanted = target.expand_as(prediction)
        values = [
            float(function(p.reshape(1), t.reshape(1))) for p, t in zip(prediction.reshape(-1), wanted.reshape(-1))
        ]
        return torch.tensor(values).view(prediction.shape)

    return each
