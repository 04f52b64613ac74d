"""Forward and back: steps, phases, epochs, and what the screen says of them."""

from __future__ import annotations

import pytest

from hltcore import Trainer
from hltcore.phase import Phase
from tests.tui.support import numbers_in, opened, parameters_of
from tui.formatting import number, tally


async def test_space_does_one_step() -> None:
    trainer = Trainer("two-layer", "xor")
    async with opened("two-layer/xor") as seen:
        for count in (1, 2, 3):
            event = trainer.step()
            await seen.press("space", until=f"{tally(count, 'step')} done")
            assert f"loss {number(event.loss).strip()}" in seen.status
            assert f"ŷ {number(event.prediction).strip()}, y {event.target:g}" in seen.status
            assert event.batch.labels[0] in seen.status
            assert numbers_in(seen.parameters) == parameters_of(trainer)


async def test_e_runs_to_the_end_of_the_epoch() -> None:
    async with opened("two-layer/language-id") as seen:
        await seen.press("space", "e", until="6 steps done   epoch 1, 0 of 6 steps")
        await seen.press("e", until="12 steps done   epoch 2, 0 of 6 steps")


@pytest.mark.parametrize("key", ["b", "left"])
async def test_back_goes_to_the_same_numbers(key: str) -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press("space", "space", until="2 steps done")
        before = seen.parameters, seen.examples, seen.status
        await seen.press("space", until="3 steps done")
        assert (seen.parameters, seen.examples) != before[:2]
        await seen.press(key, until="2 steps done")
        assert (seen.parameters, seen.examples) == before[:2]
        assert "1 more in history" in seen.status
        await seen.press("space", until="3 steps done")
        assert "more in history" not in seen.status


async def test_phases_show_their_names_and_then_the_step() -> None:
    trainer = Trainer("two-layer", "xor")
    async with opened("two-layer/xor") as seen:
        for phase in (Phase.FORWARD, Phase.LOSS, Phase.ZERO_GRAD, Phase.BACKWARD):
            trainer.phase()
            await seen.press("full_stop", until=f"phase {phase.number} of 5: {phase}")
            assert "0 steps done" in seen.status
            assert numbers_in(seen.parameters) == parameters_of(trainer)
        trainer.phase()
        await seen.press("full_stop", until="1 step done")
        assert "phase" not in seen.status
        assert numbers_in(seen.parameters) == parameters_of(trainer)


async def test_each_phase_says_what_it_found() -> None:
    async with opened("logistic-regression/language-id") as seen:
        await seen.press("full_stop", until="Forward: gatos (0.4, 5)")
        assert "ŷ 0.7879" in seen.status
        await seen.press("full_stop", until="Loss: gatos")
        assert "loss 0.6208" in seen.status
        await seen.press("full_stop", until="gradients are gone")
        await seen.press("full_stop", until="the largest gradient is W.weight[")


async def test_space_finishes_a_paused_step_and_back_undoes_it() -> None:
    async with opened("two-layer/xor @5") as seen:
        start = seen.parameters.replace("▲", " ").replace("▼", " ")
        await seen.press("full_stop", "full_stop", until="phase 2 of 5: loss")
        await seen.press("b", until=lambda: "phase" not in seen.status)
        assert "5 steps done" in seen.status
        assert seen.parameters.replace("▲", " ").replace("▼", " ") == start
        await seen.press("full_stop", until="phase 1 of 5: forward")
        await seen.press("space", until="6 steps done")
        assert "phase" not in seen.status


@pytest.mark.parametrize("keys", [("b",), ("space", "b", "b")])
async def test_back_past_the_start_says_so_and_changes_nothing(keys: tuple[str, ...]) -> None:
    async with opened("two-layer/xor") as seen:
        before = seen.parameters, seen.examples
        await seen.press(*keys, until="✗ Cannot go back")
        assert (seen.parameters, seen.examples) == before
        assert "0 steps done" in seen.status
        await seen.press("space", until="1 step done")
        assert "Cannot" not in seen.status


async def test_everything_about_the_state_fits_eighty_columns() -> None:
    async with opened("two-layer/language-id @1205") as seen:
        await seen.press("b", "b", until="1,203 steps done")
        assert "2 more in history" in seen.status
        before = []
        for phase in ("1 of 5: forward", "2 of 5: loss", "3 of 5: zero-grad", "4 of 5: backward"):
            await seen.press("full_stop", until=f"phase {phase}")
            before.append(seen.status.splitlines()[1].partition("phase")[0])
        assert before[1:] == before[:-1]
        assert "1,203 of 1,205 steps" in before[0]
        assert "epoch 200, 3 of 6 steps" in before[0]
