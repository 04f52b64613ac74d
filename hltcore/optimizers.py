"""Optimizers by name: PyTorch's own. Importing ``torch.optim`` takes seconds, so a factory imports it late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hltcore.errors import OptionError
from hltcore.options import Option, Value, flag, number
from hltcore.registry import Entry, Registry
from hltcore.written import Written

if TYPE_CHECKING:
    from torch.nn import Parameter
    from torch.optim import Optimizer

__all__ = ["OptimizerEntry", "register", "registry"]


@dataclass(frozen=True)
class OptimizerEntry(Entry):
    """An optimizer that a spec can name; ``factory(parameters, lr, **options)`` returns a ``torch.optim.Optimizer``.

    Attributes:
        plain: Options under which one update is just θ − lr·gradient, which needs no ``torch.optim``; or None.
        formula: The update of one parameter θ with gradient g.
        check: Raises ``OptionError`` for options that do not go together; gets all of them. None where all do.
    """

    plain: tuple[tuple[str, object], ...] | None = None
    formula: str = ""
    check: Callable[[dict[str, Value]], None] | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """Its formula."""
        return (self.formula,) if self.formula else ()


registry: Registry[OptimizerEntry] = Registry("optimizer", "hltcore.optimizers", OptimizerEntry)


def register(
    name: str,
    factory: Callable[..., Optimizer],
    *,
    formula: str = "",
    summary: str = "",
    aliases: tuple[str, ...] = (),
    options: tuple[Option, ...] = (),
    check: Callable[[dict[str, Value]], None] | None = None,
    script: Callable[..., Written] | None = None,
) -> OptimizerEntry:
    """Add an optimizer.

    Args:
        name: Its name in specs.
        factory: Called with the list of parameters, the learning rate, and the options as keywords; returns a
            ``torch.optim.Optimizer`` whose state is tensors.
        formula: The update of one parameter θ with gradient g.
        summary: One line for lists.
        aliases: Other names.
        options: Settings of the factory.
        check: Raises ``OptionError`` for options that do not go together; gets all of them.
        script: Tells how it is written in a plain script: gets what the factory gets, the parameters and the
            learning rate as Python, and returns a ``Written``.

    Raises:
        RegistryError: A name is malformed or taken.
    """
    return registry.add(OptimizerEntry(name, factory, summary, aliases, options, None, formula, check, script=script))


def _sgd(parameters: list[Parameter], lr: float, momentum: float, nesterov: bool, weight_decay: float) -> Optimizer:
    from hltcore._torch import torch

    return torch.optim.SGD(parameters, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)


def _nesterov_needs_momentum(options: dict[str, Value]) -> None:
    if options["nesterov"] and not options["momentum"]:
        raise OptionError("nesterov=true needs a momentum above 0, as in momentum=0.9 nesterov=true.")


def _adam(parameters: list[Parameter], lr: float, beta1: float, beta2: float, weight_decay: float) -> Optimizer:
    from hltcore._torch import torch

    return torch.optim.Adam(parameters, lr=lr, betas=(beta1, beta2), weight_decay=weight_decay)


def _adamw(parameters: list[Parameter], lr: float, beta1: float, beta2: float, weight_decay: float) -> Optimizer:
    from hltcore._torch import torch

    return torch.optim.AdamW(parameters, lr=lr, betas=(beta1, beta2), weight_decay=weight_decay)


def _rmsprop(parameters: list[Parameter], lr: float, alpha: float, momentum: float, weight_decay: float) -> Optimizer:
    from hltcore._torch import torch

    return torch.optim.RMSprop(parameters, lr=lr, alpha=alpha, momentum=momentum, weight_decay=weight_decay)


def _adagrad(parameters: list[Parameter], lr: float, weight_decay: float) -> Optimizer:
    from hltcore._torch import torch

    return torch.optim.Adagrad(parameters, lr=lr, weight_decay=weight_decay)


def _written(name: str, **defaults: Value) -> Callable[..., Written]:
    """An optimizer of PyTorch's, given what differs from PyTorch's own defaults."""

    def write(parameters: str, lr: str, **options: Value) -> Written:
        told = {name: repr(value) for name, value in options.items() if value != defaults.get(name, 0.0)}
        if told.pop("beta1", None) or told.pop("beta2", None):
            told.pop("beta2", None)
            told["betas"] = f"({options['beta1']!r}, {options['beta2']!r})"
        given = "".join(f", {name}={value}" for name, value in told.items())
        return Written(f"torch.optim.{name}({parameters}, lr={lr}{given})")

    return write


def _weight_decay(default: float = 0.0) -> Option:
    return number("weight_decay", default, "how strongly parameters are drawn to 0", minimum=0.0)


def _betas() -> tuple[Option, Option]:
    return (
        number("beta1", 0.9, "decay of the mean gradient", minimum=0.0, below=1.0),
        number("beta2", 0.999, "decay of the mean squared gradient", minimum=0.0, below=1.0),
    )


_MOMENTUM = number("momentum", 0.0, "share of the last update kept", minimum=0.0)

registry.add(
    OptimizerEntry(
        "sgd",
        _sgd,
        "stochastic gradient descent",
        options=(_MOMENTUM, flag("nesterov", False, "look ahead along the momentum"), _weight_decay()),
        plain=(("momentum", 0.0), ("nesterov", False), ("weight_decay", 0.0)),
        formula="θ − lr·g",
        check=_nesterov_needs_momentum,
        script=_written("SGD", nesterov=False),
    )
)
register(
    "adam",
    _adam,
    summary="steps scaled by running moments",
    options=(*_betas(), _weight_decay()),
    script=_written("Adam", beta1=0.9, beta2=0.999),
)
register(
    "adamw",
    _adamw,
    summary="Adam with decoupled weight decay",
    options=(*_betas(), _weight_decay(0.01)),
    script=_written("AdamW", beta1=0.9, beta2=0.999, weight_decay=0.01),
)
register(
    "rmsprop",
    _rmsprop,
    summary="steps scaled by a running mean square",
    options=(
        number("alpha", 0.99, "decay of the mean squared gradient", minimum=0.0, below=1.0),
        _MOMENTUM,
        _weight_decay(),
    ),
    script=_written("RMSprop", alpha=0.99),
)
register(
    "adagrad",
    _adagrad,
    summary="steps scaled by all squared gradients so far",
    options=(_weight_decay(),),
    script=_written("Adagrad"),
)
