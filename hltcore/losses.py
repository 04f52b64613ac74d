"""Losses by name. A factory imports torch, so that listing losses costs no torch import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hltcore.errors import TargetError
from hltcore.models import Output
from hltcore.options import Option
from hltcore.registry import Entry, Registry

if TYPE_CHECKING:
    from torch import Tensor

    LossFunction = Callable[[Tensor, Tensor], Tensor]

__all__ = ["LossEntry", "register", "registry"]


@dataclass(frozen=True)
class LossEntry(Entry):
    """A loss that a spec can name.

    ``factory(output, **options)`` returns a function of predictions and targets (tensors of the same shape) to a
    tensor with one element: the sum over the batch.

    Attributes:
        formula: The loss of one example, for a model whose output is any real number.
        probability_formula: The same for a model whose output is a probability; empty when there is no difference.
        targets: The closed range in which targets must lie, or None for any.
        logits: Whether a real output is taken as a logit, so that the prediction turns at 0 and not at 0.5.
    """

    formula: str = ""
    probability_formula: str = ""
    targets: tuple[float, float] | None = None
    logits: bool = False

    def formula_for(self, output: Output) -> str:
        """The formula in use for a kind of model output."""
        return self.probability_formula if output == "probability" and self.probability_formula else self.formula

    def threshold(self, output: Output) -> float:
        """The prediction from which on class 1 is predicted."""
        return 0.0 if self.logits and output == "real" else 0.5

    def check_targets(self, targets: tuple[float, ...]) -> None:
        """Refuse targets outside the range of this loss.

        Raises:
            TargetError: One lies outside.
        """
        if self.targets is None:
            return
        low, high = self.targets
        for target in targets:
            if not low <= target <= high:
                raise TargetError(
                    f"The loss {self.name} needs targets in [{low:g}, {high:g}], and the data set has {target:g}."
                )


registry: Registry[LossEntry] = Registry("loss", "hltcore.losses", LossEntry)


def register(
    name: str,
    factory: Callable[..., LossFunction],
    *,
    formula: str = "",
    probability_formula: str = "",
    targets: tuple[float, float] | None = None,
    logits: bool = False,
    summary: str = "",
    aliases: tuple[str, ...] = (),
    options: tuple[Option, ...] = (),
) -> LossEntry:
    """Add a loss.

    Args:
        name: Its name in specs.
        factory: Called with the model's kind of output ("probability" or "real") and the options as keywords;
            returns a function of predictions and targets (same shape) to a tensor of one element, the batch's sum.
        formula: The loss of one example in ŷ and y.
        probability_formula: The same for a probability, where it differs.
        targets: The closed range in which targets must lie.
        logits: Whether a real output is taken as a logit.
        summary: One line for lists.
        aliases: Other names.
        options: Settings of the factory.

    Raises:
        RegistryError: A name is malformed or taken.
    """
    return registry.add(
        LossEntry(name, factory, summary, aliases, options, formula, probability_formula, targets, logits)
    )


def _difference(output: Output) -> LossFunction:
    return lambda prediction, target: (prediction - target).sum()


def _l1(output: Output) -> LossFunction:
    from torch.nn.functional import l1_loss

    return lambda prediction, target: l1_loss(prediction, target, reduction="sum")


def _mse(output: Output) -> LossFunction:
    from torch.nn.functional import mse_loss

    return lambda prediction, target: mse_loss(prediction, target, reduction="sum")


def _cross_entropy(output: Output) -> LossFunction:
    # On a real output -log(ŷ) is undefined outside (0, 1): there the output is taken as a logit.
    from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits

    function = binary_cross_entropy if output == "probability" else binary_cross_entropy_with_logits
    return lambda prediction, target: function(prediction, target, reduction="sum")


register("difference", _difference, formula="ŷ − y", summary="signed: being too low is rewarded", aliases=("diff",))
register("l1", _l1, formula="|ŷ − y|", summary="absolute error", aliases=("mae",))
register("mse", _mse, formula="(ŷ − y)²", summary="squared error, summed over the batch", aliases=("squared",))
register(
    "cross-entropy",
    _cross_entropy,
    formula="−y ln σ(ŷ) − (1 − y) ln(1 − σ(ŷ))",
    probability_formula="−y ln ŷ − (1 − y) ln(1 − ŷ)",
    targets=(0.0, 1.0),
    logits=True,
    summary="binary cross-entropy; a real output is taken as a logit",
    aliases=("bce", "ce"),
)
