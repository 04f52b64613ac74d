"""A twin: another run in lock-step, with what differs marked."""

from __future__ import annotations

import pytest

from hltcore import Trainer
from tests.tui.support import Seen, numbers_in, opened, parameters_of
from tests.tui.test_travel_keys import answer, closed

SPEC = "two-layer/xor seed=5"


def twin_numbers(seen: Seen) -> list[str]:
    return numbers_in("\n".join(seen.rows("twin-parameters-lines")))


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_it_goes_wherever_the_first_one_goes(size: tuple[int, int]) -> None:
    trainer, twin = Trainer.from_spec(f"{SPEC} @2e"), Trainer.from_spec(f"{SPEC} @2e")
    twin.switch(lr=0.5)
    async with opened(f"{SPEC} @2e", size=size) as seen:
        await answer(seen, "t", "lr=0.5")
        await seen.until(lambda: "B · lr=0.5" in seen.text and "A · lr=0.1" in seen.text)
        for key, steps, phase in (
            ("space", 9, None),
            ("e", 12, None),
            ("full_stop", 12, "forward"),
            ("full_stop", 12, "loss"),
            ("comma", 12, "forward"),
            ("b", 12, None),
            ("b", 11, None),
            ("B", 8, None),
            ("home", 0, None),
            ("end", 12, None),
        ):
            await seen.press(key, until=lambda: seen.snapshot.steps == steps)  # noqa: B023
            await seen.until(lambda: (seen.snapshot.phase_event and str(seen.snapshot.phase_event.phase)) == phase)  # noqa: B023
            for run in (trainer, twin):
                list(run.run_to(steps))
            await seen.until(lambda: numbers_in(seen.parameters) == parameters_of(trainer))
            await seen.until(lambda: twin_numbers(seen) == parameters_of(twin))
            assert seen.snapshot.twin is not None
            assert seen.snapshot.twin.steps == steps
        assert "≠" in seen.parameters
        await seen.press("t", until=lambda: seen.snapshot.twin is None)
        await seen.until(lambda: "B · " not in seen.text)


async def test_it_may_differ_in_a_number_or_a_model_and_what_is_no_edit_is_refused() -> None:
    async with opened(f"{SPEC} @2e") as seen:
        await answer(seen, "t", "lr=fast")
        await seen.until(lambda: "✗ lr=fast is not allowed: it must be a number." in seen.text)
        await seen.press("escape")
        await closed(seen, "8 steps done")
        assert seen.snapshot.twin is None
        await answer(seen, "t", "linear1.weight[0,1]=0.5")
        await closed(seen, "8 steps done")
        await seen.until(lambda: seen.parameters.count("≠") == 1)
        await seen.press("t", until=lambda: seen.snapshot.twin is None)
        await answer(seen, "t", "model=logistic-regression")
        await seen.until(lambda: "B · model=logistic-regression" in seen.text)
        await seen.press("space", until="9 steps done")
        await seen.until(lambda: seen.snapshot.twin is not None and seen.snapshot.twin.steps == 9)
        assert "W.weight (1×2)" in seen.text
