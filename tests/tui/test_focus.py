"""The focus: arrow keys walk every number of the model; one can be set, frozen, and followed through the run."""

from __future__ import annotations

import pytest

from hltcore import Trainer
from tests.tui.support import opened
from tests.tui.test_travel_keys import answer, closed
from tui.cells import cells, walk
from tui.formatting import number


@pytest.mark.parametrize("model", ["logistic-regression", "two-layer", "eight-layer", "mlp"])
def test_the_arrows_reach_every_number(model: str) -> None:
    parameters = Trainer(model, "xor").parameters
    every = set(cells(parameters))
    reached, edge = set(), {walk(parameters, None, "down")}
    while edge:
        reached |= edge
        edge = {walk(parameters, cell, key) for cell in edge for key in ("up", "down", "left", "right")} - reached
    assert reached == every
    first = walk(parameters, None, "right")
    assert walk(parameters, first, "left") == walk(parameters, first, "up") == first
    assert walk({}, None, "down") is None


async def test_left_goes_back_until_a_number_is_focused_and_escape_lets_go() -> None:
    async with opened("two-layer/xor @2e") as seen:
        await seen.press("left", until="7 steps done")
        await seen.press("down", "left", "right", "5", until=lambda: "One number: linear1.weight[0,1]" in seen.text)
        assert "7 steps done" in seen.status
        await seen.press("5", "escape", "left", until="6 steps done")


async def test_a_click_focuses() -> None:
    async with opened("two-layer/xor @2e") as seen:
        await seen.press("1")
        lines = seen.main.query_one("#parameter-lines")
        await seen.pilot.click("#parameter-lines", offset=(12, 2))
        assert lines.size.width > 12
        await seen.press("5", until=lambda: "One number: linear1.weight[1,1]" in seen.text)


async def test_a_number_is_set_by_hand_and_a_bad_one_refused() -> None:
    async with opened("two-layer/xor @2e") as seen:
        await seen.press("down", "down")
        await answer(seen, "enter", "1.5x")
        await seen.until(lambda: '✗ linear1.weight cannot be set to "1.5x": it must be a number.' in seen.text)
        await seen.press("escape")
        await closed(seen, "8 steps done")
        await answer(seen, "enter", "-2.5")
        await closed(seen, "Changed here: linear1.weight[1,0]=-2.5")
        assert (await seen.ask(lambda t: t.parameters))["linear1.weight"][1][0] == -2.5
        assert "-2.5000" in seen.parameters


async def test_a_frozen_number_is_marked_and_stays() -> None:
    async with opened("two-layer/xor seed=5") as seen:
        await seen.press("down", "f", until="frozen=linear1.weight[0,0]")
        before = seen.parameters.replace("=", " ").split()
        await seen.press("e", until="4 steps done")
        row = next(row for row in seen.parameters.splitlines() if "=" in row)
        assert row.split("=")[0].strip() in before
        await seen.press("f", until=lambda: "frozen=linear1" not in seen.status)
        assert await seen.ask(lambda t: t.settings.frozen) == ""


async def test_steps_that_changed_it_are_found() -> None:
    spec = "two-layer/xor seed=5 @10e"
    trainer = Trainer.from_spec(spec)
    name, index = "linear1.weight", (0, 0)
    async with opened(spec) as seen:
        await seen.press("home", "down", until="   0 steps done")
        for key, forwards, sign in (("c", True, False), ("c", True, False), ("x", True, True), ("C", False, False)):
            trainer.seek(seen.snapshot.steps)
            search = trainer.next_change if forwards else trainer.previous_change
            step = search(name, index, sign=sign)
            if step is None:
                await seen.press(key, until="linear1.weight[0,0] does not change")
            else:
                await seen.press(key, until=lambda step=step: seen.snapshot.steps == step)
        await seen.press("end", "c", until="does not change its value after step 40")


async def test_the_story_is_the_librarys() -> None:
    async with opened("two-layer/xor seed=5 l2=0.01 @5e", size=(80, 30)) as seen:
        await seen.press("down", *["full_stop"] * 4, "5", until="phase 4 of 5: backward")
        event = await seen.ask(lambda t: t.last_phase)
        story = seen.snapshot.chain_of(event).story("linear1.weight", (0, 0))
        await seen.until(lambda: "One number: linear1.weight[0,0]" in seen.text and "path" in seen.text)
        rows = {row.strip()[:20].strip(): row for row in seen.text.splitlines()}
        assert number(story.gradient).strip() in rows["gradient"].split()
        assert number(event.gradients["linear1.weight"][0][0]).strip() in rows["gradient"].split()
        for factor in (*story.products[0][1], *story.penalties):
            row = next(row for row in seen.text.splitlines() if row.strip().startswith(factor.symbol))
            assert number(factor.value).strip() in row.split(), factor
        await seen.press("full_stop", until="21 steps done")
        path = [value for _, value in await seen.ask(lambda t: t.path("linear1.weight", (0, 0)).points())]
        await seen.until(lambda: "change in this step" in seen.text)
        assert number(max(path)).strip() in seen.text
        assert number(min(path)).strip() in seen.text
        await seen.press("full_stop", until="phase 1 of 5")
        await seen.until(lambda: "The backward pass has not come yet" in seen.text)
