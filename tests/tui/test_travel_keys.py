"""Time by keys: a phase or an epoch back, anywhere, until something holds, and to a line that was left."""

from __future__ import annotations

from hltcore import Trainer
from tests.tui.support import Seen, numbers_in, opened, parameters_of
from tui.widgets.field import Field


async def answer(seen: Seen, key: str, text: str) -> None:
    """Open a sheet with a key, type a text in place of what is there, and hand it in."""
    await seen.press(key, until=lambda: isinstance(seen.app.focused, Field))
    field = seen.app.focused
    assert isinstance(field, Field)
    field.value = text
    await seen.press("enter")


async def closed(seen: Seen, until: str) -> None:
    await seen.until(lambda: seen.app.screen is seen.main and until in seen.status)


async def test_back_by_phase_and_epoch_home_and_end() -> None:
    async with opened("two-layer/xor seed=5 @5e+2") as seen:
        await seen.press("comma", until="phase 4 of 5: backward")
        await seen.press("comma", "comma", "comma", until="phase 1 of 5: forward")
        await seen.press("comma", until="21 steps done   epoch 5, 1 of 4 steps   1 more in history")
        await seen.press("B", until="epoch 5, 0 of 4 steps")
        await seen.press("B", until="epoch 4, 0 of 4 steps")
        await seen.press("home", until="   0 steps done")
        assert numbers_in(seen.parameters) == parameters_of(Trainer("two-layer", "xor", seed=5))
        await seen.press("comma", until="✗ Cannot go back by a phase")
        await seen.press("end", until="22 steps done")
        assert numbers_in(seen.parameters) == parameters_of(Trainer.from_spec("two-layer/xor seed=5 @5e+2"))


async def test_going_anywhere_and_what_is_no_point_stays_in_the_sheet() -> None:
    async with opened("two-layer/xor seed=5 @3e") as seen:
        await answer(seen, "g", "1e+2:loss")
        await closed(seen, "phase 2 of 5: loss")
        await answer(seen, "g", "20e")
        await closed(seen, "80 steps done   epoch 20")
        await answer(seen, "g", "12e*3")
        await seen.until(lambda: '✗ "12e*3" is not a point in a run' in seen.text)
        assert seen.app.focused.value == "12e*3"  # type: ignore[union-attr]
        await seen.press("escape")
        await closed(seen, "80 steps done")


async def test_running_until_something_holds_or_never() -> None:
    async with opened("two-layer/xor seed=11") as seen:
        await answer(seen, "u", "all-right")
        await closed(seen, "all-right: holds here")
        trainer = Trainer("two-layer", "xor", seed=11)
        list(trainer.run_until("all-right"))
        assert f"{trainer.steps} steps done" in seen.status
        await answer(seen, "u", "loss<-1")
        await seen.until(lambda: "▶ running" in seen.status or "✗" in seen.status)
        await seen.press("p", until="‖ paused")
        await answer(seen, "u", "sign linear9.weight[0,0]")
        await seen.until(lambda: "The model has no parameter" in seen.text)
        await seen.press("escape")
        await closed(seen, "paused")


async def test_what_never_holds_is_said() -> None:
    async with opened("logistic-regression/xor") as seen:
        await answer(seen, "u", "loss<-1")
        await seen.until(lambda: "✗ loss<-1 did not hold at any of the 10,000 steps" in seen.status, timeout=60)
        assert "10,000 steps done" in seen.status


async def test_a_line_that_was_left_is_reached_again_and_the_timeline_shows_it() -> None:
    async with opened("two-layer/xor seed=5 @5e") as seen:
        await seen.press("right_square_bracket", until="There is one line of history")
        await seen.press(*["b"] * 10, until="10 more in history")
        assert seen.status.splitlines()[3].count("●") == 1
        await seen.press("l", until="cross-entropy")
        await seen.press("e", until="12 steps done")
        timeline = seen.status.splitlines()[3]
        assert "line 2 of 2" in timeline
        assert "┴" in timeline or "◆" in timeline
        await seen.press("left_square_bracket", until="line 1 of 2")
        assert "8 more in history" in seen.status
        trainer = Trainer.from_spec("two-layer/xor seed=5 @3e")
        assert numbers_in(seen.parameters) == parameters_of(trainer)
        await seen.press("right_square_bracket", until="line 2 of 2")
        assert "◆" in seen.status.splitlines()[3]


async def test_findings_are_told_where_they_are_found() -> None:
    async with opened("two-layer/xor/difference") as seen:
        await answer(seen, "u", "finding")
        await closed(seen, "! ")
        found = (await seen.ask(lambda t: t.findings))[-1]
        assert found.told[:40] in seen.status
        assert found.step == seen.snapshot.steps
        await seen.press("8", until=lambda: " ".join(found.advice.split()[:5]) in " ".join(seen.text.split()))
        await seen.press("8", "home", until="   0 steps done")
        assert "!" in seen.status.splitlines()[3]
