"""Options of the four parts of a run live in one line, so no two can have one name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hltcore import RunSpec, Trainer, models, optimizers
from hltcore.errors import OptionError, RegistryError
from hltcore.options import flag, number
from hltcore.settings import REGISTRIES, SETTINGS


def make(inputs: int, **options: Any) -> Any:
    return models.registry.get("two-layer").factory(inputs, hidden=2)


@pytest.fixture
def leaky() -> Iterator[None]:
    models.register("leaky", make, options=(number("alpha", 0.5, "slope below 0"),))
    yield
    models.registry.remove("leaky")


@pytest.mark.parametrize("name", [*REGISTRIES, *(option.name for option in SETTINGS), "two words", "", "a=b"])
def test_an_option_that_a_spec_could_not_set_is_refused(name: str) -> None:
    with pytest.raises(RegistryError, match=f'The model "odd" has an option "{name}"'):
        models.register("odd", make, options=(number(name, 0.5, ""),))
    assert "odd" not in models.registry.names()


def test_two_options_of_one_name_are_refused() -> None:
    with pytest.raises(RegistryError):
        models.register("odd", make, options=(number("x", 0.5, ""), number("x", 0.5, "")))


@pytest.mark.usefixtures("leaky")
def test_parts_whose_options_clash_do_not_go_together() -> None:
    sentence = 'The model "leaky" and the optimizer "rmsprop" both have an option "alpha"'
    with pytest.raises(OptionError, match=sentence):
        RunSpec.parse("leaky/xor/mse/rmsprop alpha=0.3")
    trainer = Trainer("leaky", "xor", alpha=0.3)
    with pytest.raises(OptionError, match=sentence):
        trainer.switch(optimizer="rmsprop")
    assert str(trainer.spec) == "leaky/xor/mse/sgd alpha=0.3"


def test_an_optimizer_checks_its_own_options() -> None:
    def heavy(options: dict[str, Any]) -> None:
        if options["nesterov"] and options["heavy"]:
            raise OptionError("heavy and nesterov do not go together.")

    def sgd(parameters: Any, lr: float, **options: Any) -> Any:
        return optimizers.registry.get("sgd").factory(parameters, lr, momentum=0.9, nesterov=True, weight_decay=0.0)

    flags = (flag("nesterov", True, ""), flag("heavy", False, ""))
    optimizers.register("heavy", sgd, options=flags, check=heavy)
    try:
        Trainer("two-layer", "xor", optimizer="heavy").step()
        with pytest.raises(OptionError, match="heavy and nesterov"):
            RunSpec(optimizer="heavy", options=(("heavy", True),))
    finally:
        optimizers.registry.remove("heavy")
