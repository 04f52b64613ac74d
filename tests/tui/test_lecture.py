"""A lecture, given on a poor terminal: 80×24, no Unicode, one key after the other."""

from __future__ import annotations

import math
import re

from hltcore import RunSpec, Trainer
from hltcore.chain import chain
from hltcore.losses import registry
from tests.tui.terminal import Terminal
from tui.formatting import flat, number

POINT = "5e+3:backward"


def test_one_weights_gradient_ten_steps_back_another_weight_a_twin_and_the_line_to_hand_out() -> None:
    trainer = Trainer.from_spec(f"two-layer/xor @{POINT}")
    with Terminal("two-layer/xor", LC_ALL="C", TERM="screen") as terminal:
        terminal.wait_for("Press space")
        terminal.press("g")
        terminal.wait_for("Go to")
        terminal.press(POINT, "enter")
        terminal.wait_for("phase 4 of 5: backward")

        assert trainer.last_phase is not None
        event = trainer.last_phase
        story = chain(event, registry.get("mse").form_for("real")).story("linear1.weight", (0, 1))
        assert event.gradients["linear1.weight"][0][1] != 0
        terminal.press("down", "right", "5")
        terminal.wait_for("One number: linear1.weight[0,1]")
        ((_, factors),) = story.products
        for factor in factors:
            assert re.search(rf"{re.escape(number(factor.value).strip())}(?!\d)", terminal.text), factor
        shown = number(event.gradients["linear1.weight"][0][1]).strip()
        assert number(math.prod(factor.value for factor in factors)).strip() == shown
        assert re.search(rf"gradient +{re.escape(shown)} =", terminal.text)

        terminal.press("5", *"b" * 10)
        trainer.back(10)
        terminal.wait_for(f"{trainer.steps} steps done", "more in history")
        terminal.press("enter")
        terminal.wait_for("Set linear1.weight[0,1]")
        terminal.press("1.5", "enter")
        trainer.set_parameter("linear1.weight", (0, 1), 1.5)
        terminal.wait_for("Changed here: linear1.weight[0,1]=1.5")

        terminal.press("t")
        terminal.wait_for("A twin that differs in")
        terminal.press("lr=0.5", "enter")
        terminal.wait_for("A | lr=0.1", "B | lr=0.5")
        terminal.press("space")
        trainer.step()
        numbers = [number(value).strip() for value in flat(trainer.parameters["linear1.weight"])]
        terminal.wait_for(f"{trainer.steps} steps done", *numbers)

        terminal.press("y")
        terminal.wait_for("hlt-tui '")
        told = " ".join(terminal.text.split())
        line = re.search(r"hlt-tui '([^']*)'", told)
        assert line is not None
        assert RunSpec.parse(line[1]) == trainer.spec
        assert Trainer.from_spec(line[1]).parameters == trainer.parameters
        assert terminal.text.isascii()
        terminal.press("escape")
        terminal.wait_for("A | lr=0.1", "B | lr=0.5")
        terminal.press("q")
        assert terminal.ended() == 0
        assert terminal.unrestored == []
