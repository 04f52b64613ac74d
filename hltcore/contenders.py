"""Contenders: which sets of features there are to compare, and how far the run with each has got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hltcore import datasets
from hltcore.errors import OptionError, quoted
from hltcore.events import Score
from hltcore.options import Option
from hltcore.spec import RunSpec

__all__ = ["OPTION", "Compared", "best", "feature_sets"]

OPTION = "features"
"""The option of a data set that says what a model sees."""


@dataclass(frozen=True)
class Compared:
    """One of the runs.

    Attributes:
        features: What its model sees, as the data set's option ``features`` has it.
        columns: How many columns of x that makes; 0 as long as they are not known.
        epochs: Epochs that are complete.
        training: The score on the examples trained on; None before the first epoch is over.
        held_out: The score on those held out.
        refusal: Why it cannot be built or go on; empty where it can.
    """

    features: str
    columns: int = 0
    epochs: int = 0
    training: Score | None = None
    held_out: Score | None = None
    refusal: str = ""


def best(rows: Sequence[Compared]) -> Compared | None:
    """The run with the most held-out examples right; of equal ones the one with the lowest loss on them.

    Of targets that are numbers, of which none is right, the one with the lowest loss.
    """
    scored = [(row.held_out.right or 0, -row.held_out.loss, row) for row in rows if row.held_out is not None]
    if not scored:
        return None
    return max(scored, key=lambda item: (item[0], item[1] if item[1] == item[1] else float("-inf")))[2]


def feature_sets(spec: RunSpec) -> tuple[str, ...]:
    """What there is to compare for a run's data set, the features in use among them.

    Raises:
        OptionError: The data set has no features to choose from.
    """
    entry = datasets.registry.get(spec.dataset)
    option = entry.option(OPTION)
    if option is None:
        able = ", ".join(entry.name for entry in datasets.registry if entry.option(OPTION))
        raise OptionError(f"{quoted(spec.dataset)} has no features to choose from: these data sets have: {able}.")
    options = spec.options_of("dataset")
    mine = str(options[OPTION])
    if entry.sets is not None:
        return tuple(dict.fromkeys((*([mine] if mine else []), *entry.sets(options))))
    return tuple(dict.fromkeys((*map(str, map(option.read, _worth_comparing(option))), mine)))


def _worth_comparing(option: Option) -> tuple[str, ...]:
    """What the option itself says; otherwise each of its words alone, its default, and all of them."""
    if option.sets:
        return option.sets
    words = option.choices() if option.choices is not None else ()
    return (*words, str(option.default), *(["+".join(words)] if option.joined and words else []))
