"""The plain PyTorch loop, as a lecture would write it: what a run is held against, bit for bit."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hltcore._torch import torch

Tensor = torch.Tensor
nn = torch.nn
F = torch.nn.functional


class LogisticRegression(nn.Module):
    probability = True

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.W = nn.Linear(inputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        self.seen = {"W": self.W(x)}
        return torch.sigmoid(self.seen["W"])


class TwoLayer(nn.Module):
    probability = False

    def __init__(self, inputs: int, hidden: int = 2) -> None:
        super().__init__()
        self.linear1 = nn.Linear(inputs, hidden)
        self.linear2 = nn.Linear(hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = self.linear1(x)
        y = self.linear2(h.clamp(min=0))
        self.seen = {"linear1": h, "linear2": y}
        return y


class EightLayer(nn.Module):
    probability = False

    def __init__(self, inputs: int, hidden: int = 4) -> None:
        super().__init__()
        self.linear1 = nn.Linear(inputs, hidden)
        self.linear2 = nn.Linear(hidden, hidden)
        self.linear3 = nn.Linear(hidden, hidden)
        self.linear4 = nn.Linear(hidden, hidden)
        self.linear5 = nn.Linear(hidden, hidden)
        self.linear6 = nn.Linear(hidden, hidden)
        self.linear7 = nn.Linear(hidden, hidden)
        self.linear8 = nn.Linear(hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        self.seen = {"linear1": self.linear1(x)}
        h = self.seen["linear1"].clamp(min=0)
        for name in ("linear2", "linear3", "linear4", "linear5", "linear6", "linear7", "linear8"):
            h = getattr(self, name)(h)
            self.seen[name] = h
        return h


class MLP(nn.Module):
    probability = False

    def __init__(self, inputs: int, hidden: int = 4, depth: int = 1, activation: str = "tanh") -> None:
        super().__init__()
        self.hidden = nn.ModuleList(nn.Linear(hidden if i else inputs, hidden) for i in range(depth))
        self.out = nn.Linear(hidden, 1)
        self.function = {"relu": F.relu, "tanh": F.tanh, "sigmoid": F.sigmoid, "identity": lambda z: z}[activation]

    def forward(self, x: Tensor) -> Tensor:
        self.seen = {}
        for number, layer in enumerate((*self.hidden, self.out), 1):
            x = self.seen[f"linear{number}"] = layer(x)
            if layer is not self.out:
                x = self.function(x)
        return x


class Embedding(nn.Module):
    probability = True

    def __init__(self, inputs: int, dim: int = 2) -> None:
        super().__init__()
        self.embedding = nn.Embedding(inputs, dim)
        self.linear = nn.Linear(dim, 1)

    def forward(self, x: Tensor) -> Tensor:
        mean = x @ self.embedding.weight / x.sum(-1, keepdim=True)
        self.seen = {"embedding": mean, "linear": self.linear(mean)}
        return torch.sigmoid(self.seen["linear"])


MODELS: dict[str, Callable[..., nn.Module]] = {
    "logistic-regression": LogisticRegression,
    "two-layer": TwoLayer,
    "eight-layer": EightLayer,
}
NETS = {**MODELS, "mlp": MLP, "embedding": Embedding}


def activated(net: nn.Module, seen: dict[str, Tensor]) -> dict[str, Tensor]:
    """What the layers' outputs become, from what they were."""
    if isinstance(net, LogisticRegression):
        return {"W": torch.sigmoid(seen["W"])}
    if isinstance(net, Embedding):
        return {**seen, "linear": torch.sigmoid(seen["linear"])}
    if isinstance(net, MLP):
        *hidden, last = seen
        return {**{name: net.function(seen[name]) for name in hidden}, last: seen[last]}
    return {**seen, "linear1": seen["linear1"].clamp(min=0)}


WORDS = ((0.4, 5), (0.33, 3), (0.5, 4), (0.5, 4), (0.2, 5), (0.5, 2))
BITS = ((0, 0), (1, 0), (0, 1), (1, 1))
SPELLED = ("gatos", "cat", "hola", "gata", "hello", "at")
COUNTED = {
    "language-id-one-hot": (tuple(tuple(float(i == j) for j in range(6)) for i in range(6)), (0, 1, 0, 0, 1, 1)),
    "language-id-letters": (
        tuple(tuple(float(word.count(letter)) for letter in "abcdefghijklmnñopqrstuvwxyz") for word in SPELLED),
        (0, 1, 0, 0, 1, 1),
    ),
}
DATA = {
    "language-id": (WORDS, (0, 1, 0, 0, 1, 1)),
    "and": (BITS, (0, 0, 0, 1)),
    "or": (BITS, (0, 1, 1, 1)),
    "xor": (BITS, (0, 1, 1, 0)),
}


def loss_function(name: str, probability: bool) -> Callable[[Tensor, Tensor], Tensor]:
    cross_entropy = nn.BCELoss(reduction="sum") if probability else nn.BCEWithLogitsLoss(reduction="sum")
    return {
        "difference": lambda prediction, target: (prediction - target).sum(),
        "l1": nn.L1Loss(reduction="sum"),
        "mse": nn.MSELoss(reduction="sum"),
        "cross-entropy": cross_entropy,
    }[name]


LOSSES = ("difference", "l1", "mse", "cross-entropy")


@dataclass
class PlainStep:
    """What one pass through the loop's body saw; tensors are copies."""

    prediction: Tensor
    loss: Tensor
    before: list[Tensor]
    stale: list[Tensor | None]
    gradients: list[Tensor]
    after: list[Tensor]
    seen: dict[str, Tensor]


def copies(tensors: Any) -> list[Any]:
    return [None if t is None else t.detach().clone() for t in tensors]


def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Callable[[Tensor, Tensor], Tensor],
    batches: list[tuple[Tensor, Tensor]],
    epochs: int,
) -> Iterator[PlainStep]:
    parameters = list(model.parameters())
    for _ in range(epochs):
        for x, y in batches:
            before, stale = copies(parameters), copies(p.grad for p in parameters)
            prediction = model(x)
            error = loss(prediction, y)
            optimizer.zero_grad()
            error.backward()
            gradients = copies(p.grad for p in parameters)
            optimizer.step()
            seen = {name: value.detach().clone() for name, value in getattr(model, "seen", {}).items()}
            yield PlainStep(prediction.detach(), error.detach(), before, stale, gradients, copies(parameters), seen)


def batches(dataset: str, size: int = 1) -> list[tuple[Tensor, Tensor]]:
    rows, targets = {**DATA, **COUNTED}[dataset]
    xs, ys = torch.Tensor(rows), torch.Tensor(targets).reshape(-1, 1)
    if size == 1:
        return list(zip(xs, ys))
    return [(xs[i : i + size], ys[i : i + size]) for i in range(0, len(xs), size)]


def bits(value: Any) -> bytes:
    """The numbers of a tensor, a nested tuple or a float as float32 bits: NaN equals itself, and -0.0 is not 0.0."""
    if isinstance(value, torch.Tensor):
        return value.detach().numpy().tobytes()
    if not isinstance(value, tuple):
        return array("f", (value,)).tobytes()
    if value and isinstance(value[-1], tuple):
        return b"".join(map(bits, value))
    return array("f", value).tobytes()


def all_bits(values: Any) -> list[bytes]:
    return [bits(value) for value in (values.values() if isinstance(values, dict) else values)]
