"""Every step of a run has the bits of the plain PyTorch loop."""

from __future__ import annotations

from typing import Any

import pytest

import hltcore
from hltcore._torch import torch
from tests.core import plain

PLAIN_SGD = ("sgd", {})
SEEDS = (0, 2**40 + 7)


def make_optimizer(name: str, parameters: Any, lr: float, options: dict[str, Any]) -> torch.optim.Optimizer:
    options = dict(options)
    if "beta1" in options or "beta2" in options:
        options["betas"] = (options.pop("beta1", 0.9), options.pop("beta2", 0.999))
    classes = {
        "sgd": torch.optim.SGD,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "rmsprop": torch.optim.RMSprop,
        "adagrad": torch.optim.Adagrad,
    }
    return classes[name](parameters, lr=lr, **options)


def initialise(model: torch.nn.Module, init: str) -> None:
    for parameter in model.parameters():
        if init in ("zeros", "ones"):
            torch.nn.init.constant_(parameter, float(init == "ones"))
        elif init != "pytorch":
            draw = {
                "normal": torch.nn.init.normal_,
                "xavier": torch.nn.init.xavier_uniform_,
                "kaiming": torch.nn.init.kaiming_uniform_,
            }[init]
            draw(parameter) if parameter.dim() > 1 else torch.nn.init.zeros_(parameter)


def compare(
    model: str,
    dataset: str,
    loss: str,
    seed: int,
    *,
    optimizer: tuple[str, dict[str, Any]] = PLAIN_SGD,
    lr: float = 0.1,
    batch: int = 1,
    init: str = "pytorch",
    epochs: int = 49,
    **model_options: Any,
) -> None:
    torch.manual_seed(seed)
    net = plain.NETS[model](len(plain.batches(dataset)[0][0]), **model_options)
    initialise(net, init)
    name, options = optimizer
    loop = plain.train(
        net,
        make_optimizer(name, net.parameters(), lr, options),
        plain.loss_function(loss, net.probability),
        plain.batches(dataset, batch),
        epochs,
    )
    trainer = hltcore.Trainer(
        model, dataset, loss=loss, optimizer=name, lr=lr, seed=seed, batch=batch, init=init, **options, **model_options
    )
    for expected, event in zip(loop, trainer.run(epochs=epochs), strict=True):
        assert plain.bits(event.prediction) == plain.bits(expected.prediction), f"prediction of {event.step}"
        assert plain.bits(event.loss) == plain.bits(expected.loss), f"loss of {event.step}"
        assert plain.all_bits(event.parameters) == plain.all_bits(expected.before), f"parameters of {event.step}"
        assert plain.all_bits(event.gradients) == plain.all_bits(expected.gradients), f"gradients of {event.step}"
        assert plain.all_bits(event.updated) == plain.all_bits(expected.after), f"updated of {event.step}"
        assert list(event.pre_activations) == list(event.activations) == list(expected.seen)
        assert plain.all_bits(event.pre_activations) == plain.all_bits(expected.seen), f"sums of {event.step}"
        after = plain.activated(net, expected.seen)
        assert plain.all_bits(event.activations) == plain.all_bits(after), f"activations of {event.step}"
    assert trainer.steps == epochs * len(plain.batches(dataset, batch))


@pytest.mark.slow
@pytest.mark.parametrize("loss", plain.LOSSES)
@pytest.mark.parametrize("dataset", plain.DATA)
@pytest.mark.parametrize("model", plain.MODELS)
def test_plain_sgd(model: str, dataset: str, loss: str) -> None:
    for seed in SEEDS:
        compare(model, dataset, loss, seed)


OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"momentum": 0.9, "nesterov": True}),
    ("sgd", {"weight_decay": 0.1}),
    ("sgd", {"momentum": 0.5, "weight_decay": 0.01}),
    ("adam", {}),
    ("adam", {"beta1": 0.5, "beta2": 0.9, "weight_decay": 0.1}),
    ("adamw", {}),
    ("adamw", {"weight_decay": 0.0}),
    ("rmsprop", {}),
    ("rmsprop", {"alpha": 0.9, "momentum": 0.9, "weight_decay": 0.1}),
    ("adagrad", {}),
    ("adagrad", {"weight_decay": 0.1}),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
@pytest.mark.parametrize("model", plain.MODELS)
def test_other_optimizers(model: str, optimizer: tuple[str, dict[str, Any]]) -> None:
    compare(model, "xor", "mse", 3, optimizer=optimizer, lr=0.01, epochs=12)


@pytest.mark.parametrize("optimizer", [PLAIN_SGD, ("adam", {})], ids=str)
@pytest.mark.parametrize("batch", [2, 4, 5, 6])
@pytest.mark.parametrize("loss", plain.LOSSES)
@pytest.mark.parametrize("model", plain.MODELS)
def test_batches(model: str, loss: str, batch: int, optimizer: tuple[str, dict[str, Any]]) -> None:
    compare(model, "language-id", loss, 1, batch=batch, optimizer=optimizer, lr=0.01, epochs=5)


@pytest.mark.parametrize("init", ["zeros", "ones", "normal", "xavier", "kaiming"])
@pytest.mark.parametrize("model", plain.MODELS)
def test_initialisations(model: str, init: str) -> None:
    compare(model, "or", "mse", 5, init=init, epochs=10)


@pytest.mark.parametrize("batch", [1, 2, 6])
@pytest.mark.parametrize("hidden", [1, 3, 5, 9, 17, 31])
@pytest.mark.parametrize("model", ["two-layer", "eight-layer"])
def test_sizes_that_fill_no_vector(model: str, hidden: int, batch: int) -> None:
    """A matrix product's last bits depend on where in memory its tensors start."""
    compare(model, "language-id", "mse", 2, hidden=hidden, batch=batch, lr=0.01, epochs=2)


@pytest.mark.parametrize(("loss", "batch", "hidden"), [("mse", 1, 4), ("cross-entropy", 4, 5)])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "identity"])
def test_activation_functions(activation: str, depth: int, loss: str, batch: int, hidden: int) -> None:
    options = {"hidden": hidden, "depth": depth, "activation": activation}
    compare("mlp", "language-id", loss, 4, batch=batch, lr=0.02, epochs=6, **options)


@pytest.mark.parametrize("loss", plain.LOSSES)
@pytest.mark.parametrize("dataset", plain.COUNTED)
@pytest.mark.parametrize("model", ["embedding", *plain.MODELS])
def test_counts(model: str, dataset: str, loss: str) -> None:
    compare(model, dataset, loss, SEEDS[1], epochs=4)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_embeddings_with_other_optimizers(optimizer: tuple[str, dict[str, Any]]) -> None:
    compare("embedding", "language-id-letters", "mse", 3, optimizer=optimizer, lr=0.01, epochs=3)


@pytest.mark.parametrize("batch", [1, 3, 4, 6])
@pytest.mark.parametrize("dim", [1, 2, 3, 5, 8])
def test_embeddings_of_every_size(dim: int, batch: int) -> None:
    for dataset in plain.COUNTED:
        compare("embedding", dataset, "cross-entropy", 2, dim=dim, batch=batch, epochs=2)


@pytest.mark.parametrize("init", ["zeros", "ones", "normal", "xavier", "kaiming"])
def test_embeddings_from_every_initialisation(init: str) -> None:
    compare("embedding", "language-id-letters", "mse", 5, init=init, epochs=3)


def test_a_run_to_infinity() -> None:
    compare("eight-layer", "and", "difference", 0, epochs=400)
