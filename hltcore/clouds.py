"""Clouds: points of two classes in the plane, drawn at random from a seed; the same on every machine.

Only ``random.Random.random()`` is drawn from, whose numbers Python promises to keep, and points are rounded to four
decimals. Every data set lies roughly between -1 and 1 on both axes, and its two classes are equally large.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import partial

from hltcore.dataset import Dataset
from hltcore.errors import OptionError
from hltcore.features import PLANE, plane_features
from hltcore.options import Option, integer, number, several

__all__ = ["OPTIONS", "circles", "gaussians", "moons", "spiral", "xor_clouds"]

OPTIONS: tuple[Option, ...] = (
    integer("size", 100, "examples in all", minimum=4, maximum=1000),
    number("noise", 0.05, "how far points stray, from 0 to 1", minimum=0.0, maximum=1.0),
    integer("data_seed", 0, "where the points' random numbers start"),
    number("held_out", 0.3, "share of the examples kept for testing", minimum=0.0, below=1.0),
    several(
        "features",
        "x+y",
        "what the model sees of a point",
        tuple(PLANE),
        sets=("x", "y", "x+y", "x2+y2", "xy", "sinx+siny", "x+y+x2+y2+xy", "+".join(PLANE)),
    ),
)
"""Settings that every cloud has."""

Point = tuple[float, float]
Draw = Callable[[], float]
Shape = Callable[[int, float, float, Draw], Point]
"""Gives a point from its class, its place among the points of its class (from 0 to 1), the noise, and a source of
random numbers from 0 to 1."""


def _gaussians(target: int, place: float, noise: float, draw: Draw) -> Point:
    """Two clouds around (-0.5, -0.5) and (0.5, 0.5), with a standard deviation of 0.1 + noise."""
    return _strayed((-0.5, 0.5)[target], (-0.5, 0.5)[target], 0.1 + noise, draw)


def _circles(target: int, place: float, noise: float, draw: Draw) -> Point:
    """A disc of radius 0.5 (class 1) within a ring from 0.7 to 1; then moved by noise."""
    radius = 0.5 * draw() if target else 0.7 + 0.3 * draw()
    angle = 2 * math.pi * draw()
    return _strayed(radius * math.cos(angle), radius * math.sin(angle), noise, draw)


def _moons(target: int, place: float, noise: float, draw: Draw) -> Point:
    """Two half circles, each reaching into the other, stretched to fill the plane; then moved by noise."""
    angle = math.pi * draw()
    side = 1 - 2 * target  # the second is the first one turned upside down
    x, y = math.cos(angle) - 0.5, math.sin(angle) - 0.25
    return _strayed(side * x / 1.5, side * y / 0.75, noise, draw)


def _xor_clouds(target: int, place: float, noise: float, draw: Draw) -> Point:
    """Four clouds around (±0.5, ±0.5), class 1 where the signs differ, with a standard deviation of 0.1 + noise."""
    x = 0.5 if place < 0.5 else -0.5
    return _strayed(x, -x if target else x, 0.1 + noise, draw)


def _spiral(target: int, place: float, noise: float, draw: Draw) -> Point:
    """Two arms from near the middle to the edge, about one and a half turns each; then moved by noise."""
    radius = 0.1 + 0.9 * place
    angle = math.pi * (3.5 * radius + target)
    return _strayed(radius * math.sin(angle), radius * math.cos(angle), noise, draw)


def _strayed(x: float, y: float, deviation: float, draw: Draw) -> Point:
    return x + deviation * _normal(draw), y + deviation * _normal(draw)


def _normal(draw: Draw) -> float:
    """Near enough to the standard normal distribution: mean 0, deviation 1, made by adding only."""
    return sum(draw() for _ in range(12)) - 6


def _dataset(
    name: str, shape: Shape, size: int, noise: float, data_seed: int, held_out: float, features: str
) -> Dataset:
    draw = random.Random(data_seed).random
    counts = (size - size // 2, size // 2)
    rows = []
    for target, count in enumerate(counts):
        for i in range(count):
            x, y = shape(target, i / (count - 1), noise, draw)
            rows.append((round(x, 4) + 0.0, round(y, 4) + 0.0, float(target)))  # + 0.0: no -0.0
    rows.sort(key=lambda _: draw())
    kept = size - round(size * held_out)
    if kept < 2 or len({target for *_, target in rows[:kept]}) < 2:
        raise OptionError(
            f"held_out={held_out!r} is not allowed with {size} examples: both classes must be left to train on."
        )
    words = tuple(features.split("+"))

    def part(start: int, end: int, rest: Dataset | None) -> Dataset:
        points = tuple((x, y) for x, y, _ in rows[start:end])
        return Dataset(
            name,
            tuple(PLANE[word].title for word in words),
            tuple(map(str, range(start, end))),
            tuple(plane_features(words, *point) for point in points),
            tuple(target for *_, target in rows[start:end]),
            ("blue", "orange"),
            held_out=rest,
            axes=("x", "y"),
            points=points,
            encode_point=partial(plane_features, words),
        )

    return part(0, kept, part(kept, size, None) if kept < size else None)


gaussians = partial(_dataset, "gaussians", _gaussians)
circles = partial(_dataset, "circles", _circles)
moons = partial(_dataset, "moons", _moons)
xor_clouds = partial(_dataset, "xor-clouds", _xor_clouds)
spiral = partial(_dataset, "spiral", _spiral)
