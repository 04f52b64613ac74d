"""The sheet that sweeps over seeds: live, left at any time, and a chosen seed's run is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import pytest

from hltcore.errors import OptionError
from hltcore.sweeps.plan import Plan
from hltcore.sweeps.result import Sweep, Variant
from hltcore.sweeps.sweeping import shards
from tests.tui.sheets import SMALLEST, laid
from tests.tui.support import opened
from tui.panels.fan import fan
from tui.screens.sweep import SweepScreen, Swept
from tui.theme import DARK, palette_of
from tui.widgets.seeds import FAILED, SOLVED


@lru_cache
def steps() -> tuple[Swept, ...]:
    """A sweep at three moments."""
    plan = Plan.make("two-layer/xor", 150, 30, {})
    done = {}
    found = []
    for piece, shard in shards(plan, largest=64):
        done[piece] = shard
        found.append(Swept(150, Sweep(plan, done)[0]))
    return tuple(found)


def whole() -> Variant:
    return steps()[-1].variant


async def begin(left: Callable[[], bool]) -> Iterator[Swept]:
    return iter(steps())


@pytest.mark.parametrize("size", [SMALLEST, (80, 24), (140, 40)])
async def test_the_seeds_and_their_losses_are_shown(size: tuple[int, int]) -> None:
    async with laid(SweepScreen(begin), size) as seen:
        await seen.until(lambda: f"{100 * whole().share:.1f} % learn it" in seen.text)
        await seen.until(lambda: SOLVED in seen.text and FAILED in seen.text)
        await seen.until(lambda: "epoch 30" in seen.text)
        assert "leave" in seen.text
        marks = "".join(SOLVED if outcome.solved else FAILED for outcome in whole().outcomes)
        assert any(marks[:10] in line for line in seen.text.splitlines())


async def test_a_seed_is_chosen_with_the_keys() -> None:
    outcomes = whole().outcomes
    solved = next(outcome for outcome in outcomes if outcome.solved)
    async with laid(SweepScreen(begin)) as seen:
        await seen.until(lambda: "30 epochs, 150 seeds" in seen.text)
        await seen.until(lambda: "trained …" not in seen.text and "seed 0 " in seen.text)
        await seen.press("right", "right", "left", until="seed 1 ")
        await seen.press("end", until="seed 149 ")
        await seen.press("home", "x", until=f"seed {solved.seed} ")
        assert f"all right first after {solved.epoch} epochs" in seen.text
        await seen.press("enter", until=lambda: seen.closed)
        assert seen.results == [whole().spec_of(solved)]


async def test_a_refusal_is_told_and_nothing_is_given_back() -> None:
    async def refused(left: Callable[[], bool]) -> Iterator[Swept]:
        raise OptionError("No [such] thing.")

    async with laid(SweepScreen(refused)) as seen:
        await seen.until(lambda: "No [such] thing." in seen.text)
        await seen.press("enter", "x", "down", "escape", until=lambda: seen.closed)
        assert seen.results == [None]


async def test_the_chosen_seeds_run_is_opened_and_left_by_its_line() -> None:
    async with opened("two-layer/xor hidden=3") as seen:
        await seen.press("S", until=lambda: "1,000 seeds" in seen.text and "seed 0 " in seen.text)
        await seen.press("right", "right", until=lambda: "seed 2 " in seen.text)
        await seen.press("enter", until=lambda: "Seed 2, as line 2 of history" in seen.text)
        spec, steps = await seen.ask(lambda trainer: (str(trainer.spec), trainer.steps))
        assert (spec, steps) == ("two-layer/xor/mse/sgd seed=2 hidden=3 @49e", 196)
        await seen.press("S", until=lambda: "1,000 seeds" in seen.text)
        await seen.press("escape", until=lambda: len(seen.app.screen_stack) == 1)
        await seen.press("left_square_bracket", until=lambda: "seed=0" in seen.status)


@pytest.mark.parametrize(("width", "height"), [(0, 0), (5, 3), (40, 10)])
def test_a_fan_fits_its_room_and_shows_what_can_be_shown(width: int, height: int) -> None:
    rows = [(1.0, 2.0, 3.0, 4.0, 5.0), (0.0, 1.0, 2.0, 3.0, float("inf")), (0.0, 0.5, 1.0, 2.0, float("inf"))]
    strips = fan((0, 1, 2), rows, width, height, palette_of(DARK))
    assert len(strips) == height
    assert all(strip.cell_length == width for strip in strips)
    if width == 40:
        assert strips[0].text.startswith("      3")
        assert strips[-1].text.endswith("epoch 2")
