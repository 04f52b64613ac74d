"""Axes: the directions in which points lie furthest apart (principal component analysis, Pearson 1901)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

__all__ = ["Axis", "principal_axes"]

_SWEEPS = 30
_TINY = 1e-12


class Axis(NamedTuple):
    """A principal component.

    Attributes:
        direction: A vector of length 1.
        share: Its share of the points' variance.
    """

    direction: tuple[float, ...]
    share: float


def principal_axes(
    points: Sequence[Sequence[float]], count: int, like: Sequence[Sequence[float]] = ()
) -> tuple[tuple[float, ...], tuple[Axis, ...]]:
    """The mean of some points, and the directions of their largest variance, at right angles to each other.

    A direction's sign is free: it is that of the direction in ``like``, or its largest number is above 0.

    Args:
        points: The points, all of one size; those with a number that is not finite are passed over.
        count: How many directions.
        like: Directions to agree with in sign, one for each.
    """
    size = len(points[0])
    finite = [point for point in points if all(map(math.isfinite, point))]
    if not finite:
        return (0.0,) * size, tuple(Axis(_unit(place, size), 0.0) for place in range(count))
    centre = tuple(math.fsum(column) / len(finite) for column in zip(*finite))
    apart = [[value - middle for value, middle in zip(point, centre)] for point in finite]
    largest = max((abs(value) for point in apart for value in point), default=0.0) or 1.0
    columns = [[value / largest for value in column] for column in zip(*apart)]  # so that no square overflows
    spread = [[0.0] * size for _ in range(size)]
    for i, one in enumerate(columns):
        for j, other in enumerate(columns[: i + 1]):
            spread[i][j] = spread[j][i] = sum(map(mul, one, other))
    values, vectors = _eigen(spread)
    whole = math.fsum(values)
    order = sorted(range(size), key=lambda place: -values[place])[:count]
    found = []
    for place, column in enumerate(order):
        direction = tuple(row[column] for row in vectors)
        agrees = _agrees(direction, like[place] if place < len(like) else ())
        share = values[column] / whole if whole > 0 else 0.0
        found.append(Axis(direction if agrees else tuple(-value for value in direction), share))
    return centre, tuple(found)


def _unit(place: int, size: int) -> tuple[float, ...]:
    return tuple(float(other == place) for other in range(size))


def _agrees(direction: Sequence[float], like: Sequence[float]) -> bool:
    if len(like) == len(direction):
        return math.fsum(a * b for a, b in zip(direction, like)) >= 0
    return max(direction, key=abs) > 0


def _eigen(matrix: list[list[float]]) -> tuple[list[float], list[list[float]]]:
    """Eigenvalues, and eigenvectors as columns, of a symmetric matrix: Jacobi's rotations, pair by pair."""
    size = len(matrix)
    a = [list(row) for row in matrix]
    vectors = [list(_unit(place, size)) for place in range(size)]
    limit = _TINY * (math.fsum(a[i][i] for i in range(size)) or 1.0)
    for _ in range(_SWEEPS):
        pairs = [(i, j) for i in range(size) for j in range(i + 1, size) if abs(a[i][j]) > limit]
        if not pairs:
            break
        for i, j in pairs:
            _rotate(a, vectors, i, j)
    return [a[i][i] for i in range(size)], vectors


def _rotate(a: list[list[float]], vectors: list[list[float]], i: int, j: int) -> None:
    """Turn the plane of two coordinates so that the entry between them is 0."""
    if a[i][j] == 0:
        return
    slope = (a[j][j] - a[i][i]) / (2 * a[i][j])
    tangent = math.copysign(1.0, slope) / (abs(slope) + math.hypot(slope, 1.0))
    cosine = 1 / math.hypot(tangent, 1.0)
    sine = tangent * cosine
    for row in (*a, *vectors):
        row[i], row[j] = cosine * row[i] - sine * row[j], sine * row[i] + cosine * row[j]
    upper, lower = a[i], a[j]
    a[i] = [cosine * x - sine * y for x, y in zip(upper, lower)]
    a[j] = [sine * x + cosine * y for x, y in zip(upper, lower)]
