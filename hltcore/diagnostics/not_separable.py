"""Classes that no straight line separates, for a model that can draw nothing else.

Condition: all layers but the last are an embedding table or have the identity as activation function, and some mixture
of the examples of one class is the same point as a mixture of the other's: their convex hulls meet, which is proved
with exact fractions. A line with each class on its own side would have that point on both (Minsky and Papert,
Perceptrons, 1969). Of data of more than ten thousand numbers, for which that would take seconds before the first step,
a perceptron may prove the contrary; otherwise they are told as unchecked.
What a table passes on is linear in the words' shares of the counts, so that for it the shares are looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from hltcore.diagnostics.facts import StartFacts
from hltcore.diagnostics.finding import Finding
from hltcore.diagnostics.hulls import common_point
from hltcore.diagnostics.perceptron import tells_apart
from hltcore.errors import UncheckedError
from hltcore.layers import EMBEDDING, activates, entering, is_table

__all__ = ["check"]

_MOST = 10_000
_MOST_TRIED = 1_000_000


def check(facts: StartFacts) -> Iterator[Finding]:
    """Look for a point that both classes' mixtures reach."""
    if not facts.functions or any(map(activates, facts.functions[:-1])):
        return
    data = facts.dataset
    rows = [[row for row, y in enumerate(data.targets) if (y >= 0.5) == side] for side in (False, True)]
    if not all(rows):
        return
    table = is_table(facts.functions[0])
    numbers = len(data) * len(data.features)
    if numbers > _MOST:
        if numbers > _MOST_TRIED or not tells_apart(_with_bias(data.xs, table), tuple(y >= 0.5 for y in data.targets)):
            raise UncheckedError(
                f"The data have {numbers} numbers: whether a line separates the classes is proved up to {_MOST}."
            )
        return
    points = _shares(data.xs) if table else data.xs
    mixtures = common_point(*(tuple(points[row] for row in side) for side in rows))
    if mixtures is None:
        return
    one, other = (_mixture(data.labels, side, shares) for side, shares in zip(rows, mixtures))
    border = "straight line" if len(data.features) == 2 else "plane"
    border = "linear function of the shares" if table else border
    told = (
        f"No {border} separates {data.classes[0]} from {data.classes[1]}: {one} is the same point as {other}, "
        f"so that {facts.settings.model} cannot be right on all {len(data)} examples."
    )
    advice = "Use a model with a hidden layer (model=two-layer), or a feature such as the product of two others."
    yield Finding("not-separable", facts.step, facts.step, data.name, told, advice)


def _shares(xs: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
    """Each row's shares times one number that makes them whole where the counts are: so they stay exact."""
    totals = [math.fsum(x) for x in xs]
    if not all(total.is_integer() for total in totals):
        return tuple(entering(EMBEDDING, x) for x in xs)
    scale = math.lcm(*(int(total) or 1 for total in totals))
    return tuple(tuple(count * (scale // (int(total) or 1)) for count in x) for x, total in zip(xs, totals))


def _with_bias(xs: tuple[tuple[float, ...], ...], table: bool) -> tuple[tuple[float, ...], ...]:
    """Rows of which a weighted sum has the sign of a linear function of x, or of its shares."""
    return tuple((*x, (math.fsum(x) if table else 1.0) or 1.0) for x in xs)


def _mixture(labels: tuple[str, ...], rows: list[int], shares: dict[int, Fraction]) -> str:
    return " + ".join(f"{float(share):.3g}·({labels[rows[place]]})" for place, share in shares.items())
