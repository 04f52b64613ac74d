"""Playing: the screen follows, keys answer, and nothing is lost."""

from __future__ import annotations

import threading
import time

import pytest

from hltcore import Trainer
from tests.tui.support import Seen, numbers_in, opened, parameters_of
from tui.formatting import tally

FULL_SPEED = ["plus"] * 9


async def pause(seen: Seen) -> int:
    await seen.press("p", until="paused")
    return int(await seen.ask(lambda trainer: trainer.steps))


@pytest.mark.parametrize("spec", ["logistic-regression/language-id", "two-layer/xor/l1/adam seed=5", "eight-layer/or"])
async def test_at_full_speed_nothing_is_lost(spec: str) -> None:
    async with opened(spec) as seen:
        await seen.press(*FULL_SPEED, "p", until="▶ full speed")
        await seen.until(lambda: seen.snapshot.steps > 300)
        steps = await pause(seen)
        trainer = Trainer.from_spec(spec)
        losses = [event.loss for event in trainer.run(steps=steps)]
        assert await seen.ask(lambda t: list(t.history.losses)) == losses
        assert seen.snapshot.losses.count == steps
        assert min(seen.snapshot.losses.lows) == min(losses)
        assert max(seen.snapshot.losses.highs) == max(losses)
        place = trainer.position
        assert f"{tally(steps, 'step')} done   epoch {place.epoch}, {place.step} of " in seen.status
        assert numbers_in(seen.parameters) == parameters_of(trainer)


async def test_the_screen_follows() -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press(*FULL_SPEED, "p", until="▶ full speed")
        shown = set()
        end = time.monotonic() + 20
        while len(shown) < 10 and time.monotonic() < end:
            shown.add((seen.status.splitlines()[1], seen.parameters))
            await seen.until(lambda: (seen.status.splitlines()[1], seen.parameters) not in shown)
        assert len(shown) == 10
        await pause(seen)


async def test_frames_are_at_most_ten_a_second() -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press(*FULL_SPEED, "p", until="▶ full speed")
        frames, begin = [seen.snapshot], time.monotonic()
        while time.monotonic() - begin < 1:
            await seen.until(lambda: seen.snapshot is not frames[-1])
            frames.append(seen.snapshot)
        assert 2 <= len(frames) <= 2 + 11 * (time.monotonic() - begin)
        await pause(seen)


async def test_keys_are_answered_while_it_plays() -> None:
    async with opened("two-layer/language-id") as seen:
        await seen.press(*FULL_SPEED, "p", until="▶ full speed")
        for key, said in (
            ("d", "two-layer / and"),
            ("l", "cross-entropy"),
            ("n", "seed=1"),
            ("m", "eight-layer / and"),
        ):
            begin = time.monotonic()
            await seen.press(key, until=said)
            assert time.monotonic() - begin < 1
            assert "▶ full speed" in seen.status
        await seen.press("question_mark", until=lambda: "Forward and back" in seen.text)
        await seen.press("escape", until=lambda: seen.app.screen is seen.main)
        await pause(seen)


@pytest.mark.parametrize(("key", "said"), [("b", "1 more in history"), ("full_stop", "phase 1 of 5"), ("p", "paused")])
async def test_keys_for_one_step_end_the_play(key: str, said: str) -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press("p", until="▶ 10 steps/s")
        await seen.until(lambda: seen.snapshot.steps > 1)
        await seen.press(key, until=said)
        await seen.until(lambda: "▶" not in seen.status)
        assert (await seen.ask(lambda t: t.steps)) == seen.snapshot.steps


async def test_speeds() -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press(*["minus"] * 20, "p", until="▶ 1 step/s")
        await seen.press("plus", until="▶ 2 steps/s")
        await seen.press("equals_sign", until="▶ 5 steps/s")
        await seen.press("minus", until="▶ 2 steps/s")
        await pause(seen)


async def test_slow_play_is_as_slow_as_it_says() -> None:
    async with opened("two-layer/xor") as seen:
        await seen.press("p", until="▶ 10 steps/s")
        first, begin = seen.snapshot.steps, time.monotonic()
        await seen.until(lambda: seen.snapshot.steps >= first + 6)
        assert time.monotonic() - begin >= 0.3
        await pause(seen)


async def test_playing_takes_up_a_paused_step_and_a_step_back() -> None:
    async with opened("two-layer/xor @8") as seen:
        await seen.press("b", "b", "full_stop", until="phase 1 of 5")
        await seen.press(*FULL_SPEED, "p", until="▶ full speed")
        await seen.until(lambda: seen.snapshot.steps > 20)
        steps = await pause(seen)
        losses = [event.loss for event in Trainer("two-layer", "xor").run(steps=steps)]
        assert await seen.ask(lambda t: list(t.history.losses)) == losses


async def test_an_error_ends_the_play() -> None:
    async with opened("two-layer/language-id batch=6") as seen:
        await seen.press(*FULL_SPEED, "p", until="▶ full speed")
        await seen.press("D", until=lambda: "Choose" in seen.text)
        await seen.press("down", "enter", until="✗ batch=6 is not allowed")
        assert "paused" in seen.status


async def test_quitting_while_it_plays() -> None:
    async with opened("eight-layer/xor") as seen:
        await seen.press(*FULL_SPEED, "p", until="▶ full speed")
        await seen.press("q", until=lambda: not seen.app.is_running)
    assert seen.app.return_code in (0, None)


async def test_a_search_can_be_interrupted() -> None:
    async with opened("two-layer/xor updates=logistic-regression @8000") as seen:  # nothing ever changes
        await seen.press("down", "C", until="▶ running")
        begin = time.monotonic()
        await seen.press("p", until="The search was stopped")
        assert time.monotonic() - begin < 1
        assert "paused" in seen.status
        assert "8,000 steps done" in seen.status
        await seen.press("space", until="8,001 steps done")


async def test_runs_that_wait_do_not_keep_it_from_ending() -> None:
    async with opened("two-layer/xor") as seen:
        seen.app.bridge.go_to("1000000")
        seen.app.bridge.go_to("2000000")
        await seen.until(lambda: seen.snapshot.steps > 50)
        (thread,) = [thread for thread in threading.enumerate() if thread.name == "run"]
        seen.app.bridge.end_soon()
        thread.join(5)
        assert not thread.is_alive()
