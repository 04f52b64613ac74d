"""Fitting: whether a model can be trained on some data at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from hltcore import datasets
from hltcore.dataset import Dataset
from hltcore.datasets import DatasetEntry
from hltcore.errors import TargetError, nearest, printable, quoted
from hltcore.models import ModelEntry
from hltcore.options import Value

__all__ = ["check_fit"]


def check_fit(model: ModelEntry, entry: DatasetEntry, data: Dataset) -> None:
    """Refuse data that a model has no use for.

    Args:
        model: The model.
        entry: Where the data are from.
        data: The data.

    Raises:
        TargetError: The model needs counts, and x is something else; the message says which data have them. Or its
            output is a probability, and targets that are numbers lie elsewhere.
    """
    if model.output == "probability" and not data.classes:
        low, high = data.target_range
        if low < 0 or high > 1:
            raise TargetError(
                f"The model {model.name} gives probabilities from 0 to 1, and the targets of {quoted(data.name)} are "
                f"numbers from {low:.4g} to {high:.4g}: use model=linear-regression or model=two-layer."
            )
    if not model.needs_counts or data.counts:
        return
    told = f"The model {model.name} needs data that count words or letters, and {entry.name} does not"
    for option in entry.options:
        words = [word for word in option.choices() if _counts(entry, {option.name: word})] if option.choices else []
        if words:
            raise TargetError(f"{told}: set {option.name} to {' or '.join(map(printable, words))}.")
    raise TargetError(f"{told}: {nearest(entry.name, _that_count())}")


def _that_count() -> Iterator[str]:
    for entry in datasets.registry:
        if _counts(entry, {}):
            yield entry.name


def _counts(entry: DatasetEntry, options: dict[str, Value]) -> bool:
    with suppress(Exception):  # somebody else's data may be broken: the error is about another
        data: Dataset = entry.factory(**entry.complete(options))
        return data.counts
    return False
