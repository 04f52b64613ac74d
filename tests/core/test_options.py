"""Options tell a form what they can take."""

from __future__ import annotations

import pytest

from hltcore import Trainer, chain, datasets, models, nets, optimizers
from hltcore.errors import OptionError
from hltcore.options import Option, several
from hltcore.settings import SETTINGS

PARTS = (models, datasets, optimizers)
EVERY = [*SETTINGS, *(option for part in PARTS for entry in part.registry for option in entry.options)]
NAMED = {option.name: option for option in EVERY}


@pytest.mark.parametrize("option", [option for option in EVERY if option.choices], ids=lambda option: option.name)
def test_it_can_take_each_of_its_choices(option: Option) -> None:
    assert option.choices is not None
    for text in option.choices():
        assert str(option.read(text)).casefold() == text
    assert str(option.default).casefold() in option.choices() or option.joined


def test_which_have_choices() -> None:
    assert NAMED["shuffle"].choices is not None
    assert NAMED["shuffle"].choices() == ("true", "false")
    assert NAMED["init"].choices is not None
    assert NAMED["init"].choices()[0] == "pytorch"
    assert NAMED["updates"].choices is not None
    assert NAMED["updates"].choices()[:2] == ("", "logistic-regression")
    assert {name for name, option in NAMED.items() if option.choices is None} >= {"lr", "seed", "batch", "frozen", "l1"}


def test_every_activation_function_is_known_everywhere() -> None:
    choices = NAMED["activation"].choices
    assert choices is not None
    assert set(choices()) <= set(nets.ACTIVATIONS) == set(chain.SLOPES)
    for activation in choices():
        assert Trainer("mlp", "xor", activation=activation, depth=8).step().layout.functions[-2] == activation


def test_several_words() -> None:
    option = several("tones", "low", "", ("low", "mid", "high"))
    assert option.joined
    assert option.read("HIGH+low+high") == "low+high"
    for text, said in (("lwo", 'did you mean "low"?'), ("", "choose from low, mid, high."), ("low+", "choose from ")):
        with pytest.raises(OptionError, match=r"^tones=") as raised:
            option.read(text)
        assert said in str(raised.value)
