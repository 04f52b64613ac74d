"""A model of one's own on the screen: every panel shows it, or says in a sentence what it cannot show."""

from __future__ import annotations

import pytest

import tui
from hltcore import Dataset, Trainer
from hltcore._torch import torch
from hltcore.errors import HltError
from hltcore.plugins import Plugin
from hltcore.spec import RunSpec
from tests.tui.support import Seen, numbers_in, opened, parameters_of
from tests.tui.terminal import Terminal
from tui.screens.settings_form import Form
from tui.screens.spec import forms_of

XS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
NAND = Dataset("nand", ("p", "q"), ("00", "10", "01", "11"), XS, (1.0, 1.0, 1.0, 0.0))


class Skip(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = torch.nn.Linear(2, 2)
        self.out = torch.nn.Linear(4, 1)
        self.scale = torch.nn.Parameter(torch.tensor(0.5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(torch.cat((x, torch.tanh(self.hidden(x))), dim=1)) * self.scale


class Three(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = torch.nn.Linear(2, 3), torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.c(torch.relu(self.b(torch.tanh(self.a(x)))))


def made(model: torch.nn.Module, **settings: object) -> Trainer:
    return Trainer(model=model, dataset=NAND, loss="mse", lr=0.1, **settings)


async def panel(seen: Seen, key: str, name: str) -> str:
    """A panel's words, brought up by its key and put away again."""
    await seen.press(key, until=lambda: seen.main.query_one(f"#{name}").display and any(seen.rows(f"{name}-lines")))
    text = "\n".join(seen.rows(f"{name}-lines"))
    await seen.press(key, until=lambda: seen.main.query_one("#parameters").display)
    return " ".join(text.split())


async def test_a_model_that_is_no_row_of_layers() -> None:
    trainer = made(Skip())
    async with opened(trainer=trainer) as seen:
        assert "own:Skip / own:nand / mse / sgd" in seen.status
        await seen.press("space", until="1 step done")
        assert trainer.steps == 1  # it is the script's own trainer, not another
        assert numbers_in(seen.parameters) == sorted(parameters_of(trainer))
        await seen.press("full_stop", until="phase 1 of 5")
        event = trainer.last_phase
        assert event is not None
        forward = await panel(seen, "4", "inside")
        assert "The chain rule is shown for rows of linear layers only; this model is another kind." in forward
        assert "hidden " + " ".join(f"{z:.4f}" for z in event.activations["hidden"]) in forward
        assert f"ŷ = {event.prediction:.4f}" in forward
        await seen.press("full_stop", "full_stop", "full_stop", until="phase 4 of 5")
        backward = await panel(seen, "4", "inside")
        last = trainer.last_phase
        assert last is not None
        assert "out.weight " + " ".join(f"{g:.4f}" for g in last.gradients["out.weight"][0]) in backward
        network = await panel(seen, "7", "network")
        assert network.endswith("drawn for rows of linear layers only; this model is another kind.")
        assert "7 checks did not. The model is not a row of layers" in await panel(seen, "8", "findings")

        await seen.press("n", until="seed=1 cannot draw scale anew")
        await seen.press("m", "m", "m", "m", until="mlp / own:nand")  # the fifth has no use for these data
        await seen.press("m", until="linear-regression / own:nand")
        await seen.press("m", until="own:Skip / own:nand")  # it comes round to the script's own
        assert trainer.parameters["scale"] == 0.5  # its own numbers again, as it came
        await seen.press("M", until=lambda: "● own:Skip" in seen.text)
        await seen.press("escape", "y", until=lambda: "No line leads here from another program" in seen.text)
        assert "Trainer.from_spec(trainer.spec)" in seen.text
        assert not seen.app.clipboard


async def test_a_row_of_layers_is_shown_as_one() -> None:
    trainer = made(Three(), batch=2)
    async with opened(trainer=trainer) as seen:
        await seen.press("full_stop", until="phase 1 of 5")
        event = trainer.last_phase
        assert event is not None
        forward = await panel(seen, "4", "inside")
        assert f"tanh → {event.activations['a'][0][0]:.4f}" in forward
        network = await panel(seen, "7", "network")
        assert "tanh" in network
        assert "relu" in network


def test_the_form_keeps_what_no_registry_has() -> None:
    form = Form(made(Three()).settings)
    rows = {row.name: row for _, rows in form.sections() for row in rows}
    assert (rows["model"].text, rows["model"].refusal, rows["model"].changed) == ("own:Three", "", False)
    assert rows["model"].choices[-1] == "own:Three"
    assert form.verdict().sentence == "Nothing is changed."
    other = form.typed("model", "mlp")
    assert other.changes() == {"model": "mlp"}
    assert other.typed("model", "own:Three").verdict().sentence == "Nothing is changed."
    assert form.typed("lr", "0.3").changes() == {"lr": "0.3"}
    assert "is an object of the script" in form.typed("model", "own:Thre").verdict().sentence


def test_the_forms_name_the_plugins_that_a_line_needs() -> None:
    forms = forms_of("mine/xor", ("my file.py",))
    assert [text for _, text in forms] == [
        "mine/xor",
        "hlt-tui --plugin 'my file.py' mine/xor",
        "hltcore.plugins.load('my file.py'); trainer = hltcore.Trainer.from_spec('mine/xor')",
    ]
    assert forms[0][0] == "The run in one line, with my file.py at hand"


SCRIPT = """
import hltcore, tui
from hltcore._torch import torch

trainer = hltcore.Trainer(model=torch.nn.Sequential(torch.nn.Linear(2, 1)), dataset="and", lr=0.2)
list(trainer.run(epochs=1))
tui.show(trainer)
trainer.step()
print("it stands at", trainer.spec)
"""


def test_a_script_shows_its_run_and_goes_on_where_the_user_left_it() -> None:
    with Terminal(shell='exec "$1" -c "$SCRIPT" <"$0" >"$0" 2>&1', SCRIPT=SCRIPT) as terminal:
        terminal.wait_for("4 steps done")
        terminal.press("space", "space", "b", "q")
        assert terminal.ended() == 0
        assert "it stands at own:Sequential/and/mse/sgd lr=0.2 @1e+2" in terminal.printed
        assert terminal.unrestored == []


def test_without_a_terminal_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with pytest.raises(HltError, match=r"^hlt-tui (needs a terminal|cannot draw)"):
        tui.show(made(Three()))


async def test_a_run_made_without_checks_has_no_findings() -> None:
    trainer = Trainer("two-layer", "xor", checks=False)
    async with opened(trainer=trainer) as seen:
        await seen.press("e", until="4 steps done")
        assert seen.snapshot.findings == ()


async def test_the_sheet_names_the_plugin(tmp_path: object) -> None:
    async with opened("mlp/xor") as seen:
        seen.app.plugins = (Plugin("nets.py", None, (("model", "mlp"),)),)
        await seen.press("y", until=lambda: "hlt-tui --plugin nets.py mlp/xor" in seen.text)
        assert RunSpec.parse(seen.app.clipboard).model == "mlp"
