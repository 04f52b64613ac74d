"""The settings sheet: every setting by keyboard, refused in place, taken over in one switch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from hltcore import Trainer, datasets
from hltcore.datasets import Dataset
from hltcore.options import number, word
from hltcore.settings import SETTINGS
from hltcore.spec import RunSpec
from tests.tui.sheets import SMALLEST, Laid, laid
from tui.formatting import plain
from tui.screens.settings import SettingsScreen
from tui.screens.settings_form import Form
from tui.widgets.field import Field

ALL_OF_SGD = {"model", "hidden", "dataset", "loss", "optimizer", "momentum", "nesterov", "weight_decay"}


class Asked:
    """Stands in for the run."""

    def __init__(self, refusal: str | None = None) -> None:
        self.refusal = refusal
        self.changes: list[dict[str, str]] = []

    async def __call__(self, changes: dict[str, str]) -> str | None:
        await asyncio.sleep(0)
        self.changes.append(changes)
        return self.refusal


def sheet(spec: str, asked: Asked) -> SettingsScreen:
    return SettingsScreen(RunSpec.parse(spec), asked)


def names(seen: Laid[bool]) -> list[str]:
    """The settings of the form, from top to bottom."""
    return [row.name for _, rows in seen.sheet.form.sections() for row in rows]


def here(seen: Laid[bool]) -> Field:
    focused = seen.app.focused
    assert isinstance(focused, Field)
    return focused


async def go(seen: Laid[bool], name: str) -> None:
    for _ in names(seen):
        if seen.sheet.here == name:
            return
        before = seen.sheet.here
        await seen.press("down", until=lambda: seen.sheet.here != before)  # noqa: B023
    raise AssertionError(f"no way to {name}")


async def put(seen: Laid[bool], name: str, text: str) -> None:
    """Go to a setting and type a text in place of the one there."""
    await go(seen, name)
    here(seen).action_select_all()
    await seen.press(*text, until=lambda: here(seen).value == text)
    await seen.pilot.pause()


@pytest.mark.parametrize("key", ["down", "tab"])
async def test_every_setting_is_reached_and_shown_on_the_smallest_screen(key: str) -> None:
    async with laid(sheet("two-layer/xor", Asked()), SMALLEST) as seen:
        found = []
        for _ in names(seen):
            found.append(seen.sheet.here)
            await seen.until(lambda: any(seen.sheet.here in row.split() for row in seen.text.splitlines()[2:-4]))
            before = seen.sheet.here
            await seen.press(key, until=lambda: seen.sheet.here != before)  # noqa: B023
        assert set(found) == ALL_OF_SGD | {option.name for option in SETTINGS}
        assert len(found) == len(set(found))
        assert seen.sheet.here == found[0]


async def test_all_that_was_typed_is_taken_over_at_once() -> None:
    asked = Asked()
    async with laid(sheet("two-layer/xor lr=0.5", asked)) as seen:
        await put(seen, "hidden", "3")
        await put(seen, "lr", "0.25")
        await put(seen, "seed", " 0")
        await seen.press("enter", until=lambda: seen.closed)
    assert asked.changes == [{"hidden": "3", "lr": "0.25"}]
    assert seen.results == [True]


async def test_enter_with_nothing_changed_and_escape_leave() -> None:
    asked = Asked()
    async with laid(sheet("two-layer/xor", asked)) as seen:
        await seen.press("enter", until=lambda: seen.closed)
    async with laid(sheet("two-layer/xor", asked)) as other:
        await put(other, "lr", "1")
        await other.press("escape", until=lambda: other.closed)
    assert (asked.changes, seen.results, other.results) == ([], [False], [False])


async def test_a_bad_value_is_refused_while_it_is_typed() -> None:
    asked = Asked()
    async with laid(sheet("two-layer/xor", asked), SMALLEST) as seen:
        await put(seen, "lr", "[red]fast")
        await seen.until(lambda: "lr=[red]fast is not allowed: it must be" in seen.text)
        await go(seen, "seed")
        await seen.press("enter", until=lambda: seen.sheet.here == "lr")
        assert here(seen).value == "[red]fast"
        assert asked.changes == []


async def test_what_only_the_run_can_refuse_leads_to_its_row_and_loses_nothing() -> None:
    asked = Asked("batch=9 is not allowed: xor has 4 examples.")
    async with laid(sheet("two-layer/xor", asked)) as seen:
        await put(seen, "batch", "9")
        await put(seen, "lr", "0.5")
        await seen.press("enter", until="✗ batch=9 is not allowed: xor has 4 examples.")
        await seen.until(lambda: seen.sheet.here == "batch")
        assert here(seen).value == "9"
        asked.refusal = None
        await put(seen, "batch", "4")
        await seen.press("enter", until=lambda: seen.closed)
    assert asked.changes[-1] == {"batch": "4", "lr": "0.5"}


async def test_another_part_has_other_rows_and_what_was_typed_stays() -> None:
    asked = Asked()
    async with laid(sheet("two-layer/xor/mse/sgd momentum=0.5", asked)) as seen:
        await put(seen, "lr", "0.01")
        await put(seen, "weight_decay", "0.1")
        await put(seen, "momentum", "0.9")
        await put(seen, "optimizer", "adam")
        await seen.until(lambda: "beta1" in names(seen) and "momentum" not in names(seen))
        await put(seen, "beta1", "0.8")
        await seen.until(lambda: "momentum" not in seen.text)
        await seen.press("enter", until=lambda: seen.closed)
    assert asked.changes == [{"optimizer": "adam", "beta1": "0.8", "weight_decay": "0.1", "lr": "0.01"}]


async def test_the_space_bar_goes_through_the_choices() -> None:
    async with laid(sheet("two-layer/xor", Asked())) as seen:
        await go(seen, "shuffle")
        await seen.press("space", until=lambda: here(seen).value == "true")
        await seen.press("space", until=lambda: here(seen).value == "false")
        await go(seen, "loss")
        start = here(seen).value
        await seen.press("space", until=lambda: here(seen).value != start)
        await seen.press("ctrl+left", until=lambda: here(seen).value == start)


async def test_several_words_can_be_joined() -> None:
    form = Form(RunSpec.parse("mlp/circles"))
    choices = next(row.choices for _, rows in form.sections() for row in rows if row.name == "features")
    async with laid(sheet("mlp/circles", Asked())) as seen:
        await go(seen, "features")
        await seen.press("space", until=lambda: here(seen).value == "x+y+" + choices[2])
        await seen.until(lambda: "start anew" in seen.text)
        await seen.press("ctrl+left", until=lambda: here(seen).value == "x+y")
        await seen.press(*["space"] * (len(choices) - 1), until=lambda: here(seen).value == choices[0])


async def test_a_word_that_is_begun_can_be_completed() -> None:
    async with laid(sheet("two-layer/xor", Asked())) as seen:
        await go(seen, "init")
        await seen.press(*"xav", until="init         xavier")
        await seen.press("right", until=lambda: here(seen).value == "xavier")


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "eight-layer"}, {"hidden": "3"}, {"seed": "5"}, {"init": "zeros"}, {"dataset": "or"},
        {"dataset": "language-id"}, {"batch": "2"}, {"shuffle": "true"}, {"loss": "l1"}, {"lr": "0.3"},
        {"optimizer": "adam"}, {"momentum": "0.5", "dataset": "and"}, {"frozen": "linear1.bias"}, {},
        {"l2": "0.1"}, {"model": "mlp", "depth": "2"},
        {"dataset": "circles", "features": "x+y+xy"}, {"dataset": "moons", "noise": "0.2"},
    ],
)  # fmt: skip
def test_what_the_sheet_promises_is_what_the_run_does(changes: dict[str, str]) -> None:
    trainer = Trainer("two-layer", "xor")
    list(trainer.run(steps=2))
    form = Form(trainer.settings)
    for name, text in changes.items():
        form = form.typed(name, text)
    before, epochs = trainer.parameters, trainer.position.epoch
    verdict = form.verdict()
    trainer.switch(**form.changes())
    anew, new_epoch = trainer.parameters != before, (trainer.position.epoch, trainer.position.step) != (epochs, 2)
    assert not verdict.refused
    assert ("start anew" in verdict.sentence) == anew
    assert ("weights go on" in verdict.sentence) == (not anew and bool(changes))
    assert ("new epoch" in verdict.sentence) == (new_epoch and not anew)


def test_parts_that_do_not_go_together_are_refused() -> None:
    form = Form(RunSpec.parse("two-layer/xor")).typed("nesterov", "true")
    assert form.verdict().refused
    assert "momentum" in form.verdict().sentence
    assert not form.typed("momentum", "0.9").verdict().refused


@pytest.fixture
def hostile() -> Iterator[str]:
    """A data set whose options say what a terminal or markup might obey."""
    data = Dataset("odd", ("x",), ("a",), ((0.0,),), (0.0,))
    options = (word("größe", "[red]", "[bold]\x1b[31m[$primary]", str), number("n", 1.0, "\ud800 many"))
    datasets.register("odd", lambda **_: data, summary="[blink]\x07", options=options)
    yield "logistic-regression/odd"
    datasets.registry.remove("odd")


async def test_hostile_text_is_shown_as_text(hostile: str) -> None:
    async with laid(sheet(hostile, Asked()), (140, 40)) as seen:
        await go(seen, "größe")
        assert plain("[bold]\x1b[31m[$primary]") in seen.text
        await put(seen, "größe", "[/][")
        await seen.until(lambda: "was [red]" in seen.text and "[/][" in seen.text)
        assert seen.text.replace("\n", "").isprintable()
