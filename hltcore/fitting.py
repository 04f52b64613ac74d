"""Fitting: whether a model can be trained on some data at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from hltcore import datasets
from hltcore.dataset import Dataset
from hltcore.errors import TargetError, nearest, printable
from hltcore.models import ModelEntry

__all__ = ["check_fit"]


def check_fit(model: ModelEntry, data: Dataset) -> None:
    """Refuse data that a model has no use for.

    Raises:
        TargetError: The model needs counts, and x is something else.
    """
    if model.needs_counts and not data.counts:
        raise TargetError(
            f"The model {model.name} needs a data set that counts words or letters, and {printable(data.name)} does "
            f"not: {nearest(data.name, _that_count())}"
        )


def _that_count() -> Iterator[str]:
    for entry in datasets.registry:
        with suppress(Exception):  # a course's own data may be broken: this error is about another
            if entry.factory(**entry.complete({})).counts:
                yield entry.name
