"""The chain rule of one step, factor by factor, computed from its event.

For a layer with input a, pre-activation z = W a + b and activation f(z), the loss reaches a weight through three
factors (Rumelhart, Hinton and Williams, 1986):

    ∂loss/∂W[i,j] = ∂loss/∂f(z)[i] · f′(z[i]) · a[j],    ∂loss/∂b[i] = ∂loss/∂f(z)[i] · f′(z[i])

and it reaches the layer below through ∂loss/∂a[j] = Σᵢ ∂loss/∂z[i] · W[i,j]. At the output, f(z) is the prediction ŷ.
In an embedding table every word has a row of its own, and a[j] is the word's share of the example's counts: 0 where the
example does not have it, so that its row gets no gradient.
Regularisation adds to a weight's gradient what the penalty l1·Σ|w| + (l2/2)·Σw² has for it: l1·sign(w) + l2·w.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hltcore.errors import ChainError, ShapeError, nearest, quoted
from hltcore.layers import EMBEDDING, activates, by_unit, entering, is_table, unit_and_source
from hltcore.losses import Form

if TYPE_CHECKING:
    from hltcore.events import PhaseEvent, StepEvent

__all__ = ["SLOPES", "Chain", "ExampleChain", "Factor", "LayerChain", "Story", "chain"]

_MOST = 1000
"""Examples in a step of which each one's way is told."""

SLOPES: dict[str, Callable[[float, float], float]] = {
    EMBEDDING: lambda z, a: 1.0,
    "identity": lambda z, a: 1.0,
    "clamp": lambda z, a: 1.0 if z >= 0 else 0.0,  # PyTorch's clamp lets the gradient pass at 0
    "relu": lambda z, a: 1.0 if z > 0 else 0.0,
    "sigmoid": lambda z, a: a * (1.0 - a),
    "tanh": lambda z, a: 1.0 - a * a,
}
"""The derivative f′ of each activation function, from the pre-activation z and the activation a = f(z)."""


@dataclass(frozen=True)
class Factor:
    """One factor of a product.

    Attributes:
        symbol: What it is, as a textbook writes it.
        value: Its value in this step.
        formula: How it came about, with the numbers put in; empty when it is a plain number.
    """

    symbol: str
    value: float
    formula: str = ""


@dataclass(frozen=True)
class LayerChain:
    """One layer in the backward pass of one example.

    Attributes:
        name: The layer.
        function: Its activation function.
        inputs: What it weighs: what entered it, or for an embedding table each word's share of the counts.
        pre_activations: z, one for each unit.
        activations: f(z).
        arriving: ∂loss/∂f(z), from the layer above, or from the loss.
        slopes: f′(z).
        deltas: ∂loss/∂z, the product of the two.
    """

    name: str
    function: str
    inputs: tuple[float, ...]
    pre_activations: tuple[float, ...]
    activations: tuple[float, ...]
    arriving: tuple[float, ...]
    slopes: tuple[float, ...]
    deltas: tuple[float, ...]


@dataclass(frozen=True)
class ExampleChain:
    """The backward pass of one example.

    Attributes:
        label: The example's name.
        x: Its input.
        prediction: ŷ.
        target: y.
        loss_slope: ∂loss/∂ŷ.
        layers: From the first to the last.
    """

    label: str
    x: tuple[float, ...]
    prediction: float
    target: float
    loss_slope: float
    layers: tuple[LayerChain, ...]


@dataclass(frozen=True)
class Story:
    """How the loss reaches one number of one parameter.

    Attributes:
        name: The parameter.
        index: Its place there.
        value: Its value before the update.
        gradient: ∂loss/∂value: the sum of the products and the penalties.
        products: For each example, its label and the factors whose product is its share of the gradient.
        penalties: What regularisation adds; each is a summand. None for a bias, or without regularisation.
    """

    name: str
    index: tuple[int, ...]
    value: float
    gradient: float
    products: tuple[tuple[str, tuple[Factor, ...]], ...]
    penalties: tuple[Factor, ...] = ()


@dataclass(frozen=True)
class Chain:
    """The backward pass of one step.

    Attributes:
        examples: The batch, one backward pass each.
    """

    examples: tuple[ExampleChain, ...]
    _event: StepEvent | PhaseEvent
    _l1: float = 0.0
    _l2: float = 0.0

    def story(self, name: str, index: Sequence[int]) -> Story:
        """How the loss reaches one number.

        Args:
            name: A parameter ("linear1.weight").
            index: Its place there: (unit, input) in a weight, (row, unit) in an embedding table, (unit,) in a bias.

        Raises:
            ShapeError: There is no such number.
        """
        layer, _, part = name.rpartition(".")
        shapes = dict(zip(self._event.layout.parameters.names, self._event.layout.parameters.shapes))
        if name not in shapes:
            raise ShapeError(f"The model has no parameter {quoted(name)}: {nearest(name, shapes)}")
        place = tuple(index)
        if len(place) != len(shapes[name]) or not all(0 <= i < n for i, n in zip(place, shapes[name])):
            raise ShapeError(f"{name} has no number at [{', '.join(map(str, place))}].")
        names = [item.name for item in self.examples[0].layers]
        depth = names.index(layer)
        products = tuple(
            (example.label, self._factors(example, depth, place, weight=part == "weight")) for example in self.examples
        )
        value = self._event.parameters[name]
        for i in place:
            value = value[i]
        penalties = self._penalties(value) if len(place) > 1 else ()
        gradient = sum(math.prod(factor.value for factor in factors) for _, factors in products)
        gradient += sum(penalty.value for penalty in penalties)
        return Story(name, place, value, gradient, products, penalties)

    def _penalties(self, weight: float) -> tuple[Factor, ...]:
        sign = 0.0 if weight == 0 else math.copysign(1.0, weight)
        absolute = Factor("l1·sign(w)", self._l1 * sign, f"{self._l1:g}·sign({weight:.4f})")
        squared = Factor("l2·w", self._l2 * weight, f"{self._l2:g}·{_signed(weight)}")
        return tuple(factor for strength, factor in ((self._l1, absolute), (self._l2, squared)) if strength)

    def _factors(
        self, example: ExampleChain, depth: int, place: tuple[int, ...], *, weight: bool
    ) -> tuple[Factor, ...]:
        layer = example.layers[depth]
        unit, source = unit_and_source(layer.function, place) if weight else (place[0], 0)
        last = depth == len(example.layers) - 1
        output = "ŷ" if last else f"{'mean' if is_table(layer.function) else layer.name}[{unit}]"
        formula = "" if last else self._sum_from_above(example, depth, unit)
        factors = [Factor(f"∂loss/∂{output}", layer.arriving[unit], formula)]
        if activates(layer.function):
            z = f"z[{unit}]" if not last else "z"
            factors.append(Factor(f"{layer.function}′({z})", layer.slopes[unit], _slope_text(layer, unit)))
        if weight:
            below = "x" if depth == 0 else example.layers[depth - 1].name
            symbol = f"share of x[{source}]" if is_table(layer.function) else f"{below}[{source}]"
            factors.append(Factor(symbol, layer.inputs[source], _share_text(example, depth, source)))
        return tuple(factors)

    def _sum_from_above(self, example: ExampleChain, depth: int, unit: int) -> str:
        above = example.layers[depth + 1]
        weights = self._event.parameters[f"{above.name}.weight"]
        return " + ".join(f"{_signed(delta)}·{_signed(weights[k][unit])}" for k, delta in enumerate(above.deltas))


def chain(event: StepEvent | PhaseEvent, form: Form, *, l1: float = 0.0, l2: float = 0.0) -> Chain:
    """Take a step's backward pass apart.

    The parameters, inputs and intermediate values are the event's float32; products are computed in float64, so they
    agree with autograd's to float32 rounding.

    Args:
        event: A step, or a phase of one from forward on.
        form: The loss in use: ``LossEntry.form_for(output)``.
        l1: Strength of L1 regularisation in the step: ``RunSpec.l1``.
        l2: Strength of L2 regularisation.

    Raises:
        ChainError: The model is not a row of layers, the loss was registered without its slope, or the batch has more
            than a thousand examples.
    """
    if form.slope is None:
        raise ChainError("The chain rule cannot begin: this loss was registered without its derivative.")
    count = len(event.batch.rows)
    if count > _MOST:
        raise ChainError(f"The chain rule is shown for up to {_MOST:,} examples in a step; this one has {count:,}.")
    functions = event.layout.functions
    if not functions:
        raise ChainError("The chain rule is shown for rows of linear layers only; this model is another kind.")
    single = len(event.batch.rows) == 1
    pre, post = event.pre_activations, event.activations
    parameters = event.parameters
    weights = [by_unit(f, parameters[f"{name}.weight"]) for name, f in zip(pre, functions)]
    examples = []
    for place, (label, x, target) in enumerate(zip(event.batch.labels, event.batch.xs, event.batch.targets)):
        zs = [value if single else value[place] for value in pre.values()]
        outs = [value if single else value[place] for value in post.values()]
        prediction = event.predictions[place]
        slope = form.slope(prediction, target)
        layers = _backward(tuple(pre), functions, weights, x, zs, outs, slope)
        examples.append(ExampleChain(label, x, prediction, target, slope, layers))
    return Chain(tuple(examples), event, l1, l2)


def _backward(
    names: tuple[str, ...],
    functions: tuple[str, ...],
    weights: Sequence[Sequence[Sequence[float]]],
    x: tuple[float, ...],
    zs: Sequence[tuple[float, ...]],
    outs: Sequence[tuple[float, ...]],
    loss_slope: float,
) -> tuple[LayerChain, ...]:
    arriving: tuple[float, ...] = (loss_slope,)
    layers: list[LayerChain] = []
    for depth in range(len(names) - 1, -1, -1):
        slopes = tuple(SLOPES[functions[depth]](z, a) for z, a in zip(zs[depth], outs[depth]))
        deltas = tuple(up * slope for up, slope in zip(arriving, slopes))
        inputs = entering(functions[depth], outs[depth - 1] if depth else x)
        layers.append(
            LayerChain(names[depth], functions[depth], inputs, zs[depth], outs[depth], arriving, slopes, deltas)
        )
        if not depth:
            break
        arriving = tuple(sum(delta * row[j] for delta, row in zip(deltas, weights[depth])) for j in range(len(inputs)))
    return tuple(reversed(layers))


def _share_text(example: ExampleChain, depth: int, source: int) -> str:
    """How a word's share came about; empty for a linear layer."""
    if not is_table(example.layers[depth].function) or depth:
        return ""
    return f"{example.x[source]:g} of {sum(example.x):g} counted"


def _slope_text(layer: LayerChain, unit: int) -> str:
    z, a = layer.pre_activations[unit], layer.activations[unit]
    texts = {
        "sigmoid": f"{a:.4f}·(1 − {a:.4f})",
        "tanh": f"1 − {_signed(a)}²",
        "clamp": f"{_short(z)} {'≥' if z >= 0 else '<'} 0: {'open' if z >= 0 else 'closed'}",
        "relu": f"{_short(z)} {'>' if z > 0 else '≤'} 0: {'open' if z > 0 else 'closed'}",
    }
    if z != z and layer.function in ("clamp", "relu"):
        return "nan is not above 0: closed"
    return texts.get(layer.function, "")


def _short(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 1e6 else f"{value:.1e}"


def _signed(value: float) -> str:
    return f"({_short(value)})" if value < 0 else _short(value)
