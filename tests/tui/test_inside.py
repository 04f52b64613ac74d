"""Inside the step: each phase told with this step's own numbers."""

from __future__ import annotations

import pytest

from hltcore import Trainer
from tests.tui.panels import look, texts
from tests.tui.support import opened
from tui.formatting import number
from tui.screens.drawn import DRAWN, Drawing
from tui.screens.stage import Looks
from tui.theme import DARK, palette_of
from tui.widgets.lines import Lines


def told(seen) -> str:  # type: ignore[no-untyped-def]
    lines = seen.main.query_one("#inside-lines", Lines)
    return "\n".join(lines.render_line(y).text.rstrip() for y in range(lines.size.height))


def shown(seen) -> list[str]:  # type: ignore[no-untyped-def]
    return [name for name in ("parameters", "examples", "loss", "inside") if seen.main.query_one(f"#{name}").display]


async def test_each_phase_is_told_with_the_librarys_numbers() -> None:
    trainer = Trainer.from_spec("two-layer/xor seed=11 @20e+1")
    before, event = trainer.last_event, trainer.step()
    async with opened("two-layer/xor seed=11 @20e+1") as seen:
        await seen.press("4", "full_stop", until="phase 1 of 5")
        for unit in range(2):
            assert f"= {number(event.pre_activations['linear1'][unit]).strip()}" in told(seen)
        assert "clamp → 0.0000  ✗ closed" in told(seen)
        assert f"ŷ = {number(event.prediction).strip()}" in told(seen)
        await seen.press("full_stop", until="phase 2 of 5")
        assert f"= ({number(event.prediction).strip()} − 1)²" in told(seen)
        assert f"loss = {number(event.loss).strip()}" in told(seen)
        await seen.press("full_stop", until="phase 3 of 5")
        assert number(before.gradients["linear2.bias"][0]) in told(seen)
        await seen.press("full_stop", until="phase 4 of 5")
        assert number(event.gradients["linear1.weight"][1][0]).strip() in told(seen)
        await seen.press("full_stop", until="Last step")
        assert number(event.updated["linear2.bias"][0]) in told(seen)


async def test_all_losses_are_compared_on_the_same_prediction() -> None:
    async with opened("logistic-regression/language-id/mse") as seen:
        await seen.press("4", "full_stop", "full_stop", until="phase 2 of 5")
        for name in ("difference", "l1", "▸ mse", "cross-entropy"):
            assert name in told(seen)


@pytest.mark.parametrize("width", [38, 45, 100])
def test_the_slope_of_every_loss_is_seen_beside_the_parameters(width: int) -> None:
    snapshot = look("logistic-regression/language-id/mse @0:loss")
    drawing = Drawing(snapshot, Looks(palette_of(DARK)))
    airy = texts(DRAWN["inside"].fitted(drawing, width, 40))
    dense = texts(DRAWN["inside"].fitted(drawing, width, 9))
    assert "" in airy
    assert "" not in dense
    for lines in (airy, dense):
        assert sum("∂loss/∂ŷ" in row for row in lines) == 1
        assert sum("1.5509    4.7155" in row and "cross-entropy" in row for row in lines) == 1


@pytest.mark.parametrize("key", ["1", "2", "3", "4"])
async def test_a_panel_alone_and_all_again(key: str) -> None:
    names = ("parameters", "examples", "loss", "inside")
    async with opened("eight-layer/xor") as seen:
        alone = names[int(key) - 1]
        await seen.press("space", key, until=lambda: seen.main.query_one(f"#{alone}").region.width == 80)
        assert [name for name in names if seen.main.query_one(f"#{name}").display] == [alone]
        await seen.press(key, until=lambda: shown(seen) == list(names[:3]))


async def test_a_stale_optimizer_keeps_its_gradients_and_that_is_said() -> None:
    async with opened("two-layer/xor updates=logistic-regression seed=11 @1e") as seen:
        await seen.press("4", "full_stop", "full_stop", "full_stop", until="phase 3 of 5")
        assert "stays: the optimizer does not hold it" in told(seen)


async def test_numbers_that_are_not_finite_are_told_too() -> None:
    async with opened("eight-layer/xor/difference @400") as seen:
        await seen.press("4", *["full_stop"] * 4, until="phase 4 of 5")
        assert "nan" in told(seen)


async def test_a_batch_is_told_example_by_example() -> None:
    async with opened("two-layer/xor batch=all") as seen:
        await seen.press("4", "full_stop", until="phase 1 of 5")
        for label in ("0 xor 0", "1 xor 0", "0 xor 1", "1 xor 1"):
            assert label in told(seen)
