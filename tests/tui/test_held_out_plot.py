"""The loss plot of data with held-out rows: both losses, and how many are right, in exact numbers."""

from __future__ import annotations

import pytest

from hltcore import Trainer
from tests.tui.support import Seen, opened
from tui.formatting import number

SPEC = "logistic/word-list size=40 features=letters"


def title(seen: Seen) -> str:
    return str(seen.plot.border_title)


async def test_v_goes_from_step_to_epoch_to_what_is_right() -> None:
    trainer = Trainer.from_spec(f"{SPEC} @3e")
    last, before = trainer.epochs[-1], trainer.epochs[0]
    losses = [number(score.loss).strip() for score in (last.training, last.held_out)]
    right = [f"{score.right} of {score.count}" for score in (last.training, last.held_out)]
    async with opened(f"{SPEC} @3e") as seen:
        await seen.until(lambda: title(seen).startswith("Mean loss by epoch"))
        assert f"⠒ trained on {losses[0]}, • held out {losses[1]}" in title(seen)
        await seen.press("V", until=lambda: title(seen).startswith("Right by epoch"))
        assert f"⠒ trained on {right[0]}, • held out {right[1]}" in title(seen)
        assert title(seen) in seen.text
        assert seen.app.main_screen.arranged.right
        await seen.press("B", "B", until=lambda: f"trained on {before.training.right} of 30" in title(seen))
        await seen.press("V", until=lambda: title(seen).startswith("Loss by step"))
        await seen.press("V", until=lambda: title(seen).startswith("Mean loss by epoch"))
        await seen.press("V", until=lambda: title(seen).startswith("Right by epoch"))
        await seen.press("end", until=lambda: seen.snapshot.steps == 90)
        await seen.ask(lambda run: run.switch(dataset="xor"))
        await seen.press("e", until=lambda: title(seen).startswith("Mean loss by epoch"))


@pytest.mark.parametrize("width", [80, 60, 48])
async def test_the_held_out_figure_is_seen_in_a_narrow_panel(width: int) -> None:
    async with opened("logistic/word-list/cross-entropy size=40 features=letters @3e") as seen:
        plot, ended = seen.plot, seen.snapshot.epoch_ended
        assert ended is not None
        plot.styles.width = width
        held_out = f"• held out {number(ended.held_out.loss).strip()}"
        await seen.until(lambda: plot.outer_size.width == width and held_out in seen.text)
        assert ("cross-entropy" in title(seen)) == (width > 60)
        await seen.press("V", until=lambda: f"• held out {ended.held_out.right} of 10" in seen.text)


async def test_the_titles_tell_the_score_first() -> None:
    async with opened(f"{SPEC} @3e", (140, 40)) as seen:
        ended = seen.snapshot.epoch_ended
        assert ended is not None
        told = f"{ended.training.right} of 30 right; held out {ended.held_out.right} of 10 right · loss "
        await seen.until(lambda: f"Examples · {told}" in seen.text)
