"""Gradient check: the gradients that autograd computes, beside differences of the loss itself.

For a number w of a parameter, all others held,

    ∂loss/∂w ≈ (loss(w + h) − loss(w − h)) / 2h

in float64, with h = ∛ε · max(1, |w|): the step at which the formula's own error, of the order of h², is about as
small as what rounding adds, ε/h (Press, Teukolsky, Vetterling and Flannery, Numerical Recipes, section 5.7). Both are
then near 1e-10, and whatever differs by more than 1e-5 of its size is wrong (Karpathy, CS231n, "Gradient checks";
Goodfellow, Bengio and Courville, Deep Learning, 2016, section 11.5).

Where the loss has a kink at w, as ``clamp`` has at z = 0 and |e| at e = 0, it has no derivative there: the slopes to
the left and to the right stay apart however small h becomes. Such a number is told of, and not compared.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from hltcore._torch import torch
from hltcore.engine import Engine
from hltcore.errors import StepError
from hltcore.failure import failure
from hltcore.feed import Examples

__all__ = ["TOLERANCE", "Gap", "GradientCheck", "check_gradients"]

TOLERANCE = 1e-5
"""The relative difference up to which two gradients agree."""
_SMALL = 0.01
"""The size of a gradient under which a difference is measured by this instead."""
_EPSILON = sys.float_info.epsilon
_STEP = _EPSILON ** (1 / 3)
_SHARES = (1, 1 / 16, 1 / 256)
"""Parts of the step that are tried: a kink nearby is out of the way of the smaller ones."""
_JUMP = 1e-3
"""The relative difference of the slopes to the left and to the right from which on a kink is looked for."""
_MOST = 256
"""Numbers of one parameter that are compared; of a larger one, so many spread evenly."""


@dataclass(frozen=True)
class Gap:
    """Two gradients of one number.

    Attributes:
        index: Its place in the parameter.
        autograd: ∂loss/∂w by autograd.
        difference: The same by differences of the loss.
        relative: How far they are apart, as a part of the larger one's size, or of 0.01 where both are smaller (or of
            what rounding makes of a large loss).
    """

    index: tuple[int, ...]
    autograd: float
    difference: float
    relative: float

    @property
    def absolute(self) -> float:
        """How far they are apart."""
        return abs(self.autograd - self.difference)


@dataclass(frozen=True)
class GradientCheck:
    """One parameter's gradient, beside differences of the loss.

    Attributes:
        name: The parameter.
        count: How many numbers it has.
        gaps: Those that were compared.
        kinks: The places of those that could not be: the loss has a kink there.
    """

    name: str
    count: int
    gaps: tuple[Gap, ...]
    kinks: tuple[tuple[int, ...], ...]

    @property
    def wrong(self) -> tuple[Gap, ...]:
        """The numbers at which they disagree, the worst first."""
        apart = [gap for gap in self.gaps if not gap.relative <= TOLERANCE]
        return tuple(sorted(apart, key=lambda gap: -gap.relative))

    @property
    def agrees(self) -> bool:
        """Whether no compared number disagrees."""
        return not self.wrong


def check_gradients(engine: Engine) -> tuple[GradientCheck, ...]:
    """Compare each parameter's gradient of the loss and the penalty over all examples; the engine is not changed.

    Raises:
        StepError: The loss cannot be computed, in float64, or is not finite.
    """
    twin = _in_float64(engine)
    whole = twin.feed.whole
    examples = Examples(whole.x.double(), whole.target.double(), whole.batch)
    try:
        gradients = twin.differentiate(examples)[-1]
        value = twin.objective(examples)
        if not math.isfinite(value):
            raise StepError(f"The loss is {value:g} here: there is no gradient to check.")
        named = dict(twin.model.named_parameters())
        return tuple(
            _check(name, named[name], gradient, lambda: twin.objective(examples))
            for name, gradient in gradients.items()
        )
    except Exception as error:
        raise failure(error, None) from error


def _in_float64(engine: Engine) -> Engine:
    """An engine of its own with the same parameters, which no step can be done with."""
    twin = Engine(engine.spec)
    twin.model.double()
    with torch.no_grad():
        for mine, its in zip(twin.model.parameters(), engine.model.parameters()):
            mine.copy_(its)
    return twin


def _check(name: str, parameter: torch.Tensor, gradient: torch.Tensor, objective: Callable[[], float]) -> GradientCheck:
    numbers, slopes = parameter.detach().view(-1), gradient.reshape(-1).tolist()
    indices = list(product(*map(range, parameter.shape)))
    gaps, kinks = [], []
    for place in _spread(len(indices)):
        gap = _compare(numbers, place, indices[place], slopes[place], objective)
        if gap is None:
            kinks.append(indices[place])
        else:
            gaps.append(gap)
    return GradientCheck(name, len(indices), tuple(gaps), tuple(kinks))


def _spread(count: int) -> Iterator[int]:
    yield from range(count) if count <= _MOST else (place * count // _MOST for place in range(_MOST))


def _compare(
    numbers: torch.Tensor, place: int, index: tuple[int, ...], slope: float, objective: Callable[[], float]
) -> Gap | None:
    """Both gradients of one number; None at a kink."""
    gaps: list[Gap] = []
    jumps: list[float] = []
    for share in _SHARES:
        left, right, rounding = _slopes(numbers, place, share, objective)
        difference = (left + right) / 2
        size = max(abs(slope), abs(difference), _SMALL, rounding / TOLERANCE)
        gaps.append(Gap(index, slope, difference, abs(slope - difference) / size))
        jumps.append(abs(right - left) / size)
        if gaps[-1].relative <= TOLERANCE and jumps[-1] <= _JUMP:
            return gaps[-1]
    # A smooth loss's two slopes come together as h shrinks, a kink's do not.
    if jumps[-1] > max(2 * TOLERANCE, jumps[0] / 2):
        return None
    return next((gap for gap in gaps if gap.relative <= TOLERANCE), gaps[0])


def _slopes(
    numbers: torch.Tensor, place: int, share: float, objective: Callable[[], float]
) -> tuple[float, float, float]:
    """The slopes to the left and to the right of a number, and how far off rounding may make them."""
    here = numbers[place].item()
    step = share * _STEP * max(1.0, abs(here))
    values = []
    for number in (here - step, here, here + step):
        numbers[place] = number
        values.append(objective())
    numbers[place] = here
    low, middle, high = values
    rounding = 4 * _EPSILON * max(map(abs, values)) / step
    return (middle - low) / (here - (here - step)), (high - middle) / ((here + step) - here), rounding
