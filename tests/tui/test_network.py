"""The network panel: every weight and unit with its number and state where there is room, at every size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style
from textual.strip import Strip

from hltcore import Dataset, Trainer, models
from hltcore.units import dead_units
from tests.tui.panels import check_size, look, texts
from tests.tui.support import numbers_in
from tests.tui.test_hostile_text import HOSTILE
from tui.formatting import flat, number
from tui.panels.network import network_lines
from tui.snapshot import Snapshot
from tui.theme import DARK, palette_of

PALETTE = palette_of(DARK)
VALUES = ((1.0, -0.5, -2.0, 3.0), (0.25, -0.75), (0.125, -0.0625), (2.0,))


def known() -> Trainer:
    """A net whose numbers can be followed by hand, after the forward phase of "0 xor 0"."""
    trainer = Trainer("two-layer", "xor")
    trainer.load_parameters(VALUES)
    trainer.phase()
    return trainer


NETS = {
    spec: look(spec)
    for spec in (
        "two-layer/xor @5",
        "two-layer/xor hidden=16 batch=all @5",
        "eight-layer/xor @3",
        "logistic-regression/language-id",
    )
}


def cells(lines: list[Strip]) -> list[list[tuple[str, Style]]]:
    return [[(text, style or Style()) for text, style, _ in strip for text in text] for strip in lines]


def test_a_small_net_with_every_number() -> None:
    dead = frozenset({("linear1", 1)})
    assert texts(network_lines(look(known()), PALETTE, 80, 16, dead=dead)) == [
        "0 xor 0  y = 0  ŷ = 2.0312  under the present parameters",
        "x                            linear1, clamp                     linear2",
        "",
        "                             ╭─linear1[0]───╮",
        "                             │ bias  0.2500 │",
        "first  0 ●⣤⣤⣤ 1.0000 ⣤⣤⣤⣤⣤⣤⣤⣤│ z     0.2500 │⠤⣀⡀",
        "          ⠈⠙ ⣄⡀          ⡠⠒  │ a     0.2500 │  ⠈⠉⠒ 0.1250       ╭─linear2[0]───╮",
        "              -2.0000 ⠤⠊     ╰─✓ open───────╯        ⠈⠉⠑⠒⠤⢄⣀    │ bias  2.0000 │",
        "                 ⠙ ⣤⡊                                       ⠉⢑⠒⠤│ z     2.0312 │",
        "              -0.5000 ⣤⡀     ╭─linear1[1]───╮          ⢀ ⠤⠔ ⠉⠁  │ ŷ     2.0312 │",
        "             ⠔⠊        ⠙ ⢦⣀  │ bias -0.7500 │     -0.0625       ╰──────────────╯",
        "second 0 ●⣶⣾⣶ 3.0000 ⣶⣶⣶⣶⣶⣿⣶⣶│ z    -0.7500 │⠤⠒ ⠉",
        "                             │ a     0.0000 │",
        "                             ╰─dead ☠───────╯",
        "",
        "⠤⠤⠤⠤ above 0  ⠤⠤ ⠤ below 0  ● open  ○ closed  ☠ dead  thicker is larger",
    ]


def test_a_net_of_which_no_step_is_known() -> None:
    snapshot = replace(look(known()), phase_event=None, event=None)
    lines = texts(network_lines(snapshot, PALETTE, 64, 7))
    assert "linear1" in lines[0]
    assert "clamp" not in lines[0]
    shown = numbers_in("\n".join(texts(network_lines(snapshot, PALETTE, 80, 20))))
    assert shown == sorted(number(value).strip() for row in VALUES for value in row)


@pytest.mark.parametrize("spec", ["two-layer/xor seed=4 @9", "two-layer/language-id @3e", "logistic-regression/or @2"])
def test_every_weight_and_bias_is_there_at_80x20(spec: str) -> None:
    snapshot = look(spec)
    text = "\n".join(texts(network_lines(snapshot, PALETTE, 80, 20)))
    for tensor in snapshot.parameters.values():
        for value in flat(tensor):
            assert number(value).strip() in text.split()
    assert snapshot.event is not None
    assert snapshot.evaluation is not None
    prediction = snapshot.evaluation.predictions[snapshot.event.batch.rows[0]]
    assert f"ŷ = {number(prediction).strip()}" in text


def test_the_sign_shows_in_colour_and_in_the_line() -> None:
    lines = network_lines(look(known()), PALETTE, 80, 16)
    from_first = cells(lines)[5]
    assert {style for text, style in from_first[14:24] if text != " "} == {PALETTE.signed(1.0)}
    to_prediction = "".join(text for text, _ in cells(lines)[9][45:63])
    assert to_prediction.split() == ["⢀", "⠤⠔", "⠉⠁"]  # broken: below 0
    below = {style for row in cells(lines) for text, style in row if text and "-2.0000".startswith(text)}
    assert PALETTE.signed(-2.0) in below


def test_states_are_marked_in_every_size() -> None:
    trainer = Trainer("two-layer", "xor", hidden=8, seed=2)
    list(trainer.run(steps=5))
    dead = dead_units(trainer.parameters, trainer.functions, trainer.dataset.xs)
    assert dead
    event = trainer.phase()
    closed = sum(z < 0 for z in event.pre_activations["linear1"])
    for width, height in ((140, 50), (90, 20), (48, 14)):
        drawn = "\n".join(texts(network_lines(look(trainer), PALETTE, width, height, dead=dead))[1:-1])
        assert drawn.count("☠") == len(dead), (width, height)
        assert drawn.count("○") + drawn.count("✗ closed") == closed - len(dead)


def test_units_beyond_the_room_are_counted() -> None:
    lines = texts(network_lines(NETS["two-layer/xor hidden=16 batch=all @5"], PALETTE, 80, 15))
    assert "… 5 more" in lines[-2]
    assert "the first of a batch of 4" in lines[0]


def test_the_eight_layers_fit_in_80_columns() -> None:
    lines = texts(network_lines(NETS["eight-layer/xor @3"], PALETTE, 80, 20))
    assert lines[1].split() == ["x", *(f"linear{layer}" for layer in range(1, 9))]
    assert sum("\n".join(lines[2:-1]).count(mark) for mark in "●○☠") == 2 + 7 * 4 + 1


@pytest.mark.parametrize("size", [(80, 20), (60, 12)])
def test_what_is_in_focus_is_accented(size: tuple[int, int]) -> None:
    snapshot = NETS["two-layer/xor @5"]
    for focus, value in (
        (("linear1.weight", (1, 0)), snapshot.parameters["linear1.weight"][1][0]),
        (("linear2.bias", (0,)), snapshot.parameters["linear2.bias"][0]),
    ):
        lines = network_lines(snapshot, PALETTE, *size, focus=focus)
        accented = "".join(text if style == PALETTE.accent else " " for row in cells(lines[2:]) for text, style in row)
        assert number(value).strip() in accented.split() or (focus[0].endswith("bias") and "●" in accented)
        small = cells(network_lines(snapshot, PALETTE, 36, 7, focus=focus))
        assert any(style == PALETTE.accent for row in small for _, style in row)
        plain = network_lines(snapshot, PALETTE, *size)
        assert not any(style == PALETTE.accent for row in cells(plain[2:]) for _, style in row)


def test_too_many_weights_leave_the_smallest_out() -> None:
    trainer = Trainer("eight-layer", "xor", hidden=16)
    lines = texts(network_lines(look(trainer), PALETTE, 140, 40))
    assert f"{2 * 16 + 6 * 16 * 16 + 16 - 240} small weights not drawn" in lines[-1]


@pytest.fixture
def other_model() -> Iterator[str]:
    def build(inputs: int) -> object:
        from torch import nn

        return nn.Sequential(nn.Linear(inputs, 2), nn.Softplus(), nn.Linear(2, 1))

    models.register("soft", build)  # type: ignore[arg-type]
    yield "soft/xor @2"
    models.registry.remove("soft")


def test_another_kind_of_model_says_so(other_model: str) -> None:
    told = ["The network is drawn for rows of linear layers only; this model is another kind."]
    assert texts(network_lines(look(other_model), PALETTE, 100, 20)) == told
    strange = replace(NETS["two-layer/xor @5"], parameters={"a.weight": (1.0, 2.0), "b": 3.0})
    assert texts(network_lines(strange, PALETTE, 100, 20)) == told
    building = replace(NETS["two-layer/xor @5"], parameters={}, event=None)
    assert texts(network_lines(building, PALETTE, 100, 20)) == ["The network is being built"]


def hostile() -> Snapshot:
    snapshot = NETS["two-layer/xor @5"]
    names = {f"\x1b[31m日本[b]{name}": tensor for name, tensor in snapshot.parameters.items()}
    data = snapshot.dataset
    xs, targets = (data.xs * 3), (data.targets * 3)
    return replace(snapshot, parameters=names, dataset=Dataset("x", (HOSTILE[4], HOSTILE[5]), HOSTILE, xs, targets))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 150), st.integers(0, 45), st.sampled_from([*NETS, "hostile"]), st.booleans())
def test_every_size_can_be_drawn(width: int, height: int, name: str, large: bool) -> None:
    snapshot = hostile() if name == "hostile" else NETS[name]
    if large:
        inf = {n: _scaled(tensor) for n, tensor in snapshot.parameters.items()}
        snapshot = replace(snapshot, parameters=inf)
    drawn = network_lines(snapshot, PALETTE, width, height, focus=("linear1.weight", (0, 0)))
    check_size(drawn, width, height)
    if width >= 40 and height >= 3:
        assert len(drawn) == height


def _scaled(tensor: object) -> object:
    """Numbers of every kind of size, infinite and none among them."""
    if isinstance(tensor, tuple):
        return tuple(map(_scaled, tensor))
    assert isinstance(tensor, float)
    return (float("nan"), float("inf"), 1e30, -1e-30, 0.0)[int(abs(tensor) * 1e6) % 5]


def test_layers_that_have_no_room_for_their_names_keep_their_numbers() -> None:
    snapshot = look("eight-layer/language-id")
    title = texts(network_lines(snapshot, PALETTE, 44, 9, functions=snapshot.functions))[1]
    assert title.split()[0] == "x"
    assert [word[-2:] for word in title.split()[1:]] == [f"…{layer}" for layer in range(1, 8)]
