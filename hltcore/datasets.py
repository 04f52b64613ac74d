"""Data sets by name: words, logic, and clouds of points in the plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hltcore import clouds
from hltcore.dataset import Dataset
from hltcore.features import word_features
from hltcore.options import Option
from hltcore.registry import Entry, Registry

__all__ = ["Dataset", "DatasetEntry", "register", "registry"]


@dataclass(frozen=True)
class DatasetEntry(Entry):
    """A data set that a spec can name; ``factory(**options)`` returns the ``Dataset``."""


registry: Registry[DatasetEntry] = Registry("data set", "hltcore.datasets", DatasetEntry)


def register(
    name: str,
    factory: Callable[..., Dataset],
    *,
    summary: str = "",
    aliases: tuple[str, ...] = (),
    options: tuple[Option, ...] = (),
) -> DatasetEntry:
    """Add a data set.

    Args:
        name: Its name in specs.
        factory: Called with the options as keywords; returns the ``Dataset``.
        summary: One line for lists.
        aliases: Other names.
        options: Settings of the factory.

    Raises:
        RegistryError: A name is malformed or taken.
    """
    return registry.add(DatasetEntry(name, factory, summary, aliases, options))


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
    features, classes = ("share of a and o", "length"), ("Spanish", "English")
    return Dataset("language-id", features, labels, xs, targets, classes, encode_text=word_features)


def _logic(operator: str, outputs: tuple[float, float, float, float]) -> Callable[[], Dataset]:
    inputs = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    labels = tuple(f"{p:.0f} {operator} {q:.0f}" for p, q in inputs)
    return lambda: Dataset(operator, ("first", "second"), labels, inputs, outputs, ("false", "true"))


register("language-id", _language_id, summary="six words, Spanish or English", aliases=("language", "words"))
register("and", _logic("and", (0.0, 0.0, 0.0, 1.0)), summary="true when both inputs are 1")
register("or", _logic("or", (0.0, 1.0, 1.0, 1.0)), summary="true when any input is 1")
register("xor", _logic("xor", (0.0, 1.0, 1.0, 0.0)), summary="true when the inputs differ")
register("gaussians", clouds.gaussians, summary="two round clouds side by side", options=clouds.OPTIONS)
register("circles", clouds.circles, summary="a disc within a ring", options=clouds.OPTIONS)
register("moons", clouds.moons, summary="two half circles, each reaching into the other", options=clouds.OPTIONS)
register("xor-clouds", clouds.xor_clouds, summary="four clouds: true when the signs differ", options=clouds.OPTIONS)
register("spiral", clouds.spiral, summary="two arms wound around each other", options=clouds.OPTIONS)
