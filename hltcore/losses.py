"""Losses by name. A factory imports torch, so that listing losses costs no torch import."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hltcore.dataset import Dataset
from hltcore.errors import TargetError, quoted
from hltcore.models import Output
from hltcore.options import Option
from hltcore.registry import Entry, Registry
from hltcore.written import Written

if TYPE_CHECKING:
    from torch import Tensor

    LossFunction = Callable[[Tensor, Tensor], Tensor]

__all__ = ["Form", "LossEntry", "register", "registry"]


@dataclass(frozen=True)
class Form:
    """A loss of one example, for one kind of model output, told without torch.

    Attributes:
        formula: The loss in ŷ and y, as a person reads it.
        value: The loss from ŷ and y; None where nobody gave it.
        slope: ∂loss/∂ŷ from ŷ and y; None where nobody gave it.
        slope_formula: The slope as a person reads it.
    """

    formula: str = ""
    value: Callable[[float, float], float] | None = None
    slope: Callable[[float, float], float] | None = None
    slope_formula: str = ""


@dataclass(frozen=True)
class LossEntry(Entry):
    """A loss that a spec can name.

    ``factory(output, **options)`` returns a function of predictions and targets (tensors of the same shape) to a
    tensor with one element: the sum over the batch.

    Attributes:
        real: The loss on a model output that is any real number.
        probability: The loss on a probability, where it differs.
        targets: The closed range in which targets must lie, or None for any.
        logits: Whether a real output is taken as a logit, so that the prediction turns at 0 and not at 0.5.
    """

    real: Form = Form()
    probability: Form | None = None
    targets: tuple[float, float] | None = None
    logits: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """Its formulas."""
        formulas = [self.real.formula, self.probability.formula if self.probability else ""]
        told = " or, of a probability, ".join(filter(None, formulas))
        return (told,) if told else ()

    def form_for(self, output: Output) -> Form:
        """The form in use for a kind of model output."""
        return self.probability if output == "probability" and self.probability else self.real

    def threshold(self, output: Output) -> float:
        """The prediction from which on class 1 is predicted, of data with two classes."""
        return 0.0 if self.logits and output == "real" else 0.5

    def check_data(self, data: Dataset) -> None:
        """Refuse data that this loss is not for.

        Raises:
            TargetError: A target lies outside its range; or it has a range, and the targets are no classes.
        """
        if self.targets is None:
            return
        if not data.classes:
            raise TargetError(
                f"The loss {self.name} compares with one of two classes, and the targets of {quoted(data.name)} are "
                "numbers: use loss=mse or loss=l1."
            )
        low, high = self.targets
        for target in data.targets:
            if not low <= target <= high:
                raise TargetError(
                    f"The loss {self.name} needs targets in [{low:g}, {high:g}], and the data set has {target:g}."
                )


registry: Registry[LossEntry] = Registry("loss", "hltcore.losses", LossEntry)


def register(
    name: str,
    factory: Callable[..., LossFunction],
    *,
    real: Form = Form(),
    probability: Form | None = None,
    targets: tuple[float, float] | None = None,
    logits: bool = False,
    summary: str = "",
    aliases: tuple[str, ...] = (),
    options: tuple[Option, ...] = (),
    script: Callable[..., Written] | None = None,
) -> LossEntry:
    """Add a loss.

    Args:
        name: Its name in specs.
        factory: Called with the model's kind of output ("probability" or "real") and the options as keywords;
            returns a function of predictions and targets (same shape) to a tensor of one element, the batch's sum.
        real: Formula, value and slope of one example's loss, for the screen and the chain rule.
        probability: The same on a probability, where it differs.
        targets: The closed range in which targets must lie.
        logits: Whether a real output is taken as a logit.
        summary: One line for lists.
        aliases: Other names.
        options: Settings of the factory.
        script: Tells how it is written in a plain script: gets what the factory gets, and returns a ``Written``.

    Raises:
        RegistryError: A name is malformed or taken.
    """
    return registry.add(
        LossEntry(name, factory, summary, aliases, options, real, probability, targets, logits, script=script)
    )


def _difference(output: Output) -> LossFunction:
    return lambda prediction, target: (prediction - target).sum()


def _l1(output: Output) -> LossFunction:
    from hltcore._torch import torch

    l1_loss = torch.nn.functional.l1_loss

    return lambda prediction, target: l1_loss(prediction, target, reduction="sum")


def _mse(output: Output) -> LossFunction:
    from hltcore._torch import torch

    mse_loss = torch.nn.functional.mse_loss

    return lambda prediction, target: mse_loss(prediction, target, reduction="sum")


def _cross_entropy(output: Output) -> LossFunction:
    # On a real output -log(ŷ) is undefined outside (0, 1): there the output is taken as a logit.
    from hltcore._torch import torch

    binary_cross_entropy = torch.nn.functional.binary_cross_entropy
    binary_cross_entropy_with_logits = torch.nn.functional.binary_cross_entropy_with_logits

    function = binary_cross_entropy if output == "probability" else binary_cross_entropy_with_logits
    return lambda prediction, target: function(prediction, target, reduction="sum")


def _written(name: str) -> Callable[[Output], Written]:
    """A loss that PyTorch has as a class."""
    return lambda output: Written(f'torch.nn.{name}(reduction="sum")')


def _written_difference(output: Output) -> Written:
    return Written("difference", "def difference(y_pred, y):\n    return (y_pred - y).sum()")


def _written_cross_entropy(output: Output) -> Written:
    return _written("BCELoss" if output == "probability" else "BCEWithLogitsLoss")(output)


def _sign(value: float) -> float:
    return 0.0 if value == 0 else math.copysign(1.0, value)


def _log(value: float) -> float:
    # PyTorch bounds the logarithm in its cross-entropy at -100.
    return max(math.log(value), -100.0) if value > 0 else -100.0


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def _logit_loss(z: float, y: float) -> float:
    return max(z, 0.0) - z * y + math.log1p(math.exp(-abs(z)))


register(
    "difference",
    _difference,
    real=Form("ŷ − y", lambda p, y: p - y, lambda p, y: 1.0, "1"),
    summary="signed: being too low is rewarded",
    aliases=("diff",),
    script=_written_difference,
)
register(
    "l1",
    _l1,
    real=Form("|ŷ − y|", lambda p, y: abs(p - y), lambda p, y: _sign(p - y), "sign(ŷ − y)"),
    summary="absolute error",
    aliases=("mae",),
    script=_written("L1Loss"),
)
register(
    "mse",
    _mse,
    real=Form("(ŷ − y)²", lambda p, y: (p - y) ** 2, lambda p, y: 2 * (p - y), "2(ŷ − y)"),
    summary="squared error, summed over the batch",
    aliases=("squared",),
    script=_written("MSELoss"),
)
register(
    "cross-entropy",
    _cross_entropy,
    real=Form("−y ln σ(ŷ) − (1 − y) ln(1 − σ(ŷ))", _logit_loss, lambda z, y: _sigmoid(z) - y, "σ(ŷ) − y"),
    probability=Form(
        "−y ln ŷ − (1 − y) ln(1 − ŷ)",
        lambda p, y: -y * _log(p) - (1 - y) * _log(1 - p),
        lambda p, y: (p - y) / max(p * (1 - p), 1e-12),
        "(ŷ − y) / (ŷ(1 − ŷ))",
    ),
    targets=(0.0, 1.0),
    logits=True,
    summary="binary cross-entropy; a real output is taken as a logit",
    aliases=("bce", "ce"),
    script=_written_cross_entropy,
)
