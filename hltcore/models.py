"""Models by name: what each one is, without building it (so that listing models costs no torch import)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hltcore import net_text
from hltcore.options import Option, choice, integer
from hltcore.registry import Entry, Registry

if TYPE_CHECKING:
    from torch.nn import Module

    from hltcore.written import Written

__all__ = ["ModelEntry", "Output", "register", "registry"]

Output = Literal["probability", "real"]


@dataclass(frozen=True)
class ModelEntry(Entry):
    """A model that a spec can name; ``factory(inputs, **options)`` returns a ``torch.nn.Module`` with one output.

    Attributes:
        output: "probability" when every prediction lies in [0, 1], otherwise "real".
        note: What a student should know before comparing it with others; empty when there is nothing.
        needs_counts: Whether x must count how often things occur, a column for each (``Dataset.counts``).
    """

    output: Output = "real"
    note: str = ""
    needs_counts: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """Its note, and what data it needs."""
        needs = "needs data that count: a column for each word or letter" if self.needs_counts else ""
        return tuple(filter(None, (self.note, needs)))


registry: Registry[ModelEntry] = Registry("model", "hltcore.models", ModelEntry)


def register(
    name: str,
    factory: Callable[..., Module],
    *,
    output: Output = "real",
    summary: str = "",
    aliases: tuple[str, ...] = (),
    options: tuple[Option, ...] = (),
    note: str = "",
    needs_counts: bool = False,
    script: Callable[..., Written] | None = None,
) -> ModelEntry:
    """Add a model.

    Args:
        name: Its name in specs.
        factory: Called with the number of input features, and the options as keywords; returns a
            ``torch.nn.Module`` that maps x of shape ``(inputs,)`` or ``(batch, inputs)`` to one output a row; one
            that takes batches alone gets each single example as a batch of one. It must give the same output for the
            same input (it draws no random numbers, and changes no buffer) and use all its parameters.
        output: "probability" when predictions always lie in [0, 1].
        summary: One line for lists.
        aliases: Other names.
        options: Settings of the factory.
        note: What a student should know about it.
        needs_counts: Whether it can be trained only on data that count how often things occur.
        script: Tells how it is written in a plain script: gets what the factory gets, and returns a ``Written``.

    Raises:
        RegistryError: A name is malformed or taken.
    """
    return registry.add(ModelEntry(name, factory, summary, aliases, options, output, note, needs_counts, script=script))


def _logistic_regression(inputs: int) -> Module:
    from hltcore.nets import LogisticRegression

    return LogisticRegression(inputs)


def _linear_regression(inputs: int) -> Module:
    from hltcore.nets import LinearRegression

    return LinearRegression(inputs)


def _embedding(inputs: int, dim: int) -> Module:
    from hltcore.nets import EmbeddingNet

    return EmbeddingNet(inputs, dim)


def _two_layer(inputs: int, hidden: int) -> Module:
    from hltcore.nets import TwoLayerNet

    return TwoLayerNet(inputs, hidden)


def _eight_layer(inputs: int, hidden: int) -> Module:
    from hltcore.nets import EightLayerNet

    return EightLayerNet(inputs, hidden)


def _mlp(inputs: int, hidden: int, depth: int, activation: str) -> Module:
    from hltcore.nets import MLP

    return MLP(inputs, hidden, depth, activation)


def _hidden(default: int) -> Option:
    return integer("hidden", default, "units in each hidden layer (H)", minimum=1, maximum=256)


register(
    "logistic-regression",
    _logistic_regression,
    output="probability",
    summary="one linear layer and a sigmoid",
    aliases=("logistic", "lr"),
    script=net_text.logistic_regression,
)
register(
    "two-layer",
    _two_layer,
    summary="linear, clamped at 0 from below (ReLU), linear",
    aliases=("2-layer",),
    script=net_text.two_layer,
    options=(_hidden(2),),
)
register(
    "eight-layer",
    _eight_layer,
    summary="eight linear layers, only the first clamped",
    aliases=("8-layer",),
    script=net_text.eight_layer,
    options=(_hidden(4),),
    note="Only the first layer's output is clamped: layers 2 to 8 are one linear map, however many they are.",
)
register(
    "mlp",
    _mlp,
    summary="hidden layers with an activation function of choice, and a linear output",
    aliases=("multi-layer-perceptron",),
    script=net_text.mlp,
    options=(
        _hidden(4),
        integer("depth", 1, "hidden layers", minimum=1, maximum=8),
        choice("activation", "tanh", "what follows each hidden layer", ("relu", "tanh", "sigmoid", "identity")),
    ),
)
register(
    "embedding",
    _embedding,
    output="probability",
    summary="a table with a row for each word, the mean of its rows, one linear layer and a sigmoid",
    aliases=("embeddings",),
    script=net_text.embedding,
    options=(integer("dim", 2, "numbers in each row of the table", minimum=1, maximum=16),),
    needs_counts=True,
)
register(
    "linear-regression",
    _linear_regression,
    summary="one linear layer, for targets that are numbers",
    aliases=("linear",),
    script=net_text.linear_regression,
)
