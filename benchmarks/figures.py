"""Figures: what was measured, against what, and what it is to be at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median
from time import perf_counter
from typing import NamedTuple

__all__ = ["Figure", "Part", "Progress", "between", "middle_half", "percentile", "plain", "rows", "seconds"]

Progress = Callable[[str], None]
"""Told what is being measured."""


class Figure(NamedTuple):
    """One figure.

    Attributes:
        what: What is measured.
        value: What is compared with the limit: a ratio to the floor, or an amount.
        unit: ``x`` for a ratio, otherwise the unit of the amount.
        low: The lower quartile of its rounds; the value itself where there is one round.
        high: The upper quartile.
        measured: The median in its own unit, for people.
        floor: What it is measured against, with its median; empty for an amount.
        limit: What it is to be at most, or at least; None for a figure without a limit.
        least: Whether the limit is what it is to be at least.
    """

    what: str
    value: float
    unit: str
    low: float
    high: float
    measured: str = ""
    floor: str = ""
    limit: float | None = None
    least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether it keeps its limit; None where it has none."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.least else self.value <= self.limit


class Part(NamedTuple):
    """One part of the bench.

    Attributes:
        title: What it is about, in a few words.
        figures: Measures it: given whether few rounds are enough, and what is told.
    """

    title: str
    figures: Callable[[bool, Progress], Iterator[Figure]]


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that a share of them do not exceed."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def middle_half(values: Sequence[float]) -> tuple[float, float]:
    """The quartiles."""
    return percentile(values, 0.25), percentile(values, 0.75)


def between(
    what: str,
    pairs: Sequence[tuple[float, float]],
    unit: str,
    floor: str,
    limit: float | None = None,
    *,
    scale: float = 1.0,
    least: bool = False,
) -> Figure:
    """A ratio from pairs of ours and the floor's, which were measured one right after the other.

    Args:
        what: What is measured.
        pairs: Ours and the floor's.
        unit: Their unit, for people.
        floor: The floor's name.
        limit: What the median of their ratios is to be at most.
        scale: What makes them the unit.
        least: Whether the limit is what it is to be at least.
    """
    ratios = [own / other for own, other in pairs]
    own, other = median(own for own, _ in pairs) * scale, median(other for _, other in pairs) * scale
    named = f"{number(other)} {unit}, {floor}"
    return Figure(what, median(ratios), "x", *middle_half(ratios), f"{number(own)} {unit}", named, limit, least)


def plain(what: str, values: Sequence[float], unit: str, limit: float | None = None) -> Figure:
    """An amount that is measured against nothing: the median of its rounds."""
    return Figure(what, median(values), unit, *middle_half(values), limit=limit)


def number(value: float) -> str:
    """A figure with as many digits as say something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def rows(figures: Iterable[Figure]) -> Iterator[str]:
    """A table of Markdown, a line at a time."""
    yield "| | measured | floor | result | middle half | limit | |"
    yield "| --- | ---: | --- | ---: | ---: | ---: | --- |"
    for figure in figures:
        unit = "x" if figure.unit == "x" else f" {figure.unit}"
        spread = "" if figure.low == figure.high else f"{number(figure.low)}–{number(figure.high)}"
        limit = "" if figure.limit is None else f"{'≥' if figure.least else '≤'} {figure.limit:,g}{unit}"
        verdict = {True: "met", False: "**missed**", None: ""}[figure.met]
        result = f"{number(figure.value)}{unit}"
        yield f"| {figure.what} | {figure.measured} | {figure.floor} | {result} | {spread} | {limit} | {verdict} |"
