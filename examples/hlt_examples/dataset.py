"""A data set: whether most of three inputs are 1."""

from __future__ import annotations

from itertools import product

from hltcore import Dataset, datasets

__all__ = ["entry"]


def _majority() -> Dataset:
    xs = tuple(product((0.0, 1.0), repeat=3))
    labels = tuple("".join(f"{value:.0f}" for value in x) for x in xs)
    targets = tuple(float(sum(x) > 1.5) for x in xs)
    return Dataset("majority", ("first", "second", "third"), labels, xs, targets, ("few", "most"))


entry = datasets.register("majority", _majority, summary="true when most of three inputs are 1")
