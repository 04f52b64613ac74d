"""The run's line: in three forms that all lead to the same state, on the clipboard and on the screen."""

from __future__ import annotations

import asyncio
import shlex

import pytest

import hltcore
from hltcore.errors import SpecError
from tests.tui.sheets import SMALLEST, laid
from tui.screens.spec import SpecScreen, forms_of

LONG = "two-layer/xor/mse/sgd lr=0.25 @2e+1 linear1.weight[0,1]=0.5 @3e linear1.weight[]=0.1,-0.2,0.3,-0.4"


def told(spec: str) -> asyncio.Future[hltcore.RunSpec]:
    future: asyncio.Future[hltcore.RunSpec] = asyncio.get_running_loop().create_future()
    future.set_result(hltcore.RunSpec.parse(spec))
    return future


@pytest.mark.parametrize("spec", ["two-layer/xor", LONG])
def test_each_form_leads_to_the_same_state(spec: str) -> None:
    (_, line), (_, command), (_, python) = forms_of(spec)
    program, argument = shlex.split(command)
    names: dict[str, object] = {"hltcore": hltcore}
    exec(python, names)
    trainer = names["trainer"]
    assert isinstance(trainer, hltcore.Trainer)
    assert (program, argument, line) == ("hlt-tui", spec, spec)
    assert trainer.parameters == hltcore.Trainer.from_spec(spec).parameters


@pytest.mark.parametrize(("key", "form"), [("1", 0), ("2", 1), ("3", 2)])
async def test_the_line_is_copied_and_so_is_the_form_one_asks_for(key: str, form: int) -> None:
    async with laid(SpecScreen(told(LONG))) as seen:
        await seen.until(lambda: seen.app.clipboard == LONG)
        await seen.press(key, until=f"{key} is on the clipboard")
        assert seen.app.clipboard == forms_of(LONG)[form][1]


@pytest.mark.parametrize("close", ["escape", "q", "y"])
async def test_all_of_a_long_line_can_be_read_on_the_smallest_screen(close: str) -> None:
    async with laid(SpecScreen(told(LONG + ",7" * 150)), SMALLEST) as seen:
        await seen.until(lambda: "two-layer/xor/mse/sgd" in seen.text)
        found = ""
        for _ in range(30):
            found += seen.text
            if "escape closes" in seen.text:
                break
            await seen.press("pagedown", until=lambda before=seen.text: seen.text != before)  # type: ignore[misc]
        found += seen.text
        assert all(word in found for word in ("@2e+1", "hlt-tui", "from_spec(", "escape closes"))
        await seen.press(close, until=lambda: seen.closed)


async def test_it_waits_for_the_run_and_tells_why_there_is_no_line() -> None:
    answer: asyncio.Future[hltcore.RunSpec] = asyncio.get_running_loop().create_future()
    async with laid(SpecScreen(answer)) as seen:
        await seen.press("2", until="waiting for the run")
        answer.set_exception(SpecError("[red]The run is gone."))
        await seen.until(lambda: "✗ [red]The run is gone." in seen.text)
        assert not seen.app.clipboard
