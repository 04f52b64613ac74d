"""Data sets by name: words, logic, and clouds of points in the plane."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from hltcore import clouds, word_list
from hltcore.dataset import Dataset
from hltcore.features import ALPHABET, letter_counts, one_hot, word_features
from hltcore.options import Option, Value
from hltcore.registry import Entry, Registry
from hltcore.table_file import NAME, OPTIONS, feature_sets, options_for, pinned, table_file

__all__ = ["Dataset", "DatasetEntry", "from_file", "register", "registry"]


@dataclass(frozen=True)
class DatasetEntry(Entry):
    """A data set that a spec can name; ``factory(**options)`` returns the ``Dataset``.

    Attributes:
        pin: Of data that lie outside the program, what a line must say to open the very same ones again: options, from
            all options. None for data that the options make. Such a data set cannot be made from defaults alone.
        sets: What is worth comparing as its option ``features``, from all options; None where the option says so.
    """

    pin: Callable[[Mapping[str, Value]], dict[str, Value]] | None = None
    sets: Callable[[Mapping[str, Value]], tuple[str, ...]] | None = None


registry: Registry[DatasetEntry] = Registry("data set", "hltcore.datasets", DatasetEntry)


def register(
    name: str,
    factory: Callable[..., Dataset],
    *,
    summary: str = "",
    aliases: tuple[str, ...] = (),
    options: tuple[Option, ...] = (),
    pin: Callable[[Mapping[str, Value]], dict[str, Value]] | None = None,
    sets: Callable[[Mapping[str, Value]], tuple[str, ...]] | None = None,
) -> DatasetEntry:
    """Add a data set.

    Args:
        name: Its name in specs.
        factory: Called with the options as keywords; returns the ``Dataset``.
        summary: One line for lists.
        aliases: Other names.
        options: Settings of the factory.
        pin: As in ``DatasetEntry``.
        sets: As in ``DatasetEntry``.

    Raises:
        RegistryError: A name is malformed or taken.
    """
    return registry.add(DatasetEntry(name, factory, summary, aliases, options, pin=pin, sets=sets))


def from_file(
    path: str | os.PathLike[str],
    *,
    target: str | None = None,
    features: Sequence[str] | None = None,
    text: Sequence[str] | None = None,
    held_out: float = 0.0,
    scale: str = "none",
) -> dict[str, Value]:
    """A CSV or TSV file of your own, as settings for ``Trainer``: ``Trainer("two-layer", **from_file("words.csv"))``.

    Args:
        path: The file: UTF-8, with a header.
        target: The column to predict: two classes, or a number; ``NAME:number`` or ``NAME:classes`` says which. When
            left out, it is guessed: ``trainer.dataset.notes`` tells what each column is, and why.
        features: Columns that the model sees; when left out, those of numbers, or else the first of words.
        text: Columns of words that it sees, each as ``NAME:FEATURIZER`` (``word:letters``), or several of them joined
            by "+"; ``featurizers`` has their names.
        held_out: The share of the rows that is kept for testing.
        scale: "standard" takes numbers to mean 0 and deviation 1 over the rows trained on; "with-target" does so with
            a number that is to be predicted, too.

    Raises:
        DataError: The file cannot be used so.
        OptionError: A share or a scale is not allowed.
    """
    given = {**options_for(path, target, features, text), "held_out": held_out, "scale": scale}
    registry.get(NAME).factory(**registry.get(NAME).complete(given))
    return {"dataset": NAME, **given}


def _language_id() -> Dataset:
    # The share of "a" and "o" for "cat" is 1/3; the lecture rounds it to 0.33, and its figures follow from that.
    rows = (
        ("gatos", (0.4, 5.0), 0.0),
        ("cat", (0.33, 3.0), 1.0),
        ("hola", (0.5, 4.0), 0.0),
        ("gata", (0.5, 4.0), 0.0),
        ("hello", (0.2, 5.0), 1.0),
        ("at", (0.5, 2.0), 1.0),
    )
    labels, xs, targets = zip(*rows)
    features = ("share of a and o", "length")
    return Dataset("language-id", features, labels, xs, targets, word_list.LANGUAGES, encode_text=word_features)


_WORDS = (("gatos", 0.0), ("cat", 1.0), ("hola", 0.0), ("gata", 0.0), ("hello", 1.0), ("at", 1.0))


def _counted(name: str, features: tuple[str, ...], count: Callable[[str], tuple[float, ...]]) -> Dataset:
    """The six words with counts of something in place of the two features of the lecture."""
    words, targets = zip(*_WORDS)
    return Dataset(
        name, features, words, tuple(map(count, words)), targets, word_list.LANGUAGES, encode_text=count, counts=True
    )


def _one_hot() -> Dataset:
    words = tuple(word for word, _ in _WORDS)
    return _counted("language-id-one-hot", words, partial(one_hot, words))


def _letters() -> Dataset:
    return _counted("language-id-letters", ALPHABET, letter_counts)


def _logic(operator: str, outputs: tuple[float, float, float, float]) -> Callable[[], Dataset]:
    inputs = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    labels = tuple(f"{p:.0f} {operator} {q:.0f}" for p, q in inputs)
    return lambda: Dataset(operator, ("first", "second"), labels, inputs, outputs, ("false", "true"))


register("language-id", _language_id, summary="six words, Spanish or English", aliases=("language", "words"))
register("and", _logic("and", (0.0, 0.0, 0.0, 1.0)), summary="true when both inputs are 1")
register("or", _logic("or", (0.0, 1.0, 1.0, 1.0)), summary="true when any input is 1")
register("xor", _logic("xor", (0.0, 1.0, 1.0, 0.0)), summary="true when the inputs differ")
register("language-id-one-hot", _one_hot, summary="the six words, each with a column of its own")
register("language-id-letters", _letters, summary="the six words, by how often each letter is in them")
register(
    "word-list",
    word_list.word_list,
    summary="600 common words, Spanish or English, a part of them held out",
    aliases=("spanish-english",),
    options=word_list.OPTIONS,
)
register("gaussians", clouds.gaussians, summary="two round clouds side by side", options=clouds.OPTIONS)
register("circles", clouds.circles, summary="a disc within a ring", options=clouds.OPTIONS)
register("moons", clouds.moons, summary="two half circles, each reaching into the other", options=clouds.OPTIONS)
register("xor-clouds", clouds.xor_clouds, summary="four clouds: true when the signs differ", options=clouds.OPTIONS)
register("spiral", clouds.spiral, summary="two arms wound around each other", options=clouds.OPTIONS)
register(
    NAME,
    table_file,
    summary="a CSV or TSV file of your own (--data FILE)",
    aliases=("csv", "tsv"),
    options=OPTIONS,
    pin=pinned,
    sets=feature_sets,
)
