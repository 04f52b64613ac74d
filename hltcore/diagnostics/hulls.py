"""Hulls: whether the convex hulls of two sets of points meet, proved by a point of both.

A linear program in floats (the simplex method's first phase, with Bland's rule, so that it ends) finds which points to
mix; the shares are then solved for in fractions, so that what is told of the points is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

__all__ = ["common_point"]

Points = tuple[tuple[float, ...], ...]
_TINY = 1e-9
_PIVOTS = 1000


@lru_cache(maxsize=16)
def common_point(ones: Points, others: Points) -> tuple[dict[int, Fraction], dict[int, Fraction]] | None:
    """Shares of points of each set that make the same point; None where there are none, or where none were found.

    Returns:
        For each set, the share of each point that takes part; they are above 0 and their sum is 1.
    """
    columns = [(*point, 1.0, 0.0) for point in ones] + [(*(-x for x in point), 0.0, 1.0) for point in others]
    goal = [0.0] * len(ones[0]) + [1.0, 1.0]
    chosen = _basis(columns, goal)
    shares = _solve([columns[place] for place in chosen], goal) if chosen else None
    if shares is None or any(share < 0 for share in shares):
        return None
    kept = {place: share for place, share in zip(chosen, shares) if share}
    count = len(ones)
    mine = {place: share for place, share in kept.items() if place < count}
    return mine, {place - count: share for place, share in kept.items() if place >= count}


def _basis(columns: Sequence[Sequence[float]], goal: Sequence[float]) -> list[int]:
    """The columns of which a mixture with shares from 0 on is the goal; none where there is no such mixture."""
    rows = [[*row, right] for row, right in zip(map(list, zip(*columns)), goal)]
    scale = [max(map(abs, row)) or 1.0 for row in rows]
    rows = [[value / size for value in row] for row, size in zip(rows, scale)]
    basis = [-1] * len(rows)
    for _ in range(_PIVOTS):
        missing = [row for row, place in zip(rows, basis) if place < 0]
        entering = next((j for j in range(len(columns)) if sum(row[j] for row in missing) > _TINY), None)
        if entering is None:
            break
        ratios = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(rows) if row[entering] > _TINY]
        if not ratios:
            return []
        _, _, leaving = min(ratios)
        _pivot(rows, leaving, entering)
        basis[leaving] = entering
    left = sum(row[-1] for row, place in zip(rows, basis) if place < 0)
    return sorted(place for place in basis if place >= 0) if left < _TINY else []


def _pivot(rows: list[list[float]], leaving: int, entering: int) -> None:
    size = rows[leaving][entering]
    rows[leaving] = row = [value / size for value in rows[leaving]]
    for i, other in enumerate(rows):
        if i != leaving and other[entering]:
            times = other[entering]
            rows[i] = [a - times * b for a, b in zip(other, row)]


def _solve(columns: Sequence[Sequence[float]], goal: Sequence[float]) -> list[Fraction] | None:
    """The exact shares of some columns that make the goal; None where there are none or several."""
    rows = [[*map(Fraction, row), Fraction(right)] for row, right in zip(zip(*columns), goal)]
    for j in range(len(columns)):
        pivot = next((i for i in range(j, len(rows)) if rows[i][j]), None)
        if pivot is None:
            return None
        rows[j], rows[pivot] = rows[pivot], rows[j]
        rows[j] = [value / rows[j][j] for value in rows[j]]
        for i, row in enumerate(rows):
            if i != j and row[j]:
                rows[i] = [a - row[j] * b for a, b in zip(row, rows[j])]
    if any(row[-1] for row in rows[len(columns) :]):
        return None
    return [row[-1] for row in rows[: len(columns)]]
